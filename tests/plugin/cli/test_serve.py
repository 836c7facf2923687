"""`crampcheck serve`, and the samples that it is tried with."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from urllib.request import urlopen

import pytest

from plugin.app import create_app
from plugin.cards.shape import FOUND
from plugin.cli.main import execute
from plugin.cli.serve import try_it
from plugin.config import Settings
from plugin.pipeline import default_pipeline
from plugin.samples import FIRST_SAMPLE, WRITTEN_FOR, sample, sample_names, write_samples
from tests.plugin.golden import PATIENTS, case, hook_body

RUN = "from plugin.cli.main import run; run()"


@pytest.mark.parametrize("name", sample_names())
def test_a_sample_is_a_golden_case_as_a_call(name: str) -> None:
    """What is shipped is what is tested."""
    labs = default_pipeline().knowledge.labs.values()
    keys = {code.loinc: lab.id for lab in labs for code in lab.codes}
    assert WRITTEN_FOR == case(name).as_of
    assert hook_body(case(name), keys) == json.loads(sample(name, WRITTEN_FOR))


@pytest.mark.parametrize("days", [0, 200, 4000, -30])
def test_a_sample_says_the_same_on_any_day(days: int) -> None:
    """All of its dates move with the day, so that a result never grows old."""
    today = WRITTEN_FOR + timedelta(days=days)
    client = create_app(Settings(), today=lambda: today).test_client()
    for name in sample_names():
        response = client.post("/cds-services/cramp-review", json=json.loads(sample(name, today)))
        found = [
            card["indicator"]
            for card in response.get_json()["cards"]
            if card["source"]["topic"]["code"] == FOUND["code"]
        ]
        assert [case(name).expected["level"]] == found


def test_samples_are_written_as_files(tmp_path: Path) -> None:
    """Each is a file that a client can send."""
    paths = write_samples(tmp_path, date(2027, 1, 1))
    assert sample_names() == [path.stem for path in paths]
    assert FIRST_SAMPLE in sample_names()
    assert all(json.loads(path.read_bytes())["hook"] == "patient-view" for path in paths)


def test_the_printed_line_gets_a_card(tmp_path: Path) -> None:
    """Start the server, run what it prints, and stop it: the card comes, and nothing is left."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(PATIENTS.parents[1]),
        "TMPDIR": str(tmp_path),
        "WEB_CONCURRENCY": "1",
    }
    with subprocess.Popen(
        [sys.executable, "-c", RUN, "serve", "--port", "0"],
        stderr=subprocess.PIPE,
        env=environment,
        cwd=tmp_path,
        text=True,
    ) as server:
        try:
            assert server.stderr is not None
            line = next(line for line in server.stderr if "curl" in line and "-d @" in line)
            command = shlex.split(line)
            path = next(word for word in command if word.startswith("@"))[1:]
            answer = subprocess.run(
                [sys.executable, "-c", POST, command[-1], path],
                capture_output=True,
                check=True,
                timeout=60,
            )
        finally:
            server.send_signal(signal.SIGTERM)
            rest = server.communicate(timeout=60)[1]
    card = json.loads(answer.stdout)["cards"][0]
    assert ("warning", FOUND["code"]) == (card["indicator"], card["source"]["topic"]["code"])
    assert re.match(r"Chlorthalidone", card["summary"])
    assert "Traceback" not in rest
    assert 0 == server.returncode
    assert [] == list(tmp_path.glob("crampcheck-samples-*"))


def test_what_a_client_sends_is_not_quoted_on_the_terminal(tmp_path: Path) -> None:
    """A request that is no HTTP is named as that; gunicorn would show it whole."""
    environment = {**os.environ, "PYTHONPATH": str(PATIENTS.parents[1]), "WEB_CONCURRENCY": "1"}
    with subprocess.Popen(
        [sys.executable, "-c", RUN, "serve", "--port", "0"],
        stderr=subprocess.PIPE,
        env=environment,
        cwd=tmp_path,
        text=True,
    ) as server:
        try:
            assert server.stderr is not None
            line = next(line for line in server.stderr if "listens on" in line)
            port = int(line.rpartition(":")[2])
            for sent in (b"Ada Lovelace\x1b[31m\r\n\r\n", b"GET /?patient=Ada HTTP/9.9\r\n\r\n"):
                with socket.create_connection(("127.0.0.1", port), timeout=60) as client:
                    client.sendall(sent)
                    assert client.recv(100).startswith(b"HTTP/1.1 4")
        finally:
            server.send_signal(signal.SIGTERM)
            said = server.communicate(timeout=60)[1]
    assert "it is not HTTP" in said
    assert not [word for word in ("Ada", "Lovelace", "\x1b", "Traceback") if word in said]


