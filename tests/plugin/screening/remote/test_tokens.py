"""The token of a backend service: how it is asked for, renewed, and kept to ourselves."""

from __future__ import annotations

import json
import time
import warnings
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OKPKey, RSAKey

from plugin.fhir_client.backend import BackendTokens
from tests.plugin.cli.conftest import Run
from tests.plugin.screening.remote.bulk_server import (
    SECRET,
    TOKEN,
    Asked,
    BulkServer,
    Reply,
    as_json,
    bulk_server,
)
from tests.plugin.screening.remote.conftest import CLIENT, Screen
from tests.plugin.screening.remote.ward import all_warned, filled

Json = dict[str, Any]
READ_V2 = "system/Patient.rs"


class Issuer:
    """What a server gives out at its token endpoint: `TOKEN-1`, `TOKEN-2`, and takes the last."""

    def __init__(self, server: BulkServer) -> None:
        self.server = server
        self.given = 0
        self.life: Any = 300
        self.refused: set[str] = set()
        self.configuration: Json = {
            "token_endpoint": f"{server.origin}/token",
            "capabilities": ["client-confidential-asymmetric", "permission-v2"],
        }
        server.script.append(self._answer)

    def _answer(self, asked: Asked) -> Reply | None:
        if asked.name == "/fhir/.well-known/smart-configuration":
            return as_json(self.configuration)
        if asked.name == "/token":
            if asked.form["scope"] in self.refused:
                return as_json({"error": "invalid_scope"}, 400)
            self.given += 1
            body = {"access_token": f"{TOKEN}-{self.given}", "token_type": "Bearer"}
            return as_json({**body, "expires_in": self.life})
        if asked.headers.get("authorization") == f"Bearer {TOKEN}-{self.given}":
            return None
        return None if asked.name == "/fhir/metadata" else Reply(401)

    @property
    def forms(self) -> list[dict[str, str]]:
        return [one.form for one in self.server.asked if one.name == "/token"]


@pytest.fixture
def issuer(bulk: BulkServer, key_file: Path, monkeypatch: pytest.MonkeyPatch) -> Issuer:
    monkeypatch.setenv("CRAMPCHECK_FHIR_CLIENT_ID", CLIENT)
    monkeypatch.setenv("CRAMPCHECK_FHIR_KEY", str(key_file))
    return Issuer(filled(bulk))


def registered(crampcheck: Run) -> KeySet:
    """The keys as a server has them, from what we print."""
    ran = crampcheck("fhir", "jwks")
    assert 0 == ran.code, ran.err
    keys: KeySet = KeySet.import_key_set(json.loads(ran.out))
    return keys


@pytest.mark.parametrize("algorithm", ["ES384", "RS384"])
def test_the_statement_is_as_smart_has_it(
    issuer: Issuer, screen: Screen, crampcheck: Run, algorithm: str, request: Any
) -> None:
    """Signed by the registered key, for this endpoint, for a few minutes, and for one use."""
    if algorithm == "RS384":
        rsa = request.getfixturevalue("rsa_jwk_file")
        request.getfixturevalue("monkeypatch").setenv("CRAMPCHECK_FHIR_KEY", str(rsa))
    ran = screen(issuer.server.url, "--export", "system", "--types", "Patient")
    assert 0 == ran.code, ran.err
    [form] = issuer.forms
    assert ("client_credentials", READ_V2) == (form["grant_type"], form["scope"])
    assert "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" == form["client_assertion_type"]
    keys = registered(crampcheck)
    token = jwt.decode(form["client_assertion"], keys, algorithms=[algorithm])
    assert {"alg": algorithm, "typ": "JWT", "kid": keys.keys[0].kid} == token.header
    claims = token.claims
    assert (CLIENT, CLIENT, f"{issuer.server.origin}/token") == (
        claims["iss"],
        claims["sub"],
        claims["aud"],
    )
    assert 0 < claims["exp"] - time.time() <= 300
    assert claims["jti"]
    assert "d" not in keys.keys[0].as_dict()
    if algorithm == "RS384":
        assert "of-2026" == keys.keys[0].kid


def test_a_token_is_renewed_when_the_server_refuses_it(
    issuer: Issuer, screen: Screen, tmp_path: Path
) -> None:
    """Each statement is another one: a server takes none twice."""
    issuer.server.once("Observation-1", Reply(401))
    ran = screen(issuer.server.url, "--export", "system")
    assert 0 == ran.code, ran.err
    assert all_warned(tmp_path / "out")
    assert 2 == issuer.given
    first, second = (form["client_assertion"] for form in issuer.forms)
    assert first != second
    assert 1 == sum(path.endswith("$export") for path in issuer.server.paths())


