"""Reports of invented populations."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest
from msgspec import structs

from plugin.pipeline import Pipeline, default_pipeline
from plugin.screening.outcome import Outcome, Quarantined, Screened
from plugin.screening.report.run_facts import ReportOptions, RunFacts
from plugin.screening.report.sink import ReportSink
from tests.plugin.screening.populations import RUN, golden

Report = Callable[..., bytes]


@pytest.fixture(scope="session")
def pipeline() -> Pipeline:
    return default_pipeline()


@pytest.fixture(scope="session")
def cases(pipeline: Pipeline) -> list[Screened]:
    """Every golden case, screened."""
    return golden(pipeline)


@pytest.fixture(scope="session")
def report(pipeline: Pipeline) -> Report:
    """`report(outcomes, quarantined, patients=..., suppress_below=..., source=...)`: the page."""

    def write(
        outcomes: Iterable[Outcome],
        quarantined: Iterable[Quarantined] = (),
        run: RunFacts = RUN,
        source: str = RUN.source,
        **options: int,
    ) -> bytes:
        sink = ReportSink(pipeline.knowledge, ReportOptions(**options))
        for outcome in outcomes:
            sink.write(outcome)
        for row in quarantined:
            sink.quarantine(row)
        return sink.page(structs.replace(run, source=source))

    return write
