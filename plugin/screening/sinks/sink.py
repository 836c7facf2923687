"""What every sink is, and what it is told of its run."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from msgspec import Struct

from plugin.screening.outcome import Outcome, Quarantined

if TYPE_CHECKING:
    from knowledge.model import Knowledge
    from plugin.screening.report.run_facts import ReportOptions, RunFacts


class Reported(Struct, frozen=True):
    """What the report needs of its run beside the outcomes."""

    knowledge: Knowledge
    facts: RunFacts
    options: ReportOptions


class About(Struct, frozen=True):
    """The run whose results are written."""

    run: str  # the id of the run: a second time with the same id is the same run
    as_of: date
    knowledge_version: str  # as answers name it, with the overlay that was in force
    report: Reported | None = None  # needed where a report is chosen


class Sink(Protocol):
    """Takes the outcome of each patient, in the order of references, each once."""

    def write(self, outcome: Outcome) -> None: ...

    def close(self) -> None:
        """Complete the files, on disk. What is written afterwards is lost."""

    def abandon(self) -> None:
        """Close the files as they are: the run failed."""


@runtime_checkable
class LeftOutTaker(Protocol):
    """A sink that is also told what could be given to no patient."""

    def quarantine(self, row: Quarantined) -> None: ...
