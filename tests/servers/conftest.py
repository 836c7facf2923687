"""The real FHIR server of these tests, started by whoever needs it first."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.servers.asking import LOW, THIAZIDE, record
from tests.servers.charts import SYNTHEA, Chart, our_chart, synthea_chart
from tests.servers.scripted import ScriptedServer, scripted
from tests.servers.sekmet import FhirServer, sekmet

OURS = (
    "statin-warfarin-myalgia",
    "thiazide-low-potassium",
    "potassium-raising-stack",
    "free-text-list",
    "reliever-over-use",
)
THEIRS = ("Little", "McLaughlin", "Bosco")


@pytest.fixture(scope="session")
def charts() -> dict[str, Chart]:
    """Every patient that is loaded; Synthea's where they are at hand."""
    found = {name: our_chart(name) for name in OURS}
    if SYNTHEA.exists():
        found |= {name: synthea_chart(name) for name in THEIRS}
    return found


@pytest.fixture(scope="session")
def server(
    tmp_path_factory: pytest.TempPathFactory, charts: dict[str, Chart]
) -> Iterator[FhirServer]:
    """A FHIR server that has them all."""
    with sekmet(tmp_path_factory.mktemp("sekmet")) as running:
        for chart in charts.values():
            running.load(chart.resources)
        yield running


@pytest.fixture
def ehr() -> Iterator[ScriptedServer]:
    """A FHIR server that has the patient, a thiazide, a low potassium, and nothing else."""
    with scripted() as server:
        server.script = record(medications=[THIAZIDE], potassium=[LOW])
        yield server
