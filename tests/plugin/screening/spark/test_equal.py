"""Through Spark every patient gets the same bytes, whoever reads the files, and all sums agree."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from plugin.cli.main import execute
from tests.plugin.screening.conftest import AS_OF
from tests.plugin.screening.spark.mixed import write_mixed

RESULTS = ("assessments.ndjson", "summary.csv", "quarantine.ndjson", "failed.ndjson")
EXIT_LEFT_OUT = 13
_PIECE = 20_000  # bytes
_PATIENTS = 40 if os.environ.get("CRAMPCHECK_SOAK") == "1" else 16
SYNTHEA = Path(__file__).parents[5] / "shared" / "data" / "synthea-100"


def screened(source: object, out: Path, *more: str) -> int:
    return execute(["screen", str(source), "--out", str(out), "--as-of", AS_OF, *more])


def through_spark(source: object, out: Path, *more: str) -> int:
    return screened(source, out, "--engine", "spark", *more)


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A source, and what the local engine makes of it."""
    folder = tmp_path_factory.mktemp("mixed")
    source = write_mixed(folder / "source", _PATIENTS)
    assert screened(source, folder / "local") == EXIT_LEFT_OUT
    return source, folder / "local"


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many chunks and partitions of few lines."""
    from plugin.screening.placing import partitions  # noqa: PLC0415
    from plugin.screening.run import cutting  # noqa: PLC0415

    monkeypatch.setattr(cutting, "CHUNK_BYTES", _PIECE)
    monkeypatch.setattr(partitions, "PARTITION_BYTES", 10 * _PIECE)


def assert_same(expected: Path, out: Path) -> None:
    for name in RESULTS:
        assert (expected / name).read_bytes() == (out / name).read_bytes(), name
    ours, theirs = (json.loads((one / "run.json").read_bytes()) for one in (expected, out))
    assert ours["counts"] == theirs["counts"]
    assert sorted(path.name for path in out.iterdir()) == sorted((*RESULTS, "run.json"))


def test_files_that_executors_open_give_the_same_bytes(
    spark: Any, mixed: tuple[Path, Path], tmp_path: Path
) -> None:
    """Packed, plain, Bundles, one value over lines, shared products, addresses, bad lines."""
    source, local = mixed
    assert through_spark(source, tmp_path / "out") == EXIT_LEFT_OUT
    assert_same(local, tmp_path / "out")
    ours, theirs = (
        json.loads((one / "run.json").read_bytes())["id"] for one in (local, tmp_path / "out")
    )
    assert ours == theirs


def test_files_that_spark_reads_and_answers_that_it_writes_are_the_same(
    spark: Any, mixed: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some files come in whole, others in pieces; what is bad is counted from their beginning."""
    import pyarrow.parquet as pq  # noqa: PLC0415 - an extra

    from plugin.screening.spark import listing  # noqa: PLC0415

    source, local = mixed
    monkeypatch.setattr(listing, "WHOLE_BYTES", (source / "one value.json").stat().st_size)
    spark.conf.set("spark.sql.files.maxPartitionBytes", str(_PIECE))
    there, out = tmp_path / "answers", tmp_path / "out"
    asked = ("--format", "json,parquet", "--spark-write", there.as_uri())
    assert through_spark(source.as_uri(), out, *asked) == EXIT_LEFT_OUT
    expected = (local / "assessments.ndjson").read_bytes().splitlines()
    parts = sorted((there / "assessments.ndjson").glob("part-*"))
    lines = [line for part in parts for line in part.read_bytes().splitlines()]
    assert expected == sorted(lines, key=_patient)
    table = pq.read_table(there / "assessments.parquet")
    assert sorted(table["patient"].to_pylist()) == [_patient(line) for line in expected]
    ours, theirs = (json.loads((one / "run.json").read_bytes()) for one in (local, out))
    assert ours["counts"] == theirs["counts"]
    assert theirs["settings"]["spark_write"] == there.as_uri()
    left_out = ("failed.ndjson", "quarantine.ndjson")
    for name in left_out:
        assert (local / name).read_bytes() == (out / name).read_bytes()
    assert sorted(path.name for path in out.iterdir()) == [*left_out, "run.json"]


def test_answers_that_are_there_are_not_written_over(
    spark: Any, mixed: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "assessments.ndjson").mkdir()
    asked = ("--format", "json", "--spark-write", tmp_path.as_uri())
    assert through_spark(mixed[0], tmp_path / "out", *asked) == 2
    assert "is there already" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_an_address_with_nothing_to_read_is_said_in_a_sentence(
    spark: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "a.csv").write_text("x")
    uri = (tmp_path / "source").as_uri()
    assert through_spark(uri, tmp_path / "out") == 11
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "there is no file to read (left alone: a.csv)" in said
    assert through_spark("nowhere://bucket/export", tmp_path / "out") == 11
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "nowhere://bucket/export: Spark cannot list it" in said
    assert not (tmp_path / "out").exists()


def test_a_folder_without_fhir_is_an_error_as_ever(
    spark: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "a.ndjson").write_bytes(b"\n\n")
    assert through_spark(tmp_path / "source", tmp_path / "out") == 11
    assert "holds no FHIR resource" in capsys.readouterr().err


@pytest.mark.skipif(not SYNTHEA.is_dir(), reason="needs ../shared/data/synthea-100")
def test_synthea_gives_the_same_bytes(spark: Any, tmp_path: Path) -> None:
    screened(SYNTHEA, tmp_path / "local")
    through_spark(SYNTHEA, tmp_path / "spark")
    assert_same(tmp_path / "local", tmp_path / "spark")


def _patient(line: bytes) -> str:
    return str(json.loads(line)["patient"])
