"""The counts as rows of tables: labels, numbers as they may be shown, and shares. Pure.

Rows are ordered by what is shown of them, never by a number that is not shown.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from knowledge.model import Knowledge, Level
from knowledge.sheets.basis import sentence
from plugin.model import NotAssessed
from plugin.screening.report import counting as c
from plugin.screening.report.labs import LabKnown
from plugin.screening.report.small_cells import Key, Shown, disclosed, exact
from plugin.screening.report.tally import OTHER, Tally
from plugin.screening.report.words import NOT_ASSESSED_WORDS, unread_words

OTHER_REASONS = "Other reasons"
NOTHING = Shown("0", 0)


class Row(Struct, frozen=True):
    """One line of a table. `parts` are the columns before `total`; `share` is of the whole."""

    label: str
    total: Shown
    share: str = ""
    parts: tuple[Shown, ...] = ()
    id: str = ""
    level: str = ""
    depth: int = 0


class Numbers(Struct, frozen=True):
    """Every count of a run as it may be shown. `below` is 0 where all are exact."""

    shown: dict[Key, Shown]
    below: int

    def of(self, *key: str) -> Shown:
        """One count; what was never counted is 0."""
        return self.shown.get(key, NOTHING)

    def share(self, part: Key, whole: Key) -> str:
        """A percentage of two counts as they are shown; empty where one of them is not."""
        return percent(self.of(*part).value, self.of(*whole).value, whole_numbers=bool(self.below))

    def ids(self, what: str) -> list[str]:
        """What was counted under a name."""
        return sorted({key[1] for key in self.shown if key[0] == what and len(key) > 1})


def numbers(tally: Tally, below: int) -> Numbers:
    """The counts of a run, exact or with small ones suppressed (`below` above 0)."""
    counts = c.counts_of(tally)
    if not below:
        return Numbers(exact(counts), 0)
    coarse = c.only_coarse(counts)
    return Numbers(disclosed(coarse, c.relations_of(coarse), below), below)


def percent(part: int | None, whole: int | None, *, whole_numbers: bool = False) -> str:
    """`12.3%`. Never 0% of something, nor 100% of less than all."""
    if part is None or not whole:
        return ""
    places = 0 if whole_numbers else 1
    least = 10.0**-places
    if part == 0 or part >= whole:
        return "100%" if part else "0%"
    value = 100 * part / whole
    if value < least:
        return f"<{least:.{places}f}%"
    most = 100 - least
    return f">{most:.{places}f}%" if value > most else f"{value:.{places}f}%"


def flow(n: Numbers) -> list[Row]:
    """Where every patient went, from all of them down to the levels."""
    rows = [
        ("Patients found", c.PATIENTS, c.PATIENTS, 0),
        ("could not be screened", c.FAILED, c.PATIENTS, 1),
        ("screened", c.SCREENED, c.PATIENTS, 1),
    ]
    rows += [
        (f"not assessed: {NOT_ASSESSED_WORDS[why]}", ("not-assessed", why.value), c.SCREENED, 2)
        for why in NotAssessed
    ]
    rows.append(("assessed", c.ASSESSED, c.SCREENED, 2))
    rows.append(("flagged", c.FLAGGED, c.ASSESSED, 3))
    rows += [(level.value, c.level_key(level), c.ASSESSED, 4) for level in c.LEVELS]
    rows.append(("nothing found", c.SILENT, c.ASSESSED, 3))
    rows.append(("everything was read", c.SILENT_READ, c.ASSESSED, 4))
    rows.append(("something could not be read", c.SILENT_UNREAD, c.ASSESSED, 4))
    return [
        Row(label, n.of(*key), n.share(key, whole), id=whole[0], depth=depth)
        for label, key, whole, depth in rows
    ]


def levels(n: Numbers) -> list[Row]:
    """Assessed patients by their highest level."""
    rows = [(level.value, c.level_key(level), level) for level in c.LEVELS]
    rows.append(("nothing found", c.SILENT, Level.NONE))
    return [
        Row(label, n.of(*key), n.share(key, c.ASSESSED), level=level.value)
        for label, key, level in rows
    ]


def groups(n: Numbers, known: Knowledge) -> list[Row]:
    """Flagged patients by drug group, most first."""
    rows = [
        Row(
            known.groups[id_].label if id_ in known.groups else "other drugs",
            n.of("group", id_),
            n.share(("group", id_), c.ASSESSED),
            _by_level(n, "group", id_),
            id_,
        )
        for id_ in n.ids("group")
    ]
    return _most_first(rows)


def rules(n: Numbers, known: Knowledge) -> list[Row]:
    """Flagged patients by rule: by the level that the rule has of itself, then most first."""
    by_id = {rule.id: rule for rule in known.rules}
    rows = [
        Row(
            sentence(by_id[id_].summary, known) if id_ in by_id else id_,
            n.of("rule", id_),
            n.share(("rule", id_), c.ASSESSED),
            _by_level(n, "rule", id_),
            id_,
            by_id[id_].level.value if id_ in by_id else "",
        )
        for id_ in n.ids("rule")
    ]
    rank = {level.value: level.rank for level in Level}
    return sorted(_most_first(rows), key=lambda row: -rank.get(row.level, 0))


def options(n: Numbers, known: Knowledge) -> list[Row]:
    """What is offered to how many, most first."""
    rows = []
    for id_ in n.ids("option"):
        text = known.mitigations[id_].text if id_ in known.mitigations else id_
        share = n.share(("option", id_), c.FLAGGED)
        rows.append(Row(sentence(text, known), n.of("option", id_), share, id=id_))
    return _most_first(rows)


def labs(n: Numbers, known: Knowledge) -> list[Row]:
    """Flagged patients by what is known of each laboratory result, in order of the data file."""
    counted = set(n.ids("lab"))
    return [
        Row(
            lab.label,
            n.of(*c.FLAGGED),
            n.share(("lab", id_, LabKnown.CURRENT.value), c.FLAGGED),
            tuple(n.of("lab", id_, state.value) for state in LabKnown),
            id_,
        )
        for id_, lab in known.labs.items()
        if id_ in counted
    ]


def unread(n: Numbers) -> list[Row]:
    """What could not be read, by patients; with the number of entries where that is shown."""
    rows = []
    for id_ in n.ids("unread"):
        entries = () if n.below else (n.of("entries", id_),)
        share = n.share(("unread", id_), c.SCREENED)
        rows.append(Row(unread_words(id_), n.of("unread", id_), share, entries, id_))
    return _most_first(rows)


def reasons(n: Numbers, what: str) -> list[Row]:
    """How often each reason was given, or each file named, most first."""
    return _most_first(
        Row(id_ if id_ != OTHER else OTHER_REASONS, n.of(what, id_), id=id_) for id_ in n.ids(what)
    )


def _by_level(n: Numbers, what: str, id_: str) -> tuple[Shown, ...]:
    return () if n.below else tuple(n.of(what, id_, level.value) for level in c.LEVELS)


def _most_first(rows: Iterable[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (-(row.total.value or 0), row.label, row.id))


def column_sum(rows: Iterable[Row]) -> int | None:
    """The sum of a table's totals; None where one of them is not shown."""
    values = [row.total.value for row in rows]
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None
