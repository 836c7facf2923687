"""The service behind TLS, under the real server."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.plugin.hook_calls import URL
from tests.protocol.corpus import reviews
from tests.protocol.held import hold
from tests.protocol.requirement import requirement

REPOSITORY = Path(__file__).parents[2]
CONFIGURATION = REPOSITORY / "deploy" / "gunicorn.conf.py"
PATIENCE = 60  # seconds until a server that does not answer counts as broken


def certificate(folder: Path) -> tuple[str, str]:
    """A certificate of this machine that it signed itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    today = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    paths = folder / "certificate.pem", folder / "key.pem"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return str(paths[0]), str(paths[1])


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The address of the service, without its scheme, and the certificate to trust."""
    folder = tmp_path_factory.mktemp("tls")
    trusted, key = certificate(folder)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
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
        until = time.monotonic() + PATIENCE
        while not _answers(address, trusted):
            assert process.poll() is None, (folder / "log").read_text()
            assert time.monotonic() < until, "the server did not become ready"
            time.sleep(0.05)
        yield address, trusted
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE)


def _answers(address: str, trusted: str) -> bool:
    try:
        return requests.get(f"https://{address}/readyz", verify=trusted, timeout=PATIENCE).ok
    except requests.ConnectionError:
        return False


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
