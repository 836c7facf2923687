"""A run that dies before any one of its changes to the file system, and is started again."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from msgspec import Struct

from tests.plugin.golden import PATIENTS
from tests.plugin.screening.run.small import RESULTS, write_source
from tests.plugin.screening.run.told import same_results


class Point(Struct, frozen=True):
    """Where a run died, what had a name then, and what starting it again came to."""

    number: str
    where: str
    code: int
    named: frozenset[str]


@pytest.fixture(scope="module")
def crashes(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Point]]:
    folder = tmp_path_factory.mktemp("crashes")
    source = write_source(folder / "source")
    said = subprocess.run(
        [sys.executable, "-m", "tests.plugin.screening.run.crashing", str(source), str(folder)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(PATIENTS.parents[1])},
    ).stdout
    points = []
    for line in said.splitlines():
        number, where, code, named = line.split("\t")
        points.append(Point(number, where, int(code), frozenset(named.split())))
    return folder, points


def test_every_stage_and_every_name_is_hit(crashes: tuple[Path, list[Point]]) -> None:
    """The points are where they should be: if a stage were not among them, nothing would show."""
    hit = " ".join(point.where for point in crashes[1])
    for what in ("state.tmp", "chunk-000003.done", "join.done", "part-000001.done", *RESULTS):
        assert f"replace {what}" in hit
    assert hit.endswith("unlink lock rmdir .crampcheck-run")


def test_started_again_it_ends_with_the_same_bytes_and_nothing_else(
    crashes: tuple[Path, list[Point]],
) -> None:
    """The code is that of an undisturbed run, and so is every file; no file of work is left."""
    folder, points = crashes
    for point in points:
        assert (13, point.where) == (point.code, point.where)
        same_results(folder / "whole", folder / point.number)


def test_not_started_again_nothing_half_written_has_a_name(
    crashes: tuple[Path, list[Point]],
) -> None:
    """What has a name is complete: results get theirs one after the other, the manifest last."""
    folder, points = crashes
    for point in points:
        named = point.named - {".crampcheck-run"}
        assert named <= set(RESULTS)
        assert "run.json" not in named or named == set(RESULTS)
    first = next(point for point in points if "assessments.ndjson" in point.named)
    assert "replace" == first.where.split()[0]
    assert (folder / "whole" / "run.json").exists()
