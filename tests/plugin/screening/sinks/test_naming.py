"""Results appear whole or not at all, whenever a run ends."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import BinaryIO

import pytest

from plugin.config import Settings
from plugin.errors import CrampcheckError
from plugin.screening.outcome import Quarantined
from plugin.screening.sinks import choose, is_result, name_results, open_sinks, result_files
from plugin.screening.sinks.files import create
from tests.plugin.screening.sinks.outcomes import FAILED, about, golden, lines, results

ALL = "json,csv,parquet,fhir"
CHOSEN = choose(ALL)


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if path.is_file()}


def write_and_fail(unfinished: Path, *, complete: bool) -> None:
    with open_sinks(CHOSEN, unfinished, about()) as sinks:
        sinks.write(golden()[0])
        if complete:
            sinks.close()
        raise ZeroDivisionError


def write_both(unfinished: Path, patients: int) -> None:
    with open_sinks(choose("both"), unfinished, about()) as sinks:
        for _ in range(patients):
            sinks.write(golden()[0])


def onto_a_full_disk(path: Path) -> BinaryIO:
    create(path).close()
    return open("/dev/full", "wb", buffering=1000)


def test_nothing_has_its_name_before_all_of_it_is_on_disk(tmp_path: Path) -> None:
    """Only the work folder fills up; the results then appear, each readable by its owner alone."""
    out = tmp_path / "out"
    chosen = choose(f"{ALL},report")
    with open_sinks(chosen, out / ".work", about()) as sinks:
        for one in golden():
            sinks.write(one)
        assert set() == names(out)
        sinks.close()
        assert set() == names(out)
    name_results(chosen, out / ".work", out, Settings())
    assert set(chosen.names) == names(out)
    assert set() == names(out / ".work")
    assert {0o600} == {stat.S_IMODE((out / name).stat().st_mode) for name in chosen.names}
    assert 0o700 == stat.S_IMODE(out.stat().st_mode)


def test_a_run_that_fails_leaves_no_file(tmp_path: Path) -> None:
    """Not under a temporary name either."""
    with pytest.raises(ZeroDivisionError):
        write_and_fail(tmp_path, complete=False)
    assert set() == names(tmp_path)


def test_what_is_complete_stays_when_the_run_fails_afterwards(tmp_path: Path) -> None:
    """Naming is all that is left to do."""
    with pytest.raises(ZeroDivisionError):
        write_and_fail(tmp_path, complete=True)
    assert set(CHOSEN.names) == names(tmp_path)


@pytest.mark.parametrize("named", range(len(CHOSEN.names) + 1))
def test_naming_that_ended_in_the_middle_is_made_good(tmp_path: Path, named: int) -> None:
    """After any number of names: the same bytes as of an undisturbed run."""
    whole = results(tmp_path / "whole", ALL, golden())
    out, unfinished = tmp_path / "out", tmp_path / "out" / "work"
    with open_sinks(CHOSEN, unfinished, about()) as sinks:
        for one in golden():
            sinks.write(one)
    for name in CHOSEN.names[:named]:
        os.replace(unfinished / name, out / name)
    name_results(CHOSEN, unfinished, out, Settings())
    name_results(CHOSEN, unfinished, out, Settings())
    for name in CHOSEN.names:
        assert (whole / name).read_bytes() == (out / name).read_bytes()


def test_leftovers_of_a_run_that_was_killed_are_replaced(tmp_path: Path) -> None:
    """Nothing of them is in the new files, and a link is not followed."""
    unfinished, elsewhere = tmp_path / "work", tmp_path / "elsewhere"
    unfinished.mkdir()
    elsewhere.write_text("not ours")
    (unfinished / "assessments.ndjson").write_bytes(b"half a li")
    (unfinished / "summary.csv").symlink_to(elsewhere)
    with open_sinks(choose("both"), unfinished, about()) as sinks:
        sinks.write(golden()[0])
    assert golden()[0].line + b"\n" == (unfinished / "assessments.ndjson").read_bytes()
    assert "not ours" == elsewhere.read_text()


def test_a_result_that_is_nowhere_is_said(tmp_path: Path) -> None:
    """With what to do."""
    with pytest.raises(CrampcheckError, match=r"remove .* and screen again"):
        name_results(choose("json"), tmp_path / "run" / "work", tmp_path / "out", Settings())


def test_results_that_cannot_be_written_are_said(tmp_path: Path) -> None:
    """A file stands where the folder should be."""
    (tmp_path / "out").write_text("")
    with (
        pytest.raises(CrampcheckError, match=r"cannot be written .* --out"),
        open_sinks(CHOSEN, tmp_path / "out" / "work", about()),
    ):
        pytest.fail("opened")


def test_a_full_disk_is_said_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where it shows at the first write, and where only at the last."""
    monkeypatch.setattr("plugin.screening.sinks.answers.create", onto_a_full_disk)
    for patients in (1, 50):
        with pytest.raises(CrampcheckError, match="no space left on device"):
            write_both(tmp_path, patients)
        assert set() == names(tmp_path)


def test_what_was_left_out_is_listed_with_file_line_and_offset(tmp_path: Path) -> None:
    """And a patient who failed is in no other file but the FHIR one, as not assessed."""
    row = Quarantined("a.ndjson", 7, "is no JSON", 812)
    out = results(tmp_path, ALL, [golden()[0], FAILED], quarantined=[row])
    assert [{"file": "a.ndjson", "line": 7, "offset": 812, "reason": "is no JSON"}] == lines(
        out / "quarantine.ndjson"
    )
    assert [{"patient": "Patient/zz", "reason": FAILED.reason}] == lines(out / "failed.ndjson")
    assert b"Patient/zz" not in (out / "assessments.ndjson").read_bytes()
    assert b"Patient/zz" not in (out / "summary.csv").read_bytes()
    said = lines(out / "guidance-responses.ndjson")[-1]
    assert ("failure", {"reference": "Patient/zz"}) == (said["status"], said["subject"])


def test_every_result_is_passed_over_by_a_later_run(tmp_path: Path) -> None:
    """By its place; lists and answers that were copied elsewhere, by what they hold."""
    row = Quarantined("a.ndjson", 7, "is no JSON", 812)
    out = results(tmp_path, ALL, [*golden(), FAILED], quarantined=[row])
    assert {path for path in out.iterdir() if path.is_file()} <= result_files(out)
    for name in (name for name in CHOSEN.names if name.endswith(".ndjson")):
        for line in (out / name).read_bytes().splitlines():
            assert is_result(f"copied/{name}.gz", line)
    assert is_result("quarantine.ndjson", b'{"file":"a","line":1,"reason":"as once written"}')
    assert not is_result("failed.ndjson", b'{"resourceType":"Patient","id":"1"}')
    assert not is_result("detected-issues.ndjson", b'{"resourceType":"DetectedIssue","id":"1"}')
    assert not is_result("failed.ndjson", b'{"patient":')
    assert not is_result("x.ndjson", b'{"patient":"Patient/1","reason":"x"}')
