"""A run that is killed goes on with its export; one that is stopped leaves nothing there."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.plugin.screening.remote.bulk_server import (
    SECRET,
    TOKEN,
    BulkServer,
    Reply,
    as_json,
    bulk_server,
    outcome,
)
from tests.plugin.screening.remote.conftest import Screen, told
from tests.plugin.screening.remote.killing import PATIENCE, started, until
from tests.plugin.screening.remote.ward import all_warned, filled

OBSERVATIONS = "Observation-1"
EXPORT = ("--export", "system")


@pytest.fixture(autouse=True)
def _token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRAMPCHECK_FHIR_TOKEN", TOKEN)


def kill_when(bulk: BulkServer, out: Path, holds: Callable[[], object]) -> None:
    """Start the command and kill it as soon as that is so. It leaves no secret behind."""
    with started(bulk.url, out, *EXPORT) as process:
        until(holds, process)
        assert TOKEN not in Path(f"/proc/{process.pid}/cmdline").read_text()
        process.kill()
        said = "".join(process.communicate(timeout=PATIENCE))
    assert [] == told(said, out)
    kept = [one for one in out.rglob("*") if one.is_file()]
    assert kept
    assert {0o600} == {one.stat().st_mode & 0o777 for one in kept}


def kick_offs(bulk: BulkServer) -> int:
    return sum(path.endswith("$export") for path in bulk.paths())


def test_killed_while_it_waits_it_waits_for_the_same_export(
    bulk: BulkServer, screen: Screen, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    filled(bulk).polls = 1_000_000
    kill_when(bulk, out, lambda: "/fhir/status/1" in bulk.paths())
    bulk.polls = 0
    ran = screen(bulk.url, "--export", "system")
    assert 0 == ran.code, ran.err
    assert "going on with the export of an earlier run" in ran.err
    assert (1, ["1"]) == (kick_offs(bulk), bulk.deletions)
    assert all_warned(out)


def test_killed_while_it_downloads_it_takes_up_the_files(
    bulk: BulkServer, screen: Screen, tmp_path: Path
) -> None:
    """What is here is not sent again, and of what is here in part only the rest."""
    out, silent = tmp_path / "out", threading.Event()
    headers = {"Content-Type": "application/fhir+ndjson", "ETag": '"of-the-file"'}
    body = filled(bulk).files[OBSERVATIONS]
    bulk.once(OBSERVATIONS, Reply(200, body, headers, cut=150, hold=silent))
    folder = out / ".crampcheck-run" / "source"

    def is_half_here() -> bool:
        part = folder / "parts" / f"{OBSERVATIONS}.ndjson"
        others = [folder / "parts" / f"{one}-1.ndjson.json" for one in ("Patient", "Medication")]
        whole = all(one.exists() and b'"done":true' in one.read_bytes() for one in others)
        return whole and part.exists() and part.stat().st_size == 150

    kill_when(bulk, out, is_half_here)
    silent.set()
    before = len(bulk.asked)
    ran = screen(bulk.url, "--export", "system")
    assert 0 == ran.code, ran.err
    assert all_warned(out)
    assert (1, ["1"]) == (kick_offs(bulk), bulk.deletions)
    later = bulk.asked[before:]
    assert not [one for one in later if one.name.endswith(("Patient-1", "Medication-1"))]
    [rest] = [one for one in later if one.name.endswith(OBSERVATIONS)]
    assert "bytes=150-" == rest.headers["range"]
    assert not folder.exists()


def test_killed_with_everything_here_it_asks_for_no_file_again(
    bulk: BulkServer, screen: Screen, tmp_path: Path
) -> None:
    """Only the export at the server is still to be deleted."""
    silent = threading.Event()

    def slow_to_delete(asked: object) -> Reply | None:
        waits = getattr(asked, "method", "") == "DELETE" and not silent.is_set()
        return Reply(202, b"x" * 10, cut=1, hold=silent) if waits else None

    filled(bulk).script.append(slow_to_delete)
    kill_when(bulk, tmp_path / "out", lambda: bulk.paths("DELETE"))
    silent.set()
    before = len(bulk.asked)
    ran = screen(bulk.url, "--export", "system")
    assert 0 == ran.code, ran.err
    assert "the export is here already" in ran.err
    assert all_warned(tmp_path / "out")
    assert ["DELETE"] == [one.method for one in bulk.asked[before:]]


def test_an_export_that_expired_meanwhile_is_begun_anew(
    bulk: BulkServer, screen: Screen, tmp_path: Path
) -> None:
    filled(bulk).polls = 1_000_000
    kill_when(bulk, tmp_path / "out", lambda: "/fhir/status/1" in bulk.paths())
    bulk.polls = 0
    bulk.gone.add("1")
    ran = screen(bulk.url, "--export", "system")
    assert 0 == ran.code, ran.err
    assert "has expired at the server; it is exported anew" in ran.err
    assert 2 == kick_offs(bulk)
    assert all_warned(tmp_path / "out")


def test_another_export_is_not_gone_on_with(
    bulk: BulkServer, screen: Screen, tmp_path: Path
) -> None:
    """Another level, type or date is another export: the first is deleted, and not used."""
    filled(bulk).polls = 1_000_000
    kill_when(bulk, tmp_path / "out", lambda: "/fhir/status/1" in bulk.paths())
    bulk.polls = 0
    ran = screen(bulk.url, "--export", "patient")
    assert 0 == ran.code, ran.err
    assert (2, ["1", "2"]) == (kick_offs(bulk), bulk.deletions)
    assert "going on" not in ran.err


def test_fresh_deletes_the_export_that_was_begun_before(
    bulk: BulkServer, screen: Screen, tmp_path: Path
) -> None:
    """It was forgotten, and the server kept a copy of everybody's data until it expired."""
    filled(bulk).polls = 1_000_000
    kill_when(bulk, tmp_path / "out", lambda: "/fhir/status/1" in bulk.paths())
    bulk.polls = 0
    ran = screen(bulk.url, "--export", "system", "--fresh")
    assert 0 == ran.code, ran.err
    assert (2, ["1", "2"]) == (kick_offs(bulk), bulk.deletions)
    assert "the export of an earlier run was deleted at the server" in ran.err
    assert all_warned(tmp_path / "out")


