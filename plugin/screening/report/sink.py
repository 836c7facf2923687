"""Takes every outcome of a run, and at its end gives the report."""

from __future__ import annotations

from knowledge.model import Knowledge
from plugin.screening.outcome import Outcome, Quarantined, Wanted
from plugin.screening.report.page import page
from plugin.screening.report.plots import needs_matplotlib
from plugin.screening.report.run_facts import ReportOptions, RunFacts
from plugin.screening.report.tally import Tally

REPORT = "report.html"
WANTED = Wanted(labs=True)  # what a worker adds to an outcome for the report


class ReportSink:
    """Counts outcomes in bounded memory. Raises CrampcheckError where matplotlib is missing.

    The patients listed are the first of equals, so the outcomes come in order of reference.
    """

    def __init__(self, knowledge: Knowledge, options: ReportOptions | None = None) -> None:
        needs_matplotlib()
        self._knowledge = knowledge
        self._options = options or ReportOptions()
        self._tally = Tally(knowledge, self._options.listed)

    def write(self, outcome: Outcome) -> None:
        """Count one patient."""
        self._tally.add(outcome)

    def quarantine(self, row: Quarantined) -> None:
        """Count one line, entry or file that could be given to no patient."""
        self._tally.quarantine(row)

    def page(self, run: RunFacts) -> bytes:
        """The report as HTML in UTF-8: the same outcomes and facts give the same bytes."""
        return page(self._tally, self._knowledge, run, self._options).encode()
