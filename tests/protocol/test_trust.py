"""Who may call: clients that a site lists, by tokens that they signed."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey
from werkzeug.test import TestResponse

from plugin.app import create_app
from plugin.config import Settings
from tests.plugin.hook_calls import TODAY, URL, Json
from tests.protocol.conftest import BASE
from tests.protocol.corpus import CHECK, reviews
from tests.protocol.requirement import requirement
from tests.servers.scripted import fhir, scripted

ISSUER = "https://ehr.example.org"
EC = ECKey.generate_key("P-384", {"kid": "ec"})
RSA = RSAKey.generate_key(2048, {"kid": "rsa"})
OTHER = ECKey.generate_key("P-384", {"kid": "ec"})
PUBLIC = {"keys": [key.as_dict(private=False) for key in (EC, RSA)]}

Sign = Callable[..., str]
Send = Callable[..., TestResponse]


def token(key: Any = EC, algorithm: str = "ES384", **changes: Any) -> str:
    """A token of the client for a call of `cramp-review`; keywords replace claims and `head`."""
    head = {"alg": algorithm, "typ": "JWT", "kid": key.kid} | changes.pop("head", {})
    now = int(time.time())
    claims = {
        "iss": ISSUER,
        "aud": BASE + URL,
        "iat": now,
        "exp": now + 200,
        "jti": str(uuid4()),
    } | changes
    claims = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(head, claims, key, algorithms=[algorithm])


def service(folder: Path, client: str, **settings: Any) -> FlaskClient:
    """A service that knows one client, by the lines of its file."""
    (folder / "keys.json").write_text(json.dumps(PUBLIC), encoding="utf-8")
    file = folder / "clients.toml"
    file.write_text(f'[[client]]\nname = "ehr"\nissuer = "{ISSUER}"\n{client}\n', encoding="utf-8")
    made = Settings(base_url=BASE, clients=str(file), data=str(folder), **settings)
    return create_app(made, today=lambda: TODAY).test_client()


def send(client: FlaskClient, signed: str | None, url: str = URL) -> TestResponse:
    """A call about a low potassium."""
    headers = {} if signed is None else {"Authorization": f"Bearer {signed}"}
    body = reviews()["low potassium"]
    return client.post(url, data=body, content_type="application/json", headers=headers)


@pytest.fixture(scope="module")
def trusting(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """A service that holds the keys of its client."""
    return service(tmp_path_factory.mktemp("trust"), 'jwks_file = "keys.json"')


def refused(response: TestResponse) -> bool:
    """Whether the call was refused without a word on why."""
    said = response.get_data(as_text=True)
    assert ISSUER not in said
    return response.status_code == 401 and "cards" not in said


@requirement(176)
def test_a_signed_call_of_a_known_client_is_answered(trusting: FlaskClient) -> None:
    answer = send(trusting, token())
    assert answer.status_code == 200
    assert answer.get_json()["cards"]


@requirement(176)
def test_a_call_without_a_token_is_a_401(trusting: FlaskClient) -> None:
    assert refused(send(trusting, None))
    assert refused(send(trusting, ""))
    assert "Bearer" in send(trusting, None).headers["WWW-Authenticate"]


@requirement(177)
def test_every_route_of_the_protocol_wants_a_token_once_clients_are_configured(
    trusting: FlaskClient,
) -> None:
    assert refused(trusting.get("/cds-services"))
    for url in (URL, CHECK, f"{URL}/feedback", f"{CHECK}/feedback"):
        response = trusting.post(url, json={})
        assert refused(response) or response.status_code == 404, url
    assert refused(trusting.post(URL, data=b"x" * 100, content_type="text/plain"))


@requirement(195)
def test_an_issuer_that_is_not_listed_is_refused(trusting: FlaskClient) -> None:
    assert refused(send(trusting, token(iss="https://other.example.org")))
    assert refused(send(trusting, token(iss=None)))


@requirement(195)
def test_a_key_address_that_is_not_listed_is_never_asked(tmp_path: Path) -> None:
    foreign = {"keys": [OTHER.as_dict(private=False)]}
    with scripted(lambda _: fhir(foreign)) as theirs, scripted(lambda _: fhir(PUBLIC)) as pinned:
        client = service(tmp_path, f'jku = "{pinned.url}"')
        assert send(client, token(head={"jku": pinned.url})).status_code == 200
        assert refused(send(client, token(OTHER, head={"jku": theirs.url})))
        assert refused(send(client, token(head={"jku": theirs.url})))
        assert theirs.asked == []
        assert len(pinned.asked) == 1


@requirement(199)
def test_without_a_key_address_the_keys_that_were_agreed_on_count(trusting: FlaskClient) -> None:
    assert send(trusting, token()).status_code == 200
    assert refused(send(trusting, token(OTHER)))


@requirement(200, 205)
@pytest.mark.parametrize(("key", "algorithm"), [(EC, "ES384"), (RSA, "RS384")])
def test_both_recommended_algorithms_are_accepted(
    trusting: FlaskClient, key: Any, algorithm: str
) -> None:
    assert send(trusting, token(key, algorithm)).status_code == 200


@requirement(201, 203)
def test_an_unsigned_or_symmetric_token_is_refused(trusting: FlaskClient) -> None:
    head, claims, signature = token().split(".")
    assert refused(send(trusting, f"{head}.{claims}."))
    assert refused(send(trusting, f"eyJhbGciOiJub25lIiwia2lkIjoiZWMifQ.{claims}."))
    assert refused(send(trusting, f"eyJhbGciOiJub25lIiwia2lkIjoiZWMifQ.{claims}.{signature}"))
    shared = OctKey.import_key(json.dumps(PUBLIC), {"kid": "ec"})
    assert refused(send(trusting, token(shared, "HS384")))


@requirement(207)
def test_an_algorithm_outside_of_our_list_is_refused(tmp_path: Path) -> None:
    client = service(tmp_path, 'jwks_file = "keys.json"', algorithms=("ES384",))
    assert send(client, token()).status_code == 200
    assert refused(send(client, token(RSA, "RS384")))


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": BASE + CHECK},
        {"aud": BASE},
        {"aud": None},
        {"exp": 1},
        {"exp": None},
        {"iat": None},
        {"jti": None},
        {"exp": 2**40},
    ],
    ids=str,
)
def test_a_token_for_something_else_is_refused(trusting: FlaskClient, changes: Json) -> None:
    assert refused(send(trusting, token(**changes)))


def test_a_token_counts_once(trusting: FlaskClient) -> None:
    once: Json = {"signed": token()}
    assert send(trusting, **once).status_code == 200
    assert refused(send(trusting, **once))
