"""`report.html`: the run on one page, written when the last patient is counted."""

from __future__ import annotations

from pathlib import Path

from plugin.screening.outcome import Outcome, Quarantined
from plugin.screening.report.sink import ReportSink
from plugin.screening.sinks.files import create, finish
from plugin.screening.sinks.names import REPORT
from plugin.screening.sinks.sink import Reported


class ReportFile:
    """Counts as outcomes come, and draws at the end."""

    def __init__(self, folder: Path, reported: Reported) -> None:
        self._facts = reported.facts
        self._report = ReportSink(reported.knowledge, reported.options)
        self._stream = create(folder / REPORT)

    def write(self, outcome: Outcome) -> None:
        """Count one patient."""
        self._report.write(outcome)

    def quarantine(self, row: Quarantined) -> None:
        """Count what could be given to no patient."""
        self._report.quarantine(row)

    def close(self) -> None:
        self._stream.write(self._report.page(self._facts))
        finish(self._stream)

    def abandon(self) -> None:
        self._stream.close()
