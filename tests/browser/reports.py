"""Reports for a browser to open: files, as a person would open them."""

from __future__ import annotations

from pathlib import Path

from plugin.pipeline import default_pipeline
from plugin.screening.report.run_facts import ReportOptions
from plugin.screening.report.sink import ReportSink
from tests.plugin.screening.populations import BROKEN, RUN, golden, population, ward

FULL, MEETING, EMPTY = "full", "meeting", "empty"


def write_reports(folder: Path) -> dict[str, str]:
    """A report of a ward, one to hand out with small counts suppressed, and one of nobody.

    Returns their addresses by name.
    """
    pipeline = default_pipeline()
    cases = golden(pipeline)
    reports = {
        FULL: (list(ward(cases)), BROKEN, ReportOptions()),
        MEETING: (list(population(cases, 2400)), (), ReportOptions(suppress_below=11)),
        EMPTY: ([], (), ReportOptions()),
    }
    for name, (outcomes, broken, options) in reports.items():
        sink = ReportSink(pipeline.knowledge, options)
        for outcome in outcomes:
            sink.write(outcome)
        for row in broken:
            sink.quarantine(row)
        (folder / f"{name}.html").write_bytes(sink.page(RUN))
    return {name: (folder / f"{name}.html").as_uri() for name in reports}
