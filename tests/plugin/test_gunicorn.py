"""The service under the real server, as deployed: several workers, one set of metrics."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import struct
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.plugin.hook_calls import URL, call, order, prefetch
from tests.servers.local import HOST, PATIENCE, free_port, wait_for

REPOSITORY = Path(__file__).parents[2]
CONFIGURATION = REPOSITORY / "deploy" / "gunicorn.conf.py"
CALLS = 20


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the service writes."""
    return tmp_path_factory.mktemp("log") / "stderr"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, log: Path) -> Iterator[str]:
    """Two workers on a free port, with a folder that they share for metrics."""
    port = free_port()
    environment = {
        **os.environ,
        "CRAMPCHECK_PORT": str(port),
        "CRAMPCHECK_WORKERS": "2",
        "CRAMPCHECK_DATA": str(tmp_path_factory.mktemp("data")),
        "PROMETHEUS_MULTIPROC_DIR": str(tmp_path_factory.mktemp("metrics")),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--config", str(CONFIGURATION)],
        cwd=REPOSITORY,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=log.open("wb"),
    )
    try:
        started = f"http://{HOST}:{port}"
        wait_for(lambda: ask(f"{started}/readyz")[0] == 200, process, log.read_text)
        yield started
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0


def ask(url: str, body: bytes | None = None) -> tuple[int, str]:
    """Status and text of an answer."""
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as response:  # noqa: S310
            return response.status, response.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()


def test_calls_are_answered_and_the_metrics_of_all_workers_are_one(address: str) -> None:
    """Each worker counts its own calls; a scrape sees the sum, whichever worker answers it."""
    body = call(prefetch(order("xqzzt the blue one")))
    answers = [ask(address + URL, body) for _ in range(CALLS)]
    assert {status for status, _ in answers} == {200}
    assert all(len(json.loads(text)["cards"]) == 1 for _, text in answers)
    counted = re.findall(
        r'crampcheck_http_responses_total\{route="/cds-services/<service_id>",status="200"\} (.*)',
        ask(f"{address}/metrics")[1],
    )
    assert [float(number) for number in counted] == [CALLS]


def test_bad_input_over_a_real_connection_is_refused_in_json(address: str) -> None:
    """The server in front changes nothing of it."""
    for body, expected in ((b'{"hook":', 400), (b"\xff", 400), (b"[" * 100_000, 400)):
        status, text = ask(address + URL, body)
        assert status == expected
        assert json.loads(text)["resourceType"] == "OperationOutcome"
    assert ask(f"{address}/cds-services/none", b"{}")[0] == 404


def exchange(address: str, sent: bytes) -> bytes:
    """All that comes back on a connection of its own."""
    host, _, port = address.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=PATIENCE) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def hang_up(address: str, sent: bytes) -> None:
    """Send and reset the connection, as a client does that was killed."""
    host, _, port = address.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=PATIENCE) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.sendall(sent)


def head(*fields: str) -> bytes:
    """The head of a call with these header fields."""
    lines = (f"POST {URL} HTTP/1.1", "Host: localhost", "Content-Type: application/json", *fields)
    return "\r\n".join((*lines, "", "")).encode()


@pytest.mark.parametrize("chunks", [b"ZZ\r\n{}\r\n0\r\n\r\n", b"2\r\n{}xx", b"5\r\n{}", b""])
def test_a_body_in_chunks_that_are_none_is_a_400_and_no_fault(
    address: str, log: Path, chunks: bytes
) -> None:
    """The server in front has errors of its own for it."""
    answer = exchange(address, head("Transfer-Encoding: chunked") + chunks)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b'"OperationOutcome"' in answer
    assert '"fault"' not in log.read_text()


def test_a_client_that_hangs_up_in_the_middle_of_a_body_is_no_fault(
    address: str, log: Path
) -> None:
    """And the next call is answered."""
    for fields in (("Content-Length: 100000",), ("Transfer-Encoding: chunked",)):
        for _ in range(CALLS):
            hang_up(address, head(*fields) + b'5\r\n{"hook')
    assert exchange(address, head("Content-Length: 9") + b'{"hook').startswith(b"HTTP/1.1 400 ")
    assert ask(f"{address}/healthz")[0] == 200
    assert '"fault"' not in log.read_text()
