"""Counts of a run, as the patients pass by: their number does not matter to its size."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from msgspec import Struct

from knowledge.model import Knowledge, Level
from plugin.screening.hidden import behind_silence, not_read
from plugin.screening.outcome import Failed, Outcome, Quarantined, Screened
from plugin.screening.report.answers import Answer, decode
from plugin.screening.report.worst import WorstFirst

# Reasons are sentences, and a few of them name a number or a file: past this many, the rest are
# counted together.
MOST_REASONS = 40
OTHER = ""
_NONE = Level.NONE.value


class Reasons:
    """How often each reason was given, the first `MOST_REASONS` by their own words."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def add(self, reason: str) -> None:
        """Count one."""
        known = reason in self.counts or len(self.counts) < MOST_REASONS
        self.counts[reason if known else OTHER] += 1


class Silent(Struct, frozen=True):
    """A patient of whom nothing was found, and why that is no clean bill: reasons, each once."""

    patient: str
    reasons: tuple[str, ...]


class Tally:
    """Takes each outcome of a run once. A patient is counted at the highest level of their own.

    `groups` and `rules` count flagged patients by (id, level), at the highest level that the group
    or rule has for that patient; `options` by mitigation; `labs` by (analyte, state). `silent`
    lists the first of the patients whose silence hides something, at most `most_patients`.
    """

    def __init__(self, knowledge: Knowledge, most_patients: int = 0) -> None:
        self._group_of = {name: one.group for name, one in knowledge.ingredients.items()}
        self.failed = Reasons()
        self.quarantined = Reasons()
        self.files = Reasons()  # of quarantined rows, by file
        self.not_assessed: Counter[str] = Counter()
        self.levels: Counter[str] = Counter()
        self.silent_unread = 0  # nothing found, and an entry hides something
        self.groups: Counter[tuple[str, str]] = Counter()
        self.rules: Counter[tuple[str, str]] = Counter()
        self.options: Counter[str] = Counter()
        self.labs: Counter[tuple[str, str]] = Counter()
        self.unread_entries: Counter[str] = Counter()
        self.unread_patients: Counter[str] = Counter()
        self.worst = WorstFirst(most_patients)
        self.silent: list[Silent] = []
        self._most = most_patients

    def add(self, outcome: Outcome) -> None:
        """Count one patient. An answer is decoded only where it has more to tell than its level."""
        if isinstance(outcome, Failed):
            self.failed.add(outcome.reason)
            return
        if outcome.not_assessed:
            self.not_assessed[outcome.not_assessed] += 1
        else:
            self.levels[outcome.level] += 1
        if outcome.unread == 0 and outcome.level == _NONE:
            return
        self._unread(outcome)
        if outcome.level != _NONE:
            self._flagged(outcome, decode(outcome.line))

    def quarantine(self, row: Quarantined) -> None:
        """Count one line, entry or file that could be given to no patient."""
        self.quarantined.add(row.reason)
        self.files.add(row.file)

    def _unread(self, outcome: Screened) -> None:
        reasons = [entry.reason for entry in not_read(outcome)]
        self.unread_entries.update(reasons)
        self.unread_patients.update(set(reasons))
        if hidden := behind_silence(outcome):
            self.silent_unread += 1
            if len(self.silent) < self._most:
                why = tuple(sorted({entry.reason for entry in hidden}))
                self.silent.append(Silent(outcome.patient, why))

    def _flagged(self, outcome: Screened, answer: Answer) -> None:
        of_rule = _highest((found.rule, found.level) for found in answer.findings)
        of_group = _highest(
            (self._group_of.get(name, OTHER), found.level)
            for found in answer.findings
            for name in found.ingredients
        )
        self.rules.update(of_rule.items())
        self.groups.update(of_group.items())
        self.options.update({option.id for option in answer.mitigations})
        self.labs.update(outcome.labs)
        self.worst.add(outcome.patient, outcome.level, answer)


def _highest(said: Iterable[tuple[str, str]]) -> dict[str, str]:
    highest: dict[str, str] = {}
    for name, level in said:
        if name not in highest or Level(level).rank > Level(highest[name]).rank:
            highest[name] = level
    return highest
