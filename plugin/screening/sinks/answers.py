"""`assessments.ndjson`: the answer about each patient, a line each."""

from __future__ import annotations

from pathlib import Path

from plugin.screening.outcome import Failed, Outcome
from plugin.screening.sinks.files import create, finish
from plugin.screening.sinks.names import ASSESSMENTS


class AnswersSink:
    """The answers of the contract. Patients who failed stand in another file."""

    def __init__(self, folder: Path) -> None:
        self._stream = create(folder / ASSESSMENTS)

    def write(self, outcome: Outcome) -> None:
        """Append one answer."""
        if not isinstance(outcome, Failed):
            self._stream.write(outcome.line + b"\n")

    def close(self) -> None:
        finish(self._stream)

    def abandon(self) -> None:
        self._stream.close()