@pytest.mark.parametrize("elsewhere", [True, False])
def test_an_earlier_export_that_cannot_be_deleted_is_said(
    bulk: BulkServer, screen: Screen, tmp_path: Path, elsewhere: bool
) -> None:
    """Because it lies at another server, or because this one refuses."""
    filled(bulk).polls = 1_000_000
    kill_when(bulk, tmp_path / "out", lambda: "/fhir/status/1" in bulk.paths())
    bulk.once("/status/1", as_json(outcome("forbidden"), 403))
    with bulk_server() as other:
        now = filled(other if elsewhere else bulk)
        now.polls = 0
        ran = screen(now.url, "--export", "system", "--fresh")
    assert 0 == ran.code, ran.err
    assert "the export of an earlier run stays at its server" in ran.err
    assert ("of another server" if elsewhere else "it answered 403") in ran.err
    assert TOKEN not in ran.err
    assert [] == [one for one in bulk.deletions if one == "1"]
    assert all_warned(tmp_path / "out")


@pytest.mark.parametrize("when", ["waiting", "downloading"])
def test_control_c_deletes_the_export_and_leaves_nothing(
    bulk: BulkServer, tmp_path: Path, when: str
) -> None:
    """While the server prepares it, and while a file is silent."""
    out, silent = tmp_path / "out", threading.Event()
    if when == "waiting":
        filled(bulk).polls = 1_000_000
    else:
        body = filled(bulk).files[OBSERVATIONS]
        bulk.once(OBSERVATIONS, Reply(200, body, cut=150, hold=silent))
    seen = "/fhir/status/1" if when == "waiting" else f"/fhir/file/1/{OBSERVATIONS}"
    try:
        with started(bulk.url, out, *EXPORT) as process:
            until(lambda: seen in bulk.paths(), process)
            process.send_signal(signal.SIGINT)
            printed, said = process.communicate(timeout=PATIENCE)
    finally:
        silent.set()
    assert (130, "") == (process.returncode, printed), said
    assert said.endswith("crampcheck: stopped.\n")
    assert "Traceback" not in said
    assert SECRET not in said
    assert ["1"] == bulk.deletions
    assert not [one for one in out.rglob("*") if one.is_file()]


@pytest.mark.parametrize("instead", ["files", "patients", "another server"])
def test_an_unfinished_export_is_not_forgotten_for_another_source(
    bulk: BulkServer, screen: Screen, tmp_path: Path, instead: str
) -> None:
    """Neither by what is refused, which is said with what helps, nor by going on after that."""
    out, files = tmp_path / "out", tmp_path / "files"
    files.mkdir()
    (files / "ids.txt").write_text("a\n")
    (files / "one.ndjson").write_text('{"resourceType": "Patient", "id": "a"}\n')
    filled(bulk).polls = 1_000_000
    kill_when(bulk, out, lambda: "/fhir/status/1" in bulk.paths())
    before = len(bulk.asked)
    with bulk_server() as other:
        ran = {
            "files": lambda: screen(str(files / "one.ndjson")),
            "patients": lambda: screen(bulk.url, "--patients", files / "ids.txt"),
            "another server": lambda: screen(filled(other).url, "--export", "system"),
        }[instead]()
        assert [] == bulk.asked[before:]
        assert "DELETE" not in {one.method for one in other.asked}
    assert (1, "") == (ran.code, ran.out)
    assert f"{bulk.url.removesuffix('/fhir')} still keeps that export" in ran.err
    assert "status/1" not in ran.err
    assert "--fresh" in ran.err
    bulk.polls = 0
    ran = screen(bulk.url, "--export", "system")
    assert 0 == ran.code, ran.err
    assert "going on with the export of an earlier run" in ran.err
    assert (1, ["1"]) == (kick_offs(bulk), bulk.deletions)
    assert all_warned(out)


def test_fresh_files_in_place_of_an_unfinished_export_say_that_it_stays(
    bulk: BulkServer, screen: Screen, tmp_path: Path
) -> None:
    """Whoever has no access to the server any more must be able to go on."""
    (tmp_path / "one.ndjson").write_text('{"resourceType": "Patient", "id": "a"}\n')
    filled(bulk).polls = 1_000_000
    kill_when(bulk, tmp_path / "out", lambda: "/fhir/status/1" in bulk.paths())
    ran = screen(str(tmp_path / "one.ndjson"), "--fresh")
    assert 0 == ran.code, ran.err
    assert f"stays at its server, {bulk.url.removesuffix('/fhir')}" in ran.err
    assert "status/1" not in ran.err
    assert [] == bulk.deletions
    assert not (tmp_path / "out" / ".crampcheck-run").exists()
