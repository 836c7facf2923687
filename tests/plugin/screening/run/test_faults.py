"""What ends a run that nobody stopped: a full disk, a killed process, a file that changes."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from plugin.screening.local.chunk import read_chunk
from plugin.screening.local.join import join
from plugin.screening.local.parts import merged
from plugin.screening.run import totals
from plugin.screening.run.finishing import summed
from plugin.screening.run.totals import PatientTally, TotalsDisagree
from tests.plugin.cli.conftest import Run, crampcheck
from tests.plugin.golden import PATIENTS
from tests.plugin.screening.conftest import lines, ndjson
from tests.plugin.screening.run.small import arguments, cut_small, write_source
from tests.plugin.screening.run.told import same_results

__all__ = ["crampcheck"]  # a fixture that the tests below name

RUN = "plugin.screening.run"
SMALL = "tests.plugin.screening.run.small"
A_MOMENT = 0.005  # seconds


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(PATIENTS.parents[1])}


@pytest.mark.parametrize("room", [8_000, 60_000])
def test_a_disk_that_is_full_is_said_and_can_be_gone_on_with(tmp_path: Path, room: int) -> None:
    """A limit on files stands for it: a sentence, nothing half written with a name, then all."""
    source, out = write_source(tmp_path / "source"), tmp_path / "out"
    command = [sys.executable, "-m", SMALL, *arguments(source, out, "--workers", "1")]

    def no_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))

    full = subprocess.run(
        command, capture_output=True, text=True, env=environment(), preexec_fn=no_room, check=False
    )
    assert 1 == full.returncode
    assert "cannot be written (file too large)" in full.stderr
    assert "start the same command again to go on" in full.stderr
    assert "name another folder" not in full.stderr
    assert "Traceback" not in full.stderr
    assert [".crampcheck-run"] == [path.name for path in out.iterdir()]
    again = subprocess.run(command, capture_output=True, text=True, check=False, env=environment())
    assert "going on with the run" in again.stderr
    command[command.index(str(out))] = str(tmp_path / "whole")
    subprocess.run(command, capture_output=True, check=False, env=environment())
    same_results(tmp_path / "whole", out)


@pytest.mark.skipif(
    not Path("/proc/self/task").is_dir(), reason="there is no /proc to find workers in"
)
def test_a_worker_that_is_killed_is_said(tmp_path: Path) -> None:
    """As the kernel does where memory runs out. The run can be gone on with."""
    source, out = write_source(tmp_path / "source", patients=2000), tmp_path / "out"
    run = subprocess.Popen(
        [sys.executable, "-m", SMALL, *arguments(source, out, "--workers", "2")],
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
    )
    killed: list[int] = []
    while run.poll() is None and not killed:
        with suppress(OSError):
            children = Path(f"/proc/{run.pid}/task/{run.pid}/children").read_text().split()
            for child in children:
                if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes():
                    os.kill(int(child), signal.SIGKILL)
                    killed.append(int(child))
        time.sleep(A_MOMENT)
    _, said = run.communicate(timeout=60)
    assert 1 == run.returncode
    assert "a worker process was killed from outside, probably for lack of memory" in said
    assert "start the same command again to go on" in said
    assert 1 == said.count("\n")


def test_a_file_that_changes_meanwhile_is_said(
    crampcheck: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody knows of which state the answers are. The rest is written, the code is 13."""
    source, out = write_source(tmp_path / "source"), tmp_path / "out"

    def changed_before(*given: object) -> object:
        os.utime(source / "a.ndjson", (1, 1))
        return summed(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(f"{RUN}.screen.summed", changed_before)
    ran = crampcheck(*arguments(source, out))
    row = lines(out / "quarantine.ndjson")[0]
    assert (13, "a.ndjson", 0) == (ran.code, row["file"], row["line"])
    assert "changed" in row["reason"]


@pytest.mark.parametrize("named", ["Patient/a", "Patient/at-a"])
@pytest.mark.parametrize("by_now", [b"", b"{}\n", b"\n{"])
def test_a_file_that_changes_between_the_stages_fails_only_who_has_to_be_read_again(
    crampcheck: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    by_now: bytes,
    named: str,
) -> None:
    """Two results of one id, of no analyte of ours, are looked at again: and are there no more."""
    monkeypatch.setattr("plugin.screening.placing.partitions.PARTITION_BYTES", 6000)
    file, out = tmp_path / "source" / "a.ndjson", tmp_path / "out"
    other = [{"resourceType": "Patient", "id": f"other-{number}"} for number in range(1000)]
    person = {
        "resourceType": "Bundle",
        "entry": [
            {
                "fullUrl": "https://h/Patient/at-a",
                "resource": {"resourceType": "Patient", "id": "a"},
            }
        ],
    }
    file.parent.mkdir()
    file.write_bytes(ndjson([*other, _pressure(named, 120), _pressure(named, 90), person]))

    def changed_before(*given: object) -> object:
        file.write_bytes(by_now)
        return join(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(f"{RUN}.stages.join", changed_before)
    ran = crampcheck(*arguments(file.parent, out))
    assert 13 == ran.code, ran.err
    assert len(other) == len(lines(out / "assessments.ndjson"))
    (row,) = lines(out / "failed.ndjson")
    assert "Patient/a" == row["patient"]
    assert row["reason"].startswith("a.ndjson: has changed while it was read; screen it again")
    (left_out,) = lines(out / "quarantine.ndjson")
    assert "changed" in left_out["reason"]


def _pressure(person: str, value: int) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "id": "same",
        "status": "final",
        "subject": {"reference": person},
        "code": {"coding": [{"system": "http://loinc.org", "code": "8480-6"}]},
        "valueQuantity": {"value": value, "unit": "mm[Hg]"},
    }


def test_totals_that_disagree_name_no_result(
    crampcheck: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A patient that is lost on the way is a fault of ours, and never a shorter list."""
    source, out = write_source(tmp_path / "source"), tmp_path / "out"
    monkeypatch.setattr(f"{RUN}.finishing.merged", lambda paths: list(merged(paths))[1:])
    ran = crampcheck(*arguments(source, out))
    assert 1 == ran.code
    assert "internal error: the totals disagree (patients: read" in ran.err
    assert [".crampcheck-run"] == [path.name for path in out.iterdir()]


def test_a_work_folder_that_is_a_link_is_refused_and_nothing_behind_it_is_touched(
    crampcheck: Run, tmp_path: Path
) -> None:
    """Who can write into the folder of the results could have anything else removed."""
    source, out, elsewhere = write_source(tmp_path / "source"), tmp_path / "out", tmp_path / "other"
    for folder in (out, elsewhere):
        folder.mkdir()
    (elsewhere / "kept").write_text("of somebody else")
    (out / ".crampcheck-run").symlink_to(elsewhere)
    ran = crampcheck(*arguments(source, out))
    assert 1 == ran.code
    assert ".crampcheck-run: is a link; remove it, or name another folder with --out." in ran.err
    assert ["kept"] == [path.name for path in elsewhere.iterdir()]


def test_a_work_folder_that_others_could_enter_is_closed_to_them(
    crampcheck: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It was there before, with the rights that whoever made it gave it."""
    source, out = write_source(tmp_path / "source"), tmp_path / "out"
    work = out / ".crampcheck-run"
    work.mkdir(parents=True)
    work.chmod(0o777)
    modes: list[int] = []

    def seen(*arguments: Any, **named: Any) -> Any:
        modes.append(work.stat().st_mode & 0o777)
        return summed(*arguments, **named)

    monkeypatch.setattr(f"{RUN}.screen.summed", seen)
    assert 13 == crampcheck(*arguments(source, out)).code  # the source has lines that are none
    assert [0o700] == modes


def test_a_patient_that_comes_twice_or_late_is_a_fault() -> None:
    """Two answers about one patient would be a list that nobody can work."""
    from plugin.screening.outcome import Failed  # noqa: PLC0415

    for second in ("Patient/2", "Patient/1"):
        tally = PatientTally()
        tally.add(Failed("Patient/2", "why"), "Patient/2")
        with pytest.raises(TotalsDisagree, match="out of order"):
            tally.add(Failed(second, "why"), second)


def test_reasons_are_counted_without_their_numbers_and_in_bounds() -> None:
    """A million different offsets are one reason; what is rare beyond a limit is summed."""
    counted = totals.ByReason()
    for number in range(100):
        counted.add(f"the JSON is malformed at byte {number}")
        counted.add(chr(0x4E00 + number))
    found = counted.result()
    assert 100 == found["the JSON is malformed at byte N"]
    assert 200 == sum(found.values())
    assert len(found) <= 41


def test_a_folder_that_cannot_be_written_is_said(crampcheck: Run, tmp_path: Path) -> None:
    """A file in the place of the folder, and of its work folder."""
    source = write_source(tmp_path / "source")
    (tmp_path / "file").write_bytes(b"")
    ran = crampcheck(*arguments(source, tmp_path / "file"))
    assert (1 if "cannot be written" in ran.err else 2) == ran.code
    out = tmp_path / "out"
    out.mkdir()
    (out / ".crampcheck-run").write_bytes(b"")
    ran = crampcheck(*arguments(source, out))
    assert 1 == ran.code
    assert "name another folder with --out" in ran.err


@pytest.fixture
def cut_later(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Has every run from now on cut its work into small pieces, until the test ends."""
    from plugin.screening.placing import partitions  # noqa: PLC0415
    from plugin.screening.run import cutting  # noqa: PLC0415

    monkeypatch.setattr(cutting, "CHUNK_BYTES", cutting.CHUNK_BYTES)
    monkeypatch.setattr(partitions, "PARTITION_BYTES", partitions.PARTITION_BYTES)
    return cut_small


def test_small_pieces_change_nothing(
    crampcheck: Run, tmp_path: Path, cut_later: Callable[[], None]
) -> None:
    """Chunks, partitions and workers are a matter of speed."""
    source = write_source(tmp_path / "source", patients=5)
    crampcheck(*arguments(source, tmp_path / "whole"))
    cut_later()
    crampcheck(*arguments(source, tmp_path / "small", "--workers", "2"))
    for name in ("assessments.ndjson", "summary.csv", "quarantine.ndjson", "failed.ndjson"):
        whole, small = (tmp_path / folder / name for folder in ("whole", "small"))
        assert whole.read_bytes() == small.read_bytes()


def test_a_file_that_goes_away_is_named_once(
    crampcheck: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    cut_later: Callable[[], None],
) -> None:
    """Though each of its chunks finds it gone."""
    cut_later()
    source, out = write_source(tmp_path / "source"), tmp_path / "out"
    kept = read_chunk

    def gone(*given: object) -> object:
        (source / "a.ndjson").unlink(missing_ok=True)
        return kept(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(f"{RUN}.stages.read_chunk", gone)
    assert 13 == crampcheck(*arguments(source, out)).code
    rows = lines(out / "quarantine.ndjson")
    reasons = [row["reason"] for row in rows if row["file"] == "a.ndjson"]
    assert 2 == len(reasons) == len(set(reasons))
    assert [0, 0, 1] == [row["line"] for row in rows]
    told = json.loads((out / "run.json").read_bytes())["counts"]["quarantined"]
    assert (3, 1, 2) == (told["rows"], told["lines"], told["files"])
