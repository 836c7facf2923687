"""A service whose only client signs its calls, with keys made for this run."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from flask import Flask
from flask.testing import FlaskClient
from joserfc.jwk import ECKey, RSAKey
from werkzeug.test import TestResponse

from cds_hooks.auth import TokenCheck, token_gate
from cds_hooks.blueprint import cds_blueprint
from cds_hooks.claims import ALGORITHMS, Issuer
from cds_hooks.errors import register_errors
from cds_hooks.keys import Key, read_keys
from cds_hooks.model import Endpoint
from tests.cds_hooks.auth.signing import BASE_URL, ENDPOINT, ISSUER, JKU, NOW, new_key, public
from tests.cds_hooks.echo import LIMIT, SERVICE, Echo

Post = Callable[[str], TestResponse]


class Keys:
    """The keys of ISSUER, and how often somebody asked."""

    def __init__(self, *keys: RSAKey | ECKey) -> None:
        self.asked = 0
        self._known = read_keys(public(*keys)).keys

    def keys(self, issuer: str, kid: str) -> Sequence[Key]:
        self.asked += 1
        assert issuer == ISSUER
        return self._known.get(kid, ())


class Used:
    """The tokens that were used."""

    def __init__(self) -> None:
        self.tokens: dict[tuple[str, str], int] = {}
        self.fault: Exception | None = None

    def first_use(self, issuer: str, jti: str, expires: int) -> bool:
        if self.fault:
            raise self.fault
        new = (issuer, jti) not in self.tokens
        self.tokens.setdefault((issuer, jti), expires)
        return new


class Signed:
    """The service: what it asked for, what it noted, and a client that calls it."""

    def __init__(self, *keys: RSAKey | ECKey, issuer: Issuer | None = None) -> None:
        self.keys, self.used, self.echo = Keys(*keys), Used(), Echo()
        self.noted: list[tuple[str, str]] = []
        self.now = float(NOW)
        issuer = issuer or Issuer(ISSUER, frozenset({"ES384", "RS384"}), jku=JKU)
        check = TokenCheck([issuer], self.keys, self.used, lambda: self.now)
        gate = token_gate(check, BASE_URL, lambda *said: self.noted.append(said), self.echo.report)
        app = Flask("echo")
        app.config["MAX_CONTENT_LENGTH"] = LIMIT
        app.register_blueprint(cds_blueprint([Endpoint(SERVICE, self.echo)], gate))
        register_errors(app, self.echo.report)
        self.client: FlaskClient = app.test_client()

    def post(self, authorization: str | None, path: str = ENDPOINT) -> TestResponse:
        """A sound call under this Authorization header."""
        headers = {} if authorization is None else {"Authorization": authorization}
        body = {
            "hook": "patient-view",
            "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
            "context": {"userId": "Practitioner/1", "patientId": "p1"},
            "prefetch": {"patient": {"resourceType": "Patient", "id": "p1"}},
        }
        return self.client.post(path, json=body, headers=headers)

    def reason(self, token: str) -> str:
        """Why this token is refused, as the log has it; the answer is held to be a bare 401."""
        answer = self.post(f"Bearer {token}")
        assert answer.status_code == 401, answer.get_data(as_text=True)
        assert self.echo.requests == []
        return self.noted[-1][0]


@pytest.fixture(scope="session")
def key() -> RSAKey | ECKey:
    """The client's private key."""
    return new_key("ES384")


@pytest.fixture(scope="session")
def rsa_key() -> RSAKey | ECKey:
    """Another of its keys, for RS384."""
    return new_key("RS384", "r1")


@pytest.fixture
def service(key: RSAKey | ECKey, rsa_key: RSAKey | ECKey) -> Signed:
    """A service that knows both keys."""
    return Signed(key, rsa_key)


@pytest.fixture
def all_algorithms() -> Issuer:
    """The issuer, where the site allows every algorithm that we know."""
    return Issuer(ISSUER, frozenset(ALGORITHMS), jku=JKU)
