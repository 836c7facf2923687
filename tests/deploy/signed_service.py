"""The service as deployed, where its only client signs its calls."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from uuid import uuid4

from joserfc.jwk import ECKey, RSAKey

from tests.cds_hooks.auth.signing import ISSUER, claims, header, public, signed
from tests.deploy.service import Answer, Service, running
from tests.servers.local import HOST

BASE_URL = "https://cramp.example.org"
URL = "/cds-services/cramp-review"
_PATIENCE = 60


@contextmanager
def running_signed(tmp_path: Path, key: RSAKey | ECKey, **settings: str) -> Iterator[Service]:
    """Start it with a clients file that holds the public half of this key."""
    folder = tmp_path / "clients"
    folder.mkdir()
    (folder / "keys.json").write_text(json.dumps(public(key)), encoding="utf-8")
    text = f'[[client]]\nname = "an EHR"\nissuer = "{ISSUER}"\njwks_file = "keys.json"\n'
    (folder / "clients.toml").write_text(text, encoding="utf-8")
    needed = {
        "CRAMPCHECK_CLIENTS": str(folder / "clients.toml"),
        "CRAMPCHECK_BASE_URL": BASE_URL,
    }
    with running(tmp_path, **{**needed, **settings}) as service:
        yield service


def token(key: RSAKey | ECKey, path: str = URL, **changes: object) -> str:
    """A token for one call, made now."""
    sound = {"aud": BASE_URL + path, "jti": str(uuid4())}
    return signed(key, header("RS384"), claims(time.time(), **{**sound, **changes}))


def send(
    service: Service,
    method: str,
    path: str,
    body: bytes = b"",
    headers: list[tuple[str, str]] | None = None,
) -> Answer:
    """A request with headers as they are given, twice the same name included."""
    connection = HTTPConnection(HOST, service.port, timeout=_PATIENCE)
    try:
        connection.putrequest(method, path)
        for name, value in headers or []:
            connection.putheader(name, value)
        connection.putheader("Content-Type", "application/json")
        connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        response = connection.getresponse()
        return Answer(response.status, response.read())
    finally:
        connection.close()
