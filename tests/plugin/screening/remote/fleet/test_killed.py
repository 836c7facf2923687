"""A run that is killed goes on with the patients that are left."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.plugin.screening.conftest import lines
from tests.plugin.screening.remote.bulk_server import TOKEN
from tests.plugin.screening.remote.conftest import Screen, told
from tests.plugin.screening.remote.fleet.clinic import Clinic, group, path_of, people
from tests.plugin.screening.remote.fleet.conftest import Answers
from tests.plugin.screening.remote.killing import PATIENCE, started, until
from tests.servers.scripted import Asked, Reply

WARD = ("a", "b", "c", "d", "e", "f")


def held_at(clinic: Clinic, path: str, silent: threading.Event) -> None:
    """Whoever asks for that waits."""

    def hold(asked: Asked) -> Reply | None:
        if path_of(asked) == path:
            silent.wait(PATIENCE)
        return None

    clinic.resources = [*people(*WARD), group(*(f"Patient/{one}" for one in WARD), "Patient/x")]
    clinic.instead.append(hold)


def stop_with_some_here(
    clinic: Clinic, out: Path, stop: Callable[[subprocess.Popen[str]], None]
) -> str:
    """Run until two patients are here, and a third is asked for. Returns what was said."""
    silent = threading.Event()
    held_at(clinic, "Patient/c", silent)
    notes = out / ".crampcheck-run" / "source" / "notes"
    slowly = ("--group", "ward", "--concurrency", "1", "--rate", "1000")
    with started(clinic.url, out, *slowly) as process:
        try:
            until(lambda: notes.exists() and 2 == notes.read_bytes().count(b"\n"), process)
            until(lambda: "Patient/c" in clinic.paths, process)
            stop(process)
            said = "".join(process.communicate(timeout=PATIENCE))
        finally:
            silent.set()
    assert [] == told(said, out)
    assert TOKEN not in said
    kept = [one for one in out.rglob("*") if one.is_file()]
    assert {0o600} == {one.stat().st_mode & 0o777 for one in kept}
    assert not (out / "assessments.ndjson").exists()
    return said


def is_gone_on_with(clinic: Clinic, screen: Screen, out: Path, expected: bytes) -> None:
    """Nobody who is here is asked for again, nor is what they share, nor the Group."""
    before = len(clinic.paths)
    ran = screen(clinic.url, "--group", "ward")
    assert 13 == ran.code, ran.err
    assert "going on with an earlier run: 2 of 7 are here" in ran.err
    assert expected == (out / "assessments.ndjson").read_bytes()
    assert ["Patient/x"] == [one["patient"] for one in lines(out / "failed.ndjson")]
    later = clinic.paths[before:]
    again = {"Patient/a", "Patient/b", "Medication/pack", "Medication/thz", "Group/ward"}
    assert not again & set(later)
    assert 1 == later.count("Patient/c")
    assert not (out / ".crampcheck-run").exists()


@pytest.mark.parametrize("tail", ["", "torn"])
def test_killed_it_goes_on_with_the_rest(
    clinic: Clinic, screen: Screen, from_files: Answers, tmp_path: Path, tail: str
) -> None:
    """Also where it was killed while it wrote: what has no note is cut off."""
    out = tmp_path / "out"
    stop_with_some_here(clinic, out, subprocess.Popen.kill)
    if tail:
        folder = out / ".crampcheck-run" / "source"
        with (folder / "patients.ndjson").open("ab") as data:
            data.write(b'{"resourceType":"Patient","id":"half')
        with (folder / "notes").open("ab") as notes:
            notes.write(b'{"patient":"c","en')
    is_gone_on_with(clinic, screen, out, from_files(people(*WARD)))


def test_stopped_by_control_c_it_goes_on_likewise(
    clinic: Clinic, screen: Screen, from_files: Answers, tmp_path: Path
) -> None:
    said = stop_with_some_here(
        clinic, tmp_path / "out", lambda process: process.send_signal(signal.SIGINT)
    )
    assert "the patients fetched so far are kept; the same command goes on from there" in said
    assert said.endswith("crampcheck: stopped.\n")
    assert "Traceback" not in said
    is_gone_on_with(clinic, screen, tmp_path / "out", from_files(people(*WARD)))


def test_another_request_begins_anew(clinic: Clinic, screen: Screen, tmp_path: Path) -> None:
    stop_with_some_here(clinic, tmp_path / "out", subprocess.Popen.kill)
    before = len(clinic.paths)
    ran = screen(clinic.url, "--group", "ward", "--observations", "laboratory")
    assert 13 == ran.code, ran.err
    assert "going on" not in ran.err
    assert {"Group/ward", "Patient/a", "Medication/thz"} <= set(clinic.paths[before:])
    assert len(WARD) == len(lines(tmp_path / "out" / "assessments.ndjson"))


def test_notes_that_speak_of_more_than_is_there_are_not_trusted(
    clinic: Clinic, screen: Screen, from_files: Answers, tmp_path: Path
) -> None:
    """A disk that lost the data and kept the notes."""
    out = tmp_path / "out"
    stop_with_some_here(clinic, out, subprocess.Popen.kill)
    os.truncate(out / ".crampcheck-run" / "source" / "patients.ndjson", 100)
    ran = screen(clinic.url, "--group", "ward")
    assert 13 == ran.code, ran.err
    assert "going on" not in ran.err
    assert from_files(people(*WARD)) == (out / "assessments.ndjson").read_bytes()
