"""When a run that was stopped goes on, when it begins anew, and what it says of it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from plugin.screening.local.chunk import read_chunk
from plugin.screening.local.partition import screen_partition
from tests.plugin.cli.conftest import Ran, Run, crampcheck
from tests.plugin.golden import case
from tests.plugin.screening.conftest import ndjson
from tests.plugin.screening.run.small import RESULTS, arguments, cut_small, write_source
from tests.plugin.screening.run.told import same_results

__all__ = ["crampcheck"]  # a fixture that the tests below name

STAGES = "plugin.screening.run.stages"


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    from plugin.screening.placing import partitions  # noqa: PLC0415
    from plugin.screening.run import cutting  # noqa: PLC0415

    monkeypatch.setattr(cutting, "CHUNK_BYTES", cutting.CHUNK_BYTES)
    monkeypatch.setattr(partitions, "PARTITION_BYTES", partitions.PARTITION_BYTES)
    cut_small()


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write_source(tmp_path / "source")


class Stopping:
    """Has Ctrl-C pressed before a partition is screened, and counts what is done."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.read: list[int] = []
        self.stop = True

        def read(chunk: object, *rest: object) -> object:
            self.read.append(chunk.number)  # type: ignore[attr-defined]
            return read_chunk(chunk, *rest)  # type: ignore[arg-type]

        def screen(number: int, *rest: object) -> object:
            if self.stop and number:
                raise KeyboardInterrupt
            return screen_partition(number, *rest)  # type: ignore[arg-type]

        monkeypatch.setattr(f"{STAGES}.read_chunk", read)
        monkeypatch.setattr(f"{STAGES}.screen_partition", screen)


@pytest.fixture
def stopping(monkeypatch: pytest.MonkeyPatch) -> Stopping:
    return Stopping(monkeypatch)


def stopped(crampcheck: Run, stopping: Stopping, source: Path, out: Path, *more: str) -> Ran:
    """A run that is stopped when half of it is done; the next one will not be."""
    ran = crampcheck(*arguments(source, out, *more))
    assert 130 == ran.code
    stopping.stop = False
    stopping.read.clear()
    return ran


def test_a_stopped_run_says_so_and_goes_on(
    crampcheck: Run, stopping: Stopping, source: Path, tmp_path: Path
) -> None:
    """What was read is not read again, and the results are those of a run in one go."""
    out = tmp_path / "out"
    first = stopped(crampcheck, stopping, source, out)
    assert "crampcheck: stopped. What was done is kept in " in first.err
    assert [".crampcheck-run"] == [path.name for path in out.iterdir()]
    ran = crampcheck(*arguments(source, out))
    assert 13 == ran.code
    assert "going on with the run that began" in ran.err
    assert [] == stopping.read
    crampcheck(*arguments(source, tmp_path / "whole"))
    same_results(tmp_path / "whole", out)


def test_fresh_begins_anew(
    crampcheck: Run, stopping: Stopping, source: Path, tmp_path: Path
) -> None:
    """Everything is read again, and that is said."""
    stopped(crampcheck, stopping, source, tmp_path / "out")
    ran = crampcheck(*arguments(source, tmp_path / "out", "--fresh"))
    assert "starting anew" in ran.err
    assert "--fresh was given" in ran.err
    assert [0, 1, 2, 3] == stopping.read


def test_another_day_or_format_begins_anew(
    crampcheck: Run, stopping: Stopping, source: Path, tmp_path: Path
) -> None:
    """What differs is named."""
    stopped(crampcheck, stopping, source, tmp_path / "out")
    shutil.copytree(tmp_path / "out", tmp_path / "again")
    ran = crampcheck("screen", source, "--out", tmp_path / "out", "--as-of", "2026-10-01")
    assert "it judges as of 2026-11-01, and this as of 2026-10-01" in ran.err
    ran = crampcheck(*arguments(source, tmp_path / "again", "--format", "csv"))
    assert "it writes json,csv, and this csv" in ran.err
    assert 13 == ran.code


def test_a_changed_source_begins_anew(
    crampcheck: Run, stopping: Stopping, source: Path, tmp_path: Path
) -> None:
    """A file that is new, gone or has another time or size is named; the answers are of now."""
    out = tmp_path / "out"
    stopped(crampcheck, stopping, source, out)
    os.utime(source / "b.ndjson", (1, 1))
    (source / "c.ndjson").write_bytes(ndjson([{"resourceType": "Patient", "id": "new"}]))
    ran = crampcheck(*arguments(source, out))
    assert "the source is not the same: b.ndjson and 1 more" in ran.err
    assert b'"Patient/new"' in (out / "assessments.ndjson").read_bytes()


