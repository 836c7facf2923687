"""Reports for a browser to open: files, as a person would open them."""

from __future__ import annotations

from itertools import cycle
from pathlib import Path

import msgspec

from knowledge.model import Knowledge
from plugin.pipeline import default_pipeline
from plugin.screening.outcome import Outcome, Quarantined, Screened
from plugin.screening.report.run_facts import ReportOptions
from plugin.screening.report.sink import ReportSink
from tests.plugin.screening.populations import BROKEN, RUN, golden, population, ward

FULL, MEETING, EMPTY, CROWDED = "full", "meeting", "empty", "crowded"


def everything(known: Knowledge) -> Screened:
    """A patient of whom every rule says something, about every drug, in words without a space."""
    findings = [
        {"rule": rule.id, "level": "critical", "ingredients": [name], "summary": "x" * 300}
        for rule, name in zip(known.rules, cycle(known.ingredients))
    ]
    options = [{"id": one.id, "text": one.text} for one in known.mitigations.values()]
    answer = {"findings": findings, "mitigations": options, "unread": []}
    line = msgspec.json.encode(answer)
    rules = tuple(rule.id for rule in known.rules)
    return Screened(
        "Patient/" + "\u05e9\u05dc\u05d5\u05dd" * 40, line, "critical", rules, (), (), 0, ""
    )


def write_reports(folder: Path) -> dict[str, str]:
    """A report of a ward, one to hand out with small counts suppressed, one of nobody, and one of
    a patient with a long name from right to left of whom every rule speaks.

    Returns their addresses by name.
    """
    pipeline = default_pipeline()
    cases = golden(pipeline)
    reports: dict[str, tuple[list[Outcome], tuple[Quarantined, ...], ReportOptions]] = {
        FULL: (list(ward(cases)), BROKEN, ReportOptions()),
        MEETING: (list(population(cases, 2400)), (), ReportOptions(suppress_below=11)),
        EMPTY: ([], (), ReportOptions()),
        CROWDED: ([everything(pipeline.knowledge)], (), ReportOptions()),
    }
    for name, (outcomes, broken, options) in reports.items():
        sink = ReportSink(pipeline.knowledge, options)
        for outcome in outcomes:
            sink.write(outcome)
        for row in broken:
            sink.quarantine(row)
        (folder / f"{name}.html").write_bytes(sink.page(RUN))
    return {name: (folder / f"{name}.html").as_uri() for name in reports}