def test_a_token_is_renewed_before_it_ends(issuer: Issuer, screen: Screen) -> None:
    """One that lives no longer than a request is asked for at each of them."""
    issuer.life = 0
    ran = screen(issuer.server.url, "--export", "system", "--types", "Patient")
    assert 0 == ran.code, ran.err
    sent = [one for one in issuer.server.asked if "authorization" in one.headers]
    assert len(sent) == issuer.given == 4  # begun, looked at, downloaded, deleted
    assert not any(one.headers["authorization"].endswith("-0") for one in sent)


def test_a_token_is_used_until_shortly_before_its_end() -> None:
    """A clock of our own: of 300 seconds the last 30 are left alone."""
    now = [0.0]
    given: list[int] = []

    def ask() -> bytes:
        given.append(1)
        body = {"access_token": f"t{len(given)}", "token_type": "bearer", "expires_in": "300"}
        return json.dumps(body).encode()

    tokens = BackendTokens(ask, clock=lambda: now[0])
    assert "t1" == tokens.current()
    now[0] = 269.9
    assert "t1" == tokens.current()
    now[0] = 270.0
    assert "t2" == tokens.current()
    assert "t2" == tokens.renewed("t1")  # another thread has it already
    assert "t3" == tokens.renewed("t2")
    assert "t3" not in repr(tokens)


@pytest.mark.parametrize(
    ("capabilities", "first", "second"),
    [
        (["permission-v2", "permission-v1"], "rs", "read"),
        (["permission-v1"], "read", "rs"),
        ("nonsense", "read", "rs"),
    ],
)
def test_scopes_are_asked_for_in_the_words_that_the_server_knows(
    issuer: Issuer, screen: Screen, capabilities: Any, first: str, second: str
) -> None:
    """And in the other version's, where it refuses those."""
    issuer.configuration["capabilities"] = capabilities
    wanted = [f"system/Condition.{one} system/Patient.{one}" for one in (first, second)]
    issuer.refused = {wanted[0]}
    ran = screen(issuer.server.url, "--export", "system", "--types", "Patient,Condition")
    assert 0 == ran.code, ran.err
    assert wanted == [form["scope"] for form in issuer.forms]


