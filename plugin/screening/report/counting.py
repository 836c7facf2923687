"""The counts of a run under their keys, and what sums to what. Pure.

The relations are both what the report says of itself (each part sums to its whole) and what a
reader could use to tell a small count.
"""

from __future__ import annotations

from collections.abc import Iterable

from knowledge.model import Level
from plugin.screening.hidden import HIDES
from plugin.screening.report.labs import LabKnown
from plugin.screening.report.small_cells import Key, Kind, Relation
from plugin.screening.report.tally import Tally

LEVELS = (Level.CRITICAL, Level.WARNING, Level.INFO)
PATIENTS: Key = ("patients",)
FAILED: Key = ("failed",)
SCREENED: Key = ("screened",)
NOT_ASSESSED: Key = ("not-assessed",)
ASSESSED: Key = ("assessed",)
FLAGGED: Key = ("flagged",)
SILENT: Key = ("silent",)
SILENT_READ: Key = ("silent", "read")
SILENT_UNREAD: Key = ("silent", "unread")
QUARANTINED: Key = ("quarantined",)


def level_key(level: Level) -> Key:
    """Patients whose highest finding has this level."""
    return ("level", level.value)


def counts_of(tally: Tally) -> dict[Key, int]:
    """Every count of the report."""
    levels = {level: tally.levels[level.value] for level in LEVELS}
    flagged, silent = sum(levels.values()), tally.levels[Level.NONE.value]
    failed, not_assessed = tally.failed.counts.total(), tally.not_assessed.total()
    screened = flagged + silent + not_assessed
    counts: dict[Key, int] = {
        PATIENTS: screened + failed,
        FAILED: failed,
        SCREENED: screened,
        NOT_ASSESSED: not_assessed,
        ASSESSED: flagged + silent,
        FLAGGED: flagged,
        SILENT: silent,
        SILENT_READ: silent - tally.silent_unread,
        SILENT_UNREAD: tally.silent_unread,
        QUARANTINED: tally.quarantined.counts.total(),
    }
    counts |= {level_key(level): count for level, count in levels.items()}
    counts |= _keyed("not-assessed", tally.not_assessed.items())
    counts |= _keyed("failed", tally.failed.counts.items())
    counts |= _keyed("quarantined", tally.quarantined.counts.items())
    counts |= _keyed("file", tally.files.counts.items())
    counts |= _keyed("option", tally.options.items())
    counts |= _keyed("unread", tally.unread_patients.items())
    counts |= _keyed("entries", tally.unread_entries.items())
    for what, by_level in (("rule", tally.rules), ("group", tally.groups)):
        for id_ in {id_ for id_, _ in by_level}:
            split = {level: by_level[id_, level.value] for level in LEVELS}
            counts |= {(what, id_, level.value): count for level, count in split.items()}
            counts[what, id_] = sum(split.values())
    for analyte in {analyte for analyte, _ in tally.labs}:
        counts |= {("lab", analyte, state.value): tally.labs[analyte, state] for state in LabKnown}
    return counts


def _keyed(what: str, counted: Iterable[tuple[str, int]]) -> dict[Key, int]:
    return {(what, id_): count for id_, count in counted}


def relations_of(counts: Iterable[Key]) -> list[Relation]:
    """What a reader knows to hold between the counts that are shown where small ones are not.

    Rules and groups are then not split by level, nor are entries shown: see `only_coarse`.
    """
    keys = sorted(counts)

    def of(what: str) -> tuple[Key, ...]:
        return tuple(key for key in keys if key[0] == what and len(key) > 1)

    levels = tuple(level_key(level) for level in LEVELS)
    hiding = tuple(key for key in of("unread") if key[1] in HIDES)
    relations = [
        Relation(PATIENTS, (SCREENED, FAILED)),
        Relation(SCREENED, (NOT_ASSESSED, ASSESSED)),
        Relation(NOT_ASSESSED, of("not-assessed")),
        Relation(ASSESSED, (FLAGGED, SILENT)),
        Relation(FLAGGED, levels),
        Relation(SILENT, (SILENT_READ, SILENT_UNREAD)),
        Relation(FLAGGED, of("rule"), Kind.UNION),
        Relation(FLAGGED, of("group"), Kind.UNION),
        Relation(SILENT_UNREAD, hiding, Kind.COVER),
    ]
    by_analyte: dict[str, list[Key]] = {}
    for key in of("lab"):
        by_analyte.setdefault(key[1], []).append(key)
    relations += [Relation(FLAGGED, tuple(states)) for states in by_analyte.values()]
    return relations


def only_coarse(counts: dict[Key, int]) -> dict[Key, int]:
    """Without what would be too fine beside suppressed counts: levels of rules and groups, entries
    (an entry more than patients tells of one of them), and what may name somebody: files, and the
    reasons of patients and lines that failed.
    """
    fine = ("entries", "file", *FAILED, *QUARANTINED)
    levels = {level.value for level in LEVELS}
    return {
        key: count
        for key, count in counts.items()
        if key in (FAILED, QUARANTINED)
        or (key[0] not in fine and not (key[0] in ("rule", "group") and key[-1] in levels))
    }
