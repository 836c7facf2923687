"""What every sink is, and what it is told of its run."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from msgspec import Struct

from plugin.screening.outcome import Outcome


class About(Struct, frozen=True):
    """The run whose results are written."""

    run: str  # the id of the run: a second time with the same id is the same run
    as_of: date
    knowledge_version: str


class Sink(Protocol):
    """Takes the outcome of each patient, in the order of references, each once."""

    def write(self, outcome: Outcome) -> None: ...

    def close(self) -> None:
        """Complete the files, on disk. What is written afterwards is lost."""

    def abandon(self) -> None:
        """Close the files as they are: the run failed."""