def test_scopes_and_endpoint_may_be_set(
    issuer: Issuer, screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then nothing is discovered, and no other scopes are tried."""
    monkeypatch.setenv("CRAMPCHECK_FHIR_SCOPES", " system/*.read  ")
    monkeypatch.setenv("CRAMPCHECK_FHIR_TOKEN_URL", f"{issuer.server.origin}/token")
    issuer.configuration = {}
    ran = screen(issuer.server.url, "--export", "system")
    assert 0 == ran.code, ran.err
    assert ["system/*.read"] == [form["scope"] for form in issuer.forms]
    issuer.refused = {"system/*.read"}
    issuer.given = 0
    refused = screen(issuer.server.url, "--export", "system")
    assert 12 == refused.code
    assert "answered 400 (invalid_scope); it grants none of the scopes" in refused.err


@pytest.mark.parametrize(
    ("configuration", "words"),
    [
        ({}, "names a token endpoint that cannot be used"),
        ({"token_endpoint": 3}, "names a token endpoint that cannot be used"),
        ({"token_endpoint": "http://evil.example.org/"}, "cannot be used: it is not https"),
        ({"token_endpoint": "https://169.254.169.254/"}, "may not be called"),
        ([], "is no JSON object"),
    ],
)
def test_a_token_endpoint_that_makes_no_sense_is_said(
    issuer: Issuer, screen: Screen, configuration: Any, words: str
) -> None:
    issuer.configuration = configuration
    ran = screen(issuer.server.url, "--export", "system")
    assert 12 == ran.code
    assert words in ran.err


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply(404), "endpoint answered 404; see what its operator says"),
        (as_json({"error": "invalid_client", "error_description": "Smith"}, 401), "crampcheck fhi"),
        (as_json({"error": "\x1b[31mred"}, 400), "answered 400; see"),
        (as_json({}), "something that holds no token"),
        (Reply(200, b"<html>Smith"), "something that holds no token"),
        (as_json({"access_token": "a\r\nb", "token_type": "bearer"}), "else than a bearer token"),
        (as_json({"access_token": "a", "token_type": "mac"}), "else than a bearer token"),
        (Reply(302, headers={"Location": "https://example.org/"}), "endpoint answered 302"),
        (Reply(200, b" " * 300_000), "answer is too large"),
    ],
)
def test_a_token_that_is_not_given_is_said(
    issuer: Issuer, screen: Screen, reply: Reply, words: str
) -> None:
    """In codes that are known, never in the server's words."""
    issuer.server.script.insert(0, lambda asked: reply if asked.name == "/token" else None)
    ran = screen(issuer.server.url, "--export", "system")
    assert 12 == ran.code
    assert words in ran.err
    assert "Smith" not in ran.err
    assert "\x1b" not in ran.err


def test_a_busy_token_endpoint_is_asked_again(issuer: Issuer, screen: Screen) -> None:
    busy = [Reply(429, headers={"Retry-After": "0"}), Reply(503, headers={"Retry-After": "0"})]
    issuer.server.script.insert(
        0, lambda asked: busy.pop() if asked.name == "/token" and busy else None
    )
    ran = screen(issuer.server.url, "--export", "system")
    assert 0 == ran.code, ran.err
    assert 3 == len({form["client_assertion"] for form in issuer.forms})


def test_a_token_may_be_given_as_it_is(
    bulk: BulkServer, screen: Screen, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """From a file too; where the server refuses it, that is said."""
    file = tmp_path / "token"
    file.write_text(f"{TOKEN}\n")
    monkeypatch.setenv("CRAMPCHECK_FHIR_TOKEN_FILE", str(file))
    filled(bulk).script.append(
        lambda asked: None if asked.headers.get("authorization") else Reply(401)
    )
    assert 0 == screen(bulk.url, "--export", "system").code
    bulk.script.append(lambda _: Reply(401))
    ran = screen(bulk.url, "--export", "system")
    assert 12 == ran.code
    assert "it answered 401" in ran.err


def test_a_server_without_accounts_needs_none(bulk: BulkServer, screen: Screen) -> None:
    ran = screen(filled(bulk).url, "--export", "system")
    assert 0 == ran.code, ran.err
    assert not any("authorization" in one.headers for one in bulk.asked)


@pytest.mark.parametrize(
    ("setting", "value", "words"),
    [
        ("TOKEN", "two words", "CRAMPCHECK_FHIR_TOKEN is no bearer token"),
        ("CLIENT_ID", CLIENT, "set CRAMPCHECK_FHIR_KEY too"),
        ("TOKEN_URL", "ftp://example.org", "CRAMPCHECK_FHIR_TOKEN_URL"),
        ("KEY", "/nowhere/key.pem", "and it is not there"),
        ("FILE_ORIGINS", "files.example.org", "CRAMPCHECK_FHIR_FILE_ORIGINS"),
        ("FILE_ORIGINS", "https://files.example.org/a", "given with a path"),
        ("NETWORKS", "10.0.0.0/99", "CRAMPCHECK_FHIR_NETWORKS"),
    ],
)
def test_settings_that_cannot_be_are_named(
    bulk: BulkServer, screen: Screen, setting: str, value: str, words: str
) -> None:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv(f"CRAMPCHECK_FHIR_{setting}", value)
        ran = screen(bulk.url, "--export", "system")
    assert ran.code in (2, 12)
    assert words in ran.err
    assert not any(path.endswith("$export") for path in bulk.paths())


def _pem(key: Any, *, private: bool = True, password: str | None = None) -> bytes:
    made: bytes = key.as_pem(private=private, password=password)
    return made


def short() -> RSAKey:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return RSAKey.generate_key(1024)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "holds no private key"),
        (b"{", "is neither PEM nor JSON"),
        (b'{"keys": []}', "holds several keys, or none"),
        (b'{"kty": "EC", "crv": "P-384"}', "holds no private key"),
        (b" " * 70_000, "is larger than 65536 bytes"),
        (_pem(ECKey.generate_key("P-384"), private=False), "holds a public key"),
        (_pem(ECKey.generate_key("P-384"), password="x"), "without a passphrase"),  # noqa: S106
        (_pem(ECKey.generate_key("P-256")), "on the curve P-256, and P-384 is due"),
        (_pem(short()), "an RSA key of 1024 bits"),
        (_pem(OKPKey.generate_key("Ed25519")), "holds no private key"),
        (
            json.dumps(
                {**ECKey.generate_key("P-384").as_dict(private=True), "alg": "ES256"}
            ).encode(),
            "says another algorithm",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_key_that_cannot_sign_is_said(
    crampcheck: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, data: bytes, words: str
) -> None:
    """Its file is named, and nothing of what is in it."""
    path = tmp_path / "key"
    path.write_bytes(data)
    monkeypatch.setenv("CRAMPCHECK_FHIR_KEY", str(path))
    ran = crampcheck("fhir", "jwks")
    assert (2, "") == (ran.code, ran.out)
    assert words in ran.err
    assert str(path) in ran.err
    assert "PRIVATE" not in ran.err


def test_no_key_is_said(crampcheck: Run) -> None:
    ran = crampcheck("fhir", "jwks")
    assert (1, "") == (ran.code, ran.out)
    assert "CRAMPCHECK_FHIR_KEY is not set" in ran.err


def test_a_token_goes_to_no_other_server(issuer: Issuer, screen: Screen, tmp_path: Path) -> None:
    """Neither by the link of a file nor by where that sends us on to."""
    with bulk_server() as store:
        filled(store)
        links = {**store.written("1"), "requiresAccessToken": False}
        issuer.server.manifest = links
        ran = screen(issuer.server.url, "--export", "system")
        assert 0 == ran.code, ran.err
        assert all_warned(tmp_path / "out")
        assert not any("authorization" in one.headers for one in store.asked)
        assert SECRET in store.asked[0].path  # a signed link is asked for as it is
