"""SIGHUP takes up knowledge and overlay anew; what is at fault leaves the service as it is."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.deploy.service import REPOSITORY, Service, environment, running
from tests.deploy.test_entrypoint import cards, start
from tests.knowledge.site_files import change, overlay
from tests.servers.local import free_port

PATIENCE = 60


def ready(service: Service) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(service.get("/readyz").body)
    return answer


def wait_for(service: Service, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """The answer of `/readyz` once it is as it should be, three times running.

    Old workers answer until they have ended, so that one answer alone tells little.
    """
    until = time.monotonic() + PATIENCE
    seen = 0
    while time.monotonic() < until:
        said = ready(service)
        seen = seen + 1 if holds(said) else 0
        if seen == 3:
            return said
        time.sleep(0.05)
    raise AssertionError(f"/readyz did not come to say it: {said}\n{service.output()}")


def level(name: str) -> str:
    return change("rule", f'id = "low-magnesium"\nlevel = "{name}"')


def test_a_reload_takes_up_the_overlay_and_refuses_one_at_fault(tmp_path: Path) -> None:
    """Changed, then broken, then mended: each is said in the answer and in the log."""
    path = overlay(tmp_path / "site")
    with running(tmp_path, CRAMPCHECK_OVERLAY=str(path), CRAMPCHECK_WORKERS="2") as service:
        first = ready(service)
        assert "example-hospital" == first["overlay"]["id"]
        assert "reload_refused" not in first

        overlay(tmp_path / "site", level("info"))
        service.reload()
        second = wait_for(service, lambda said: said != first)
        assert 1 == second["overlay"]["changes"]
        assert first["knowledge_version"] != second["knowledge_version"]

        overlay(tmp_path / "site", level("dire"), change("rule", 'id = "nothing"\noff = true', ""))
        service.reload()
        third = wait_for(service, lambda said: "reload_refused" in said)
        assert second["knowledge_version"] == third["knowledge_version"]
        assert "ready" == third["status"]
        assert "warning" in {card["indicator"] for card in cards(service, "chlorthalidone 25 mg")}
        written = service.output()
        assert "reload refused" in written
        for fault in ("rule[0].level: must be one of", "rule[1].by: is missing"):
            assert f"site.toml: {fault}" in written

        overlay(tmp_path / "site", level("critical"))
        service.reload()
        fourth = wait_for(service, lambda said: "reload_refused" not in said)
        assert fourth["knowledge_version"] not in (
            first["knowledge_version"],
            second["knowledge_version"],
        )
        assert "Traceback" not in service.output()
        assert 0 == service.stop()


def test_the_first_start_on_an_overlay_at_fault_is_refused_with_every_fault(tmp_path: Path) -> None:
    """Exit code 10 before a port is open; one error, by file and key."""
    path = overlay(
        tmp_path / "site", level("dire"), change("lab_code", 'lab = "potasium"\ncode = "1-1"')
    )
    ended = start(tmp_path, CRAMPCHECK_OVERLAY=str(path))
    assert 10 == ended.returncode
    for fault in (
        "site.toml: lab_code[0].code: ",
        "site.toml: lab_code[0].name: is missing",
        "site.toml: rule[0].level: must be one of info, warning, critical",
    ):
        assert 1 == ended.stderr.count(fault)
    assert "Traceback" not in ended.stderr
    assert "Listening" not in ended.stderr


@pytest.fixture
def own_copy(tmp_path: Path) -> Path:
    """The packages in a folder of their own, so that the packaged knowledge can be spoilt."""
    for name in ("knowledge", "plugin", "cds_hooks"):
        ignored = shutil.ignore_patterns("__pycache__", ".compiled")
        shutil.copytree(REPOSITORY / name, tmp_path / "own" / name, ignore=ignored)
    return tmp_path / "own"


def test_the_packaged_knowledge_is_reloaded_and_a_fault_in_it_refused(
    tmp_path: Path, own_copy: Path
) -> None:
    """Under `crampcheck serve`, as under gunicorn."""
    port = free_port()
    version = own_copy / "knowledge" / "data" / "version.toml"
    sound = version.read_text(encoding="utf-8")
    extra = {"PYTHONPATH": str(own_copy), "CRAMPCHECK_PORT": str(port), "WEB_CONCURRENCY": "1"}
    output = tmp_path / "output.txt"
    with output.open("wb") as stream:
        process = subprocess.Popen(
            [sys.executable, "-c", "from plugin.cli.main import run; run()", "serve"],
            cwd=tmp_path,
            env=environment({**extra, "TMPDIR": str(tmp_path)}),
            stdout=stream,
            stderr=stream,
        )
    service = Service(process, port, output)
    try:
        service.wait_until_ready()
        first = ready(service)
        version.write_text(sound.replace('version = "', 'version = "9'), encoding="utf-8")
        service.reload()
        wait_for(service, lambda said: said["knowledge_version"].startswith("9"))
        version.write_text("version = 3\n", encoding="utf-8")
        service.reload()
        last = wait_for(service, lambda said: "reload_refused" in said)
        assert last["knowledge_version"] == "9" + first["knowledge_version"]
        assert "version.toml: review: is missing" in service.output()
        assert "version.toml: version: must be a text" in service.output()
        assert 0 == service.stop()
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(timeout=PATIENCE)


def test_packaged_knowledge_at_fault_stops_every_way_of_starting(
    tmp_path: Path, own_copy: Path
) -> None:
    """`crampcheck serve`, a command, and gunicorn alone: exit code 10 and all faults, once."""
    data = own_copy / "knowledge" / "data"
    (data / "version.toml").write_text("version = 3\n", encoding="utf-8")
    (data / "terms.toml").write_bytes(b"\xff\xfe")
    run = [sys.executable, "-c", "from plugin.cli.main import run; run()"]
    configuration = str(REPOSITORY / "deploy" / "gunicorn.conf.py")
    gunicorn = [sys.executable, "-m", "gunicorn", "--config", configuration]
    commands: list[list[str]] = [[*run, "serve"], [*run, "knowledge", "list"], gunicorn]
    for command in commands:
        ended = subprocess.run(
            command,
            cwd=tmp_path,
            env=environment({"PYTHONPATH": str(own_copy), "CRAMPCHECK_PORT": str(free_port())}),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert 10 == ended.returncode, ended.stderr
        assert 1 == ended.stderr.count("version.toml: version: must be a text")
        assert 1 == ended.stderr.count("version.toml: review: is missing")
        assert 1 == ended.stderr.count("terms.toml: is not UTF-8 text")
        assert "Traceback" not in ended.stderr
