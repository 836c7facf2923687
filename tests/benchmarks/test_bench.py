"""The benchmark runs, on the call that it says it sends. What it measures is not asserted."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from knowledge.load import load
from knowledge.terminology.concept import Concept
from knowledge.terminology.resolver import Resolver
from plugin.app import create_app
from plugin.config import Settings
from tests.benchmarks import resolving
from tests.benchmarks.charts import CHARTS, ORDINARY, QUIET
from tests.benchmarks.patient import SIZE, call_of, calls_of

REPOSITORY = Path(__file__).parents[2]
TODAY = date(2026, 11, 1)


def test_the_call_has_its_size_is_the_same_each_time_and_is_answered_with_findings() -> None:
    """A patient of a dozen drugs, most parts of the record sent."""
    client = create_app(Settings(), today=lambda: TODAY).test_client()
    discovery = client.get("/cds-services").get_json()
    body = call_of(discovery, TODAY)
    assert abs(len(body) - SIZE) < 500
    assert body == call_of(discovery, TODAY)
    response = client.post("/cds-services/cramp-review", data=body, content_type="application/json")
    [card] = response.get_json()["cards"]
    assert card["indicator"] == "warning"


def test_the_ordinary_chart_has_the_same_size_and_gets_a_line_for_information() -> None:
    """Cramps, and a diuretic and a statin, with nothing wrong in the labs."""
    client = create_app(Settings(), today=lambda: TODAY).test_client()
    body = call_of(client.get("/cds-services").get_json(), TODAY, ORDINARY)
    assert abs(len(body) - SIZE) < 500
    response = client.post("/cds-services/cramp-review", data=body, content_type="application/json")
    [card] = response.get_json()["cards"]
    assert card["indicator"] == "info"


def test_the_quiet_chart_has_the_same_size_and_gets_no_card() -> None:
    """Everything of it is read, and there is nothing to say."""
    client = create_app(Settings(), today=lambda: TODAY).test_client()
    body = call_of(client.get("/cds-services").get_json(), TODAY, QUIET)
    assert abs(len(body) - SIZE) < 500
    response = client.post("/cds-services/cramp-review", data=body, content_type="application/json")
    assert {"cards": []} == response.get_json()


def test_every_concept_that_is_measured_is_new_and_of_a_drug() -> None:
    """Memory of an earlier answer, or a text that names nothing, would flatter the figures."""
    knowledge = load()
    resolver = Resolver(knowledge)
    texts = resolving.texts(knowledge, 3_000)
    assert len(texts) == len(set(texts)) == 3_000
    assert [] == [text for text in texts if not resolver.resolve(Concept((), text)).ingredients]
    codes = resolving.codes(knowledge)
    assert len(codes) == len(set(codes)) > 500
    assert [] == [code for code in codes if not resolver.resolve(Concept((code,))).linked]


@pytest.mark.parametrize(
    ("chart", "indicators"),
    [("a chart with many findings", ["warning"]), ("an ordinary chart", ["info"])],
)
def test_every_variant_of_a_chart_is_another_call_with_the_same_level(
    chart: str, indicators: list[str]
) -> None:
    """No memory of one call may flatter the next, and all must cost what the chart costs."""
    client = create_app(Settings(), today=lambda: TODAY).test_client()
    bodies = calls_of(client.get("/cds-services").get_json(), TODAY, CHARTS[chart], 20)
    assert len(set(bodies)) == 20
    for body in bodies:
        assert abs(len(body) - SIZE) < 500
        response = client.post(
            "/cds-services/cramp-review", data=body, content_type="application/json"
        )
        assert indicators == [card["indicator"] for card in response.get_json()["cards"]]


def test_a_short_run_prints_the_ratios_of_each_chart() -> None:
    """As `make bench` does in a longer one, which compares with other projects as well."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "tests.benchmarks"),
            *("--rounds", "1", "--seconds", "0.2", "--only-ours"),
        ],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    measured = [*CHARTS, "a quiet chart unsigned", "a quiet chart signed by ES384"]
    for to in ("an empty Flask app", "one that takes the call"):
        pattern = rf"^(.+): throughput as a ratio to {to} \d\.\d{{3}} \(median\)$"
        assert measured == re.findall(pattern, done.stdout, re.M)
    pattern = r"^(.+): p99 as a ratio to an empty Flask app's \d+\.\d \(median\)$"
    assert measured == re.findall(pattern, done.stdout, re.M)
    assert re.search(r"^a token: RS384 and replay check cost -?\d+ us", done.stdout, re.M)
    rates = re.findall(r"^(.+): [\d,]+ a second; \d+\.\d times as long", done.stdout, re.M)
    assert ["codes of ingredients", "distinct free texts", "repeated free texts"] == rates


def test_a_short_run_prints_the_ratio_of_load_times() -> None:
    """The second part of `make bench`."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.loading", "--rounds", "1"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    assert re.search(r"ratio to loading without a compiled file \d\.\d{3} \(median\)", done.stdout)


def test_a_short_profile_writes_its_table_into_a_page(tmp_path: Path) -> None:
    """The words around the table stay."""
    page = tmp_path / "page.md"
    page.write_text("# Title\n\n| old |\n|---|\n| 1 |\n\nWords after.\n")
    command = [sys.executable, "-m", "tests.benchmarks.profile", "--passes", "1", "--calls", "2"]
    subprocess.run(
        [*command, "--write", str(page)], cwd=REPOSITORY, capture_output=True, check=True
    )
    written = page.read_text()
    assert written.startswith("# Title\n\n| microseconds of | a chart with many findings |")
    assert written.endswith(" |\n\nWords after.\n")
    assert "| old |" not in written
    assert re.search(r"^\| reading the record( \| \d+){3} \|$", written, re.M)