def test_another_program_or_knowledge_begins_anew(
    crampcheck: Run,
    stopping: Stopping,
    source: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Parts of two versions are never put together."""
    from plugin.screening.run import identity  # noqa: PLC0415

    stopped(crampcheck, stopping, source, tmp_path / "out")
    shutil.copytree(tmp_path / "out", tmp_path / "again")
    with monkeypatch.context() as patch:
        patch.setattr(identity, "_knowledge_digest", lambda _: "another")
        ran = crampcheck(*arguments(source, tmp_path / "out"))
        assert "the knowledge is not the same" in ran.err
        patch.setattr(identity, "_code_digest", lambda: "another")
        ran = crampcheck(*arguments(source, tmp_path / "again"))
        assert "the program is not the same" in ran.err


def test_another_jurisdiction_begins_anew(
    crampcheck: Run,
    stopping: Stopping,
    source: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is a setting of the environment, and still not passed over."""
    stopped(crampcheck, stopping, source, tmp_path / "out")
    monkeypatch.setenv("CRAMPCHECK_JURISDICTION", "UK")
    ran = crampcheck(*arguments(source, tmp_path / "out"))
    assert "its jurisdiction is US, and this one's UK" in ran.err


def test_standard_input_goes_on_with_the_same_bytes_only(
    crampcheck: Run, stopping: Stopping, source: Path, tmp_path: Path
) -> None:
    """Nobody knows what a pipe gives before it has given it."""
    data = (source / "a.ndjson").read_bytes() + (source / "b.ndjson").read_bytes()
    out = tmp_path / "out"
    command = arguments(Path("-"), out)
    assert 130 == crampcheck(*command, stdin=data).code
    stopping.stop = False
    assert "going on" in crampcheck(*command, stdin=data).err
    stopping.stop = True
    assert 130 == crampcheck(*command, stdin=data).code
    stopping.stop = False
    ran = crampcheck(*command, stdin=ndjson(case("on-hold-order").resources))
    assert "the source is not the same: standard input" in ran.err
    assert 0 == ran.code
    assert 1 == len((out / "assessments.ndjson").read_bytes().splitlines())
    assert set(RESULTS) == {path.name for path in out.iterdir()}


def test_a_damaged_work_folder_begins_anew(
    crampcheck: Run, stopping: Stopping, source: Path, tmp_path: Path
) -> None:
    """A note that cannot be read is of no run; a step that left half a file is done again."""
    out = tmp_path / "out"
    stopped(crampcheck, stopping, source, out)
    (out / ".crampcheck-run" / "chunk-000001.done").write_bytes(b"\x00")
    ran = crampcheck(*arguments(source, out))
    assert (13, [1]) == (ran.code, stopping.read)
    stopping.stop = True
    stopped(crampcheck, stopping, source, out)
    (out / ".crampcheck-run" / "state").write_bytes(b"\x00")
    ran = crampcheck(*arguments(source, out))
    assert (13, [0, 1, 2, 3]) == (ran.code, stopping.read)
    assert "going on" not in ran.err
    crampcheck(*arguments(source, tmp_path / "whole"))
    same_results(tmp_path / "whole", out)


def test_only_the_owner_may_read_what_a_run_leaves(
    crampcheck: Run, stopping: Stopping, source: Path, tmp_path: Path
) -> None:
    """Files of work and results hold patient data."""
    out = tmp_path / "out"
    stopped(crampcheck, stopping, source, out)
    modes = {path.stat().st_mode & 0o077 for path in (out, *out.rglob("*"))}
    crampcheck(*arguments(source, out))
    assert {0} == modes | {path.stat().st_mode & 0o077 for path in out.rglob("*")}


def test_a_second_run_into_one_folder_is_refused(
    crampcheck: Run, stopping: Stopping, source: Path, tmp_path: Path
) -> None:
    """While the first has it. The first is not disturbed."""
    from plugin.screening.run.lock import held  # noqa: PLC0415

    out = tmp_path / "out"
    stopped(crampcheck, stopping, source, out)
    with held(out / ".crampcheck-run"):
        ran = crampcheck(*arguments(source, out))
        assert (1, 1) == (ran.code, ran.err.count("\n"))
        assert "another run is writing into this folder" in ran.err
        assert "start the same command again" not in ran.err  # that is for who has the folder
        assert (out / ".crampcheck-run" / "chunk-000001.done").exists()
    assert 13 == crampcheck(*arguments(source, out)).code