def test_the_address_comes_from_the_settings_unless_it_is_given(tmp_path: Path) -> None:
    """CRAMPCHECK_HOST and CRAMPCHECK_PORT; no socket that steers the server is left about."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
    environment = {
        **{name: value for name, value in os.environ.items() if name != "XDG_RUNTIME_DIR"},
        "PYTHONPATH": str(PATIENTS.parents[1]),
        "CRAMPCHECK_HOST": "127.0.0.2",
        "CRAMPCHECK_PORT": str(port),
        "HOME": str(tmp_path),
        "WEB_CONCURRENCY": "1",
    }
    for options, address in (((), f"127.0.0.2:{port}"), (("--host", "127.0.0.3"), "127.0.0.3:")):
        with subprocess.Popen(
            [sys.executable, "-c", RUN, "serve", *options],
            stderr=subprocess.PIPE,
            env=environment,
            cwd=tmp_path,
            text=True,
        ) as server:
            try:
                assert server.stderr is not None
                listening = next(line for line in server.stderr if "listens on" in line)
                # A worker that is told to stop before it is up is waited for in vain.
                with urlopen(f"{listening.split()[-1]}/healthz", timeout=60) as answer:  # noqa: S310
                    assert 200 == answer.status
            finally:
                server.send_signal(signal.SIGTERM)
                said = server.communicate(timeout=60)[1]
        assert f"http://{address}" in listening
        assert "control socket" not in said.lower()
    assert ["crampcheck-data"] == [one.name for one in tmp_path.iterdir()]
    assert {"crampcheck.sqlite", "pseudonym.key"} == {
        one.name for one in (tmp_path / "crampcheck-data").iterdir()
    }


def test_a_port_that_is_taken_is_said_once_with_the_remedy(tmp_path: Path) -> None:
    """Before gunicorn tries it six times."""
    environment = {**os.environ, "PYTHONPATH": str(PATIENTS.parents[1])}
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        port = held.getsockname()[1]
        ended = subprocess.run(
            [sys.executable, "-c", RUN, "serve", "--port", str(port)],
            capture_output=True,
            check=False,
            env=environment,
            cwd=tmp_path,
            text=True,
            timeout=60,
        )
    assert 2 == ended.returncode
    fault = [line for line in ended.stderr.splitlines() if not line.startswith("{")]
    assert [f"crampcheck: 127.0.0.1, port {port}: cannot be listened on"] == [
        line.partition(" (")[0] for line in fault
    ]
    assert "--port" in fault[0]
    assert [] == list(tmp_path.iterdir())


# What curl does with the line; curl itself may not be installed where the tests run.
POST = """
import sys, urllib.request
body = open(sys.argv[2], "rb").read()
call = urllib.request.Request(sys.argv[1], body, {"Content-Type": "application/json"})
sys.stdout.buffer.write(urllib.request.urlopen(call, timeout=30).read())
"""


@pytest.mark.parametrize("page", [True, False])
def test_the_page_that_tries_it_is_named_where_it_is(tmp_path: Path, page: bool) -> None:
    """On a loopback address; elsewhere only the lines for a terminal."""
    paths = write_samples(tmp_path, WRITTEN_FOR)
    said = try_it("http://127.0.0.1:8000", paths, page=page)
    assert page is ("http://127.0.0.1:8000/try" in said)
    assert "curl -s http://127.0.0.1:8000/cds-services" in said


def test_where_calls_are_signed_no_line_is_printed_that_would_be_refused(tmp_path: Path) -> None:
    """A line to try has to work as it stands."""
    said = try_it("http://127.0.0.1:8000", [tmp_path / "a.json"], clients="/etc/clients.toml")
    assert "curl" not in said
    assert "clients in /etc/clients.toml" in said


@pytest.mark.parametrize("workers", ["0", "-1", "two", "", "1.5"])
def test_a_number_of_workers_with_which_nobody_answers_is_2(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], workers: str
) -> None:
    """gunicorn listens without any worker where it is told to, and fails at a word."""
    monkeypatch.setenv("WEB_CONCURRENCY", workers)
    assert 2 == execute(["serve", "--port", "0"])
    assert "WEB_CONCURRENCY is" in capfd.readouterr().err
