"""What came in and what became of it, counted on the way, and the sums that must come out."""

from __future__ import annotations

import re
from collections import Counter
from fractions import Fraction

from msgspec import Struct

from plugin.errors import CrampcheckError
from plugin.screening.hidden import behind_silence
from plugin.screening.outcome import Failed, Outcome, Quarantined

_PARTICULAR = re.compile(r"(?:Patient/|urn:)[^\s,;]+|\d+")
_MOST_REASONS = 40
OTHER = "other reasons"


class Totals(Struct, frozen=True):
    """`patients` is `screened` plus `failed`; `by_level` adds up to `screened`."""

    lines: int  # of all files, blank ones too
    size: int  # bytes of these, unpacked
    patients: int
    screened: int
    failed: int
    failed_by_reason: dict[str, int]
    quarantined: int  # rows: a line, an entry on it, or a file
    quarantined_lines: int  # different lines of these
    quarantined_files: int  # files of which nothing, or nothing more, could be read
    quarantined_by_reason: dict[str, int]
    by_level: dict[str, int]
    not_assessed: int
    with_unread: int
    silent_unread: int  # of these: nothing was found, and what was not read may matter
    kept: dict[str, int]  # resources by type
    set_aside: dict[str, int]  # resources by type
    passed_over: tuple[str, ...]  # files, by the ending of their names
    hidden: tuple[str, ...]  # files and folders whose names begin with a dot
    results: tuple[str, ...]  # files of this or an earlier run

    @property
    def all_good(self) -> bool:
        """True where nothing was left out."""
        return not self.failed and not self.quarantined

    def enough(self, percent: Fraction) -> bool:
        """Whether so many of the patients were screened and so many of the lines were good.

        A file that could not be read to its end is never enough: nobody knows what it held.
        """
        good = self.lines - self.quarantined_lines
        return (
            not self.quarantined_files
            and _at_least(percent, self.screened, self.patients)
            and _at_least(percent, good, self.lines)
        )


def _at_least(percent: Fraction, part: int, whole: int) -> bool:
    return part * 100 >= percent * whole


class ByReason:
    """Counts reasons, whoever and how many they name. Rare ones beyond a limit are summed."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def add(self, reason: str) -> None:
        """Count one."""
        plain = _PARTICULAR.sub("N", reason)
        if plain not in self._counts and len(self._counts) >= _MOST_REASONS:
            plain = OTHER
        self._counts[plain] += 1

    def result(self) -> dict[str, int]:
        """By reason, in alphabetical order."""
        return dict(sorted(self._counts.items()))


class PatientTally:
    """Counts outcomes as they are written; they must come sorted, each patient once."""

    def __init__(self) -> None:
        self.by_level: Counter[str] = Counter()
        self.failed = self.not_assessed = self.with_unread = self.silent_unread = 0
        self.reasons = ByReason()
        self._last = ""

    @property
    def patients(self) -> int:
        """How many there were."""
        return self.by_level.total() + self.failed

    def add(self, outcome: Outcome, key: str) -> None:
        """Count one, by the key that it came under: an odd id is shown in another way.

        Raises TotalsDisagree where it is out of order or there twice.
        """
        if key <= self._last and self.patients:
            raise TotalsDisagree("patients came out of order, or one came twice")
        self._last = key
        if isinstance(outcome, Failed):
            self.failed += 1
            self.reasons.add(outcome.reason)
            return
        self.by_level[outcome.level] += 1
        self.not_assessed += bool(outcome.not_assessed)
        self.with_unread += bool(outcome.unread)
        self.silent_unread += bool(behind_silence(outcome))


class LeftOutTally:
    """Counts what went into quarantine, as it is written: sorted by file and line."""

    def __init__(self) -> None:
        self.rows = self.lines = self.files = 0
        self.reasons = ByReason()
        self._last = ("", 0)

    def add(self, row: Quarantined) -> None:
        """Count one."""
        self.rows += 1
        self.reasons.add(row.reason)
        if not row.line or row.ends:
            self.files += 1
        if row.line and (row.file, row.line) != self._last:
            self.lines += 1
        self._last = (row.file, row.line)


class TotalsDisagree(CrampcheckError):  # noqa: N818
    """A fault of ours: something was lost or counted twice. No result gets its name."""

    def __init__(self, what: str) -> None:
        super().__init__(f"internal error: the totals disagree ({what}); please report it.")


def agree(what: str, **counts: int) -> None:
    """Raises TotalsDisagree unless all counts are one number."""
    if len(set(counts.values())) > 1:
        said = ", ".join(f"{name} {count}" for name, count in counts.items())
        raise TotalsDisagree(f"{what}: {said}")
