"""The service behind TLS, under the real server."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.plugin.hook_calls import URL
from tests.protocol.corpus import reviews
from tests.protocol.held import hold
from tests.protocol.requirement import requirement
from tests.servers.certificate import certificate
from tests.servers.local import PATIENCE, free_port, wait_for

REPOSITORY = Path(__file__).parents[2]
CONFIGURATION = REPOSITORY / "deploy" / "gunicorn.conf.py"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The address of the service, without its scheme, and the certificate to trust."""
    folder = tmp_path_factory.mktemp("tls")
    trusted, key = map(str, certificate(folder))
    port = free_port()
    environment = {
        **os.environ,
        "CRAMPCHECK_PORT": str(port),
        "CRAMPCHECK_WORKERS": "1",
        "CRAMPCHECK_DATA": str(folder),
        "GUNICORN_CMD_ARGS": f"--certfile {trusted} --keyfile {key}",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--config", str(CONFIGURATION)],
        cwd=REPOSITORY,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=(folder / "log").open("wb"),
    )
    try:
        address = f"127.0.0.1:{port}"
        wait_for(lambda: _answers(address, trusted), process, (folder / "log").read_text)
        yield address, trusted
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE)


def _answers(address: str, trusted: str) -> bool:
    return requests.get(f"https://{address}/readyz", verify=trusted, timeout=PATIENCE).ok


@requirement(2, 168)
def test_over_tls_a_call_is_answered(server: tuple[str, str]) -> None:
    address, trusted = server
    listed = requests.get(f"https://{address}/cds-services", verify=trusted, timeout=PATIENCE)
    hold("GET", listed.url, listed.status_code, listed.headers["Content-Type"], listed.content)
    body = reviews()["nothing linked"]
    answer = requests.post(
        f"https://{address}{URL}",
        data=body,
        headers={"Content-Type": "application/json"},
        verify=trusted,
        timeout=PATIENCE,
    )
    hold("POST", answer.url, answer.status_code, answer.headers["Content-Type"], answer.content)
    assert answer.status_code == 200
    assert json.loads(answer.content) == {"cards": []}


@requirement(2, 168)
def test_the_port_of_tls_answers_nothing_in_the_clear(server: tuple[str, str]) -> None:
    address, _ = server
    with pytest.raises(requests.ConnectionError):
        requests.get(f"http://{address}/cds-services", timeout=PATIENCE)


@requirement(168)
def test_a_client_that_does_not_trust_the_certificate_sends_nothing(
    server: tuple[str, str],
) -> None:
    address, _ = server
    with pytest.raises(requests.exceptions.SSLError):
        requests.get(f"https://{address}/cds-services", timeout=PATIENCE)
