"""Keys, the command line with settings, and a scripted server of exports."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import ECKey, RSAKey

from tests.plugin.cli.conftest import Ran, crampcheck
from tests.plugin.screening.conftest import AS_OF
from tests.plugin.screening.remote.bulk_server import SECRET, TOKEN, BulkServer, bulk_server

__all__ = ["crampcheck"]

CLIENT = "crampcheck-of-the-tests"
Screen = Callable[..., Ran]


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    """A new private key, ES384, as PEM."""
    path = tmp_path / "key.pem"
    path.write_bytes(ECKey.generate_key("P-384").as_pem(private=True))
    return path


@pytest.fixture
def rsa_jwk_file(tmp_path: Path) -> Path:
    """A new private key, RS384, as a JWK with a name."""
    path = tmp_path / "key.json"
    key = RSAKey.generate_key(2048).as_dict(private=True)
    path.write_text(json.dumps({**key, "kid": "of-2026", "alg": "RS384"}))
    return path


@pytest.fixture
def bulk() -> Iterator[BulkServer]:
    """A server of exports that does as its test says."""
    with bulk_server() as server:
        yield server


def told(text: str, out: Path) -> list[str]:
    """Where a secret of the tests stands: in what was said, or in a file."""
    files = {str(one): one.read_bytes() for one in out.rglob("*") if one.is_file()}
    return [
        place
        for place, data in {"said": text.encode(), **files}.items()
        if TOKEN.encode() in data or SECRET.encode() in data or b"PRIVATE KEY" in data
    ]


@pytest.fixture
def screen(crampcheck: Any, tmp_path: Path) -> Screen:
    """`screen(address, "--export", "system")` into `tmp_path / "out"`."""

    def run(address: str, *arguments: Any, out: Path = tmp_path / "out") -> Ran:
        ran: Ran = crampcheck("screen", address, "--out", out, "--as-of", AS_OF, *arguments)
        assert [] == told(ran.out + ran.err, out)
        return ran

    return run
