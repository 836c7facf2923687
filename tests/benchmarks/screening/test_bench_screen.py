"""The benchmark of screening runs, on the population that it says. No time is asserted."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import orjson

from tests.benchmarks.screening import population
from tests.benchmarks.screening.population import TYPES

REPOSITORY = Path(__file__).parents[3]


def test_the_population_is_the_same_each_time_and_of_the_size_that_is_said(tmp_path: Path) -> None:
    """23 resources a patient of 1.2 to 1.4 kB, each of them of a patient of the export."""
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    count = population.write(tmp_path / "one", 200)
    population.write(tmp_path / "two", 200)
    files = {kind: (tmp_path / "one" / f"{kind}.ndjson").read_bytes() for kind in TYPES}
    again = {kind: (tmp_path / "two" / f"{kind}.ndjson").read_bytes() for kind in TYPES}
    assert files == again
    assert 22 <= count / 200 <= 24
    assert 1200 <= sum(map(len, files.values())) / count <= 1400
    people = {f"Patient/{orjson.loads(line)['id']}" for line in files["Patient"].splitlines()}
    assert 200 == len(people)
    for kind in TYPES[1:]:
        assert {
            orjson.loads(line)["subject"]["reference"] for line in files[kind].splitlines()
        } <= (people)


def test_a_small_run_prints_ratios_memory_and_growth() -> None:
    """As `make bench-screen` does over a hundred times as many."""
    command = [
        sys.executable,
        "-m",
        "tests.benchmarks.screening",
        "--patients",
        "200",
        "--no-spark",
    ]
    done = subprocess.run(
        [*command, "--rounds", "1"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in ("one process", "two processes"):
        assert re.search(rf"^{name}: throughput as a ratio to the bare loop \d", done.stdout, re.M)
        memory = re.search(rf"^{name}: peak memory of all processes (\d+) MiB", done.stdout, re.M)
        assert memory
        assert int(memory[1]) > 10
    assert re.search(
        r"^growth from a quarter to the whole: time \d+\.\d\d times", done.stdout, re.M
    )
    assert re.search(r"^growth from a quarter to the whole: memory \d+ to \d+", done.stdout, re.M)
