"""What the report says of the run itself, from who ran it."""

from __future__ import annotations

from datetime import date

from msgspec import Struct


class RunFacts(Struct, frozen=True):
    """The run behind a report. Names and times are shown as they are given."""

    run: str  # the id of the run; empty where it has none
    started: str  # date and time with its zone
    as_of: date
    source: str
    jurisdiction: str
    program: str  # version of Crampcheck
    engine: str = "local"
    files: tuple[str, ...] = ()  # that were read
    resources: tuple[tuple[str, int], ...] = ()  # used, by type
    set_aside: tuple[tuple[str, int], ...] = ()  # of no use here, by type
    passed_over: tuple[str, ...] = ()  # files left alone: by name, hidden, of an earlier run


class ReportOptions(Struct, frozen=True):
    """How much a report shows: of how many patients at most, and which counts are too small.

    With `suppress_below` above 0 no patient is listed.
    """

    patients: int = 25
    suppress_below: int = 0

    @property
    def listed(self) -> int:
        """How many patients are listed at most."""
        return 0 if self.suppress_below else self.patients
