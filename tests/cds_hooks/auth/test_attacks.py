"""Tokens that were not made by a client for this call get a bare 401, and the log the reason."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

import pytest
from joserfc.jwk import ECKey, RSAKey

from cds_hooks.claims import Issuer
from cds_hooks.tokens import MOST_CHARACTERS
from tests.cds_hooks.auth.conftest import Signed
from tests.cds_hooks.auth.signing import (
    BASE_URL,
    ENDPOINT,
    ISSUER,
    NOW,
    claims,
    header,
    new_key,
    part,
    public,
    signed,
)

AnyKey = RSAKey | ECKey


def test_the_answer_is_a_bare_401_that_is_the_same_for_every_reason(
    service: Signed, key: AnyKey
) -> None:
    """Who guesses learns nothing; neither the answer nor the log holds anything of the token."""
    good = signed(key, header(), claims(jti="spent"))
    assert 200 == service.post(f"Bearer {good}").status_code
    bad = [
        None,
        "Bearer",
        "Basic dXNlcjpwYXNz",
        "Bearer nonsense",
        f"Bearer {good}",
        f"Bearer {signed(new_key(), header(), claims())}",
        f"Bearer {signed(key, header(), claims(exp=NOW - 100))}",
    ]
    answers = [service.post(one) for one in bad]
    assert {401} == {answer.status_code for answer in answers}
    assert {"Bearer"} == {answer.headers["WWW-Authenticate"] for answer in answers}
    assert 1 == len({answer.data for answer in answers})
    [issue] = answers[0].get_json()["issue"]
    assert "login" == issue["code"]
    reasons = ["no-token", "no-token", "no-token", "not-a-token", "replayed", "signature"]
    assert [*reasons, "expired"] == [reason for reason, _ in service.noted]


def test_only_clients_of_ours_are_named_in_the_log(service: Signed, key: AnyKey) -> None:
    """What a stranger claims to be is the stranger's text."""
    service.reason(signed(key, header(), claims(iss="https://evil.example.org/Ada")))
    service.reason(signed(key, header(), claims(aud="x")))
    assert [("issuer", ""), ("audience", ISSUER)] == service.noted


@pytest.mark.parametrize("spelling", ["none", "None", "NONE", "nOnE", "", None, 0, ["none"]])
def test_a_token_that_nobody_signed_is_refused(
    service: Signed, key: AnyKey, spelling: object
) -> None:
    """With an empty signature, with none, and with one that is sound."""
    head = header(alg=spelling) if spelling is not None else header(alg=None)
    body = claims()
    unsigned = f"{part(json.dumps(head).encode())}.{part(json.dumps(body).encode())}"
    assert "algorithm" == service.reason(f"{unsigned}.")
    assert "not-a-token" == service.reason(unsigned)
    assert "algorithm" == service.reason(signed(key, head, body))
    assert 0 == service.keys.asked


@pytest.mark.parametrize("name", ["HS256", "HS384", "HS512"])
@pytest.mark.parametrize("form", ["pem", "der", "jwk", "kid"])
def test_an_hmac_with_the_public_key_as_its_secret_is_refused(
    service: Signed, rsa_key: AnyKey, name: str, form: str
) -> None:
    """The attack that libraries fell for: anybody has the public key."""
    published = public(rsa_key)["keys"][0]
    secret = {
        "pem": rsa_key.as_pem(private=False),
        "der": rsa_key.as_der(private=False),
        "jwk": json.dumps(published).encode(),
        "kid": b"r1",
    }[form]
    head = part(json.dumps(header(name, kid="r1")).encode())
    text = f"{head}.{part(json.dumps(claims()).encode())}"
    digest = getattr(hashlib, name.replace("HS", "sha"))
    assert "algorithm" == service.reason(
        f"{text}.{part(hmac.new(secret, text.encode(), digest).digest())}"
    )


def test_an_algorithm_that_the_site_does_not_list_is_refused(all_algorithms: Issuer) -> None:
    """However sound: the list is the site's, and the header does not choose."""
    key = new_key("ES256")
    token = signed(key, header("ES256"), claims())
    assert "algorithm" == Signed(key).reason(token)
    assert 200 == Signed(key, issuer=all_algorithms).post(f"Bearer {token}").status_code


def test_a_key_of_another_kind_than_the_algorithm_is_refused(all_algorithms: Issuer) -> None:
    """RSA for EC, and a P-256 key for ES384: the signature is not even looked at."""
    rsa, small = new_key("RS384", "r1"), new_key("ES256", "e1")
    service = Signed(rsa, small, issuer=all_algorithms)
    assert "key-misfit" == service.reason(signed(rsa, header("RS384", kid="e1"), claims()))
    assert "key-misfit" == service.reason(signed(small, header("ES256", kid="r1"), claims()))
    other = new_key("ES384")
    assert "key-misfit" == service.reason(signed(other, header("ES384", kid="e1"), claims()))


def test_a_key_in_the_token_is_never_used(service: Signed) -> None:
    """`jwk`, `x5c`, `x5u`: a token does not say who may sign it."""
    own = new_key("ES384")
    embedded = own.as_dict(private=False)
    for more in ({"jwk": embedded}, {"x5u": "https://evil.example.org/c"}, {"x5c": ["MIIB"]}):
        assert "signature" == service.reason(signed(own, header(**more), claims()))


@pytest.mark.parametrize(
    "jku",
    [
        "https://evil.example.org/.well-known/jwks.json",
        "https://ehr.example.org/.well-known/jwks.json?",
        "https://ehr.example.org@evil.example.org/.well-known/jwks.json",
        "HTTPS://ehr.example.org/.well-known/jwks.json",
        "",
        0,
        ["https://ehr.example.org/.well-known/jwks.json"],
    ],
)
def test_a_foreign_jku_is_refused_and_nobody_asks_for_keys(
    service: Signed, key: AnyKey, jku: object
) -> None:
    """Though the signature is sound. The pinned address, letter by letter, or none."""
    assert "foreign-jku" == service.reason(signed(key, header(jku=jku), claims()))
    assert 0 == service.keys.asked


@pytest.mark.parametrize(
    "audience",
    [
        BASE_URL,
        f"{BASE_URL}/",
        f"{BASE_URL}/cds-services",
        f"{BASE_URL}{ENDPOINT}/",
        f"{BASE_URL}{ENDPOINT}?x",
        f"{BASE_URL}{ENDPOINT}/feedback",
        f"http://cramp.example.org{ENDPOINT}",
        f"https://evil.example.org{ENDPOINT}",
        f"http://localhost{ENDPOINT}",
        ["https://a.example.org", "https://b.example.org"],
        [],
        "",
        None,
        5,
        {BASE_URL + ENDPOINT: 1},
        [BASE_URL + ENDPOINT, 5],
        [[BASE_URL + ENDPOINT]],
    ],
)
def test_a_token_for_another_endpoint_is_refused(
    service: Signed, key: AnyKey, audience: object
) -> None:
    """The address is that of the settings: a Host header of the caller's does not change it."""
    token = signed(key, header(), claims(aud=audience))
    assert "audience" == service.reason(token)
    headers = {"Authorization": f"Bearer {token}", "Host": "evil.example.org"}
    assert 401 == service.client.post(ENDPOINT, json={}, headers=headers).status_code


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"exp": NOW - 60, "iat": NOW - 100}, "expired"),
        ({"exp": 0, "iat": 0}, "expired"),
        ({"iat": NOW + 61, "exp": NOW + 100}, "not-yet"),
        ({"nbf": NOW + 61}, "not-yet"),
        ({"exp": NOW + 301}, "lives-too-long"),
        ({"exp": NOW + 10**9}, "lives-too-long"),
        ({"exp": NOW, "iat": NOW}, "lives-too-long"),
        ({"exp": NOW - 10, "iat": NOW}, "lives-too-long"),
        ({"exp": None}, "times"),
        ({"iat": None}, "times"),
        ({"exp": str(NOW + 100)}, "times"),
        ({"exp": True}, "times"),
        ({"iat": -1}, "times"),
        ({"exp": 10**400}, "times"),
        ({"exp": [NOW + 100]}, "times"),
        ({"nbf": "soon"}, "times"),
        ({"jti": None}, "jti"),
        ({"jti": ""}, "jti"),
        ({"jti": 7}, "jti"),
        ({"jti": ["a"]}, "jti"),
        ({"jti": "a" * 257}, "jti"),
        ({"jti": "a\u0000"}, "jti"),
        ({"jti": "\ud800"}, "jti"),
        ({"tenant": 7}, "tenant"),
        ({"tenant": "a" * 257}, "tenant"),
        ({"iss": None}, "issuer"),
        ({"iss": [ISSUER]}, "issuer"),
        ({"iss": {}}, "issuer"),
        ({"iss": ISSUER + "/"}, "issuer"),
        ({"iss": ISSUER.upper()}, "issuer"),
    ],
)
def test_missing_wrong_and_untimely_claims_are_refused_without_a_key(
    service: Signed, key: AnyKey, changes: dict[str, Any], reason: str
) -> None:
    """Before any arithmetic: nobody asks for keys, and no token is remembered."""
    assert reason == service.reason(signed(key, header(), claims(**changes)))
    assert (0, {}) == (service.keys.asked, service.used.tokens)


@pytest.mark.parametrize(
    "changes",
    [
        {"kid": None},
        {"kid": ""},
        {"kid": 1},
        {"kid": "k" * 257},
        {"typ": "logout+jwt"},
        {"typ": 1},
        {"crit": ["b64"], "b64": False},
        {"crit": []},
        {"crit": ["exp"]},
    ],
)
def test_a_header_that_asks_for_something_else_is_refused(
    service: Signed, key: AnyKey, changes: dict[str, Any]
) -> None:
    """No key named, another kind of token, or an extension that must be understood."""
    assert "header" == service.reason(signed(key, header(**changes), claims()))


def test_a_name_that_stands_twice_is_refused(service: Signed, key: AnyKey) -> None:
    """One reader takes the first, another the last: an EHR's proxy and we must not differ."""
    head = json.dumps(header()).encode()
    twice = head.replace(b"{", b'{"alg": "none", ', 1)
    assert "not-a-token" == service.reason(signed(key, twice, claims()))
    body = json.dumps(claims()).encode().replace(b"{", b'{"iss": "x", ', 1)
    assert "not-a-token" == service.reason(signed(key, head, body))


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"[]",
        b"null",
        b'"x"',
        b"{",
        b"\xff",
        b'{"exp": NaN}',
        b'{"exp": Infinity}',
        b"[" * 3000,
    ],
)
def test_a_payload_that_is_no_object_is_refused(
    service: Signed, key: AnyKey, payload: bytes
) -> None:
    """Nested as deep as a token may be long, too."""
    assert "not-a-token" == service.reason(signed(key, header(), payload))
    assert "not-a-token" == service.reason(signed(key, payload, claims()))


def test_a_token_that_was_changed_is_refused_and_its_jti_is_not_used_up(
    service: Signed, key: AnyKey
) -> None:
    """Another claim under the same signature; no signature; that of another token. Then the true
    one is still good.
    """
    true = signed(key, header(), claims(jti="mine"))
    head, _, signature = true.split(".")
    changed = part(json.dumps(claims(jti="mine", sub="another")).encode())
    other = signed(key, header(), claims()).rpartition(".")[2]
    for forged in (
        f"{head}.{changed}.{signature}",
        f"{true.rpartition('.')[0]}.",
        f"{true.rpartition('.')[0]}.{other}",
        f"{true.rpartition('.')[0]}.{part(bytes(96))}",
        f"{true.rpartition('.')[0]}.{part(b'short')}",
    ):
        assert "signature" == service.reason(forged)
    assert {} == service.used.tokens
    assert 200 == service.post(f"Bearer {true}").status_code


def test_a_token_is_good_once(service: Signed, key: AnyKey) -> None:
    """Every later use is refused, under another endpoint's name or with another body too."""
    token = signed(key, header(), claims())
    assert 200 == service.post(f"Bearer {token}").status_code
    service.echo.requests.clear()
    assert ["replayed"] * 3 == [service.reason(token) for _ in range(3)]


def test_one_jti_of_two_tokens_is_one_use(service: Signed, key: AnyKey) -> None:
    """What is remembered is the client's number, not the bytes of a token."""
    assert 200 == service.post(f"Bearer {signed(key, header(), claims(jti='x'))}").status_code
    service.echo.requests.clear()
    assert "replayed" == service.reason(signed(key, header(), claims(jti="x", sub="another")))


def test_a_second_spelling_of_a_token_is_refused(service: Signed, key: AnyKey) -> None:
    """Padding, the other alphabet, spare bits, white space: one token has one spelling."""
    true = signed(key, header(), claims())
    for other in (f"{true}=", f"{true}\t", f"\t{true}", f"{true}.", true.replace(".", ".=", 1)):
        assert "not-a-token" == service.reason(other)


def test_a_giant_token_is_refused_before_it_is_read(service: Signed, key: AnyKey) -> None:
    """A sound signature does not help it."""
    token = signed(key, header(), claims(filler="x" * MOST_CHARACTERS))
    assert "too-long" == service.reason(token)
    assert 0 == service.keys.asked


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        (None, "no-token"),
        ("", "no-token"),
        ("Bearer", "no-token"),
        ("Bearer ", "no-token"),
        ("Basic dXNlcjpwYXNz", "no-token"),
        ("Digest a", "no-token"),
        ("Bearer a", "not-a-token"),
        ("Bearer a.b.c", "not-a-token"),
        ("Bearer ..", "not-a-token"),
        ("Bearer \u00e9.b.c", "not-a-token"),
        ("Bearer a.b.c.d.e", "not-a-token"),
    ],
)
def test_an_authorization_that_is_no_token_is_refused(
    service: Signed, sent: str | None, reason: str
) -> None:
    """Other schemes, rubbish, and an encrypted token."""
    assert 401 == service.post(sent).status_code
    assert [(reason, "")] == service.noted


def test_two_authorization_headers_are_refused(service: Signed, key: AnyKey) -> None:
    """A server joins them with a comma; neither is picked."""
    one, two = (signed(key, header(), claims()) for _ in range(2))
    assert 401 == service.post(f"Bearer {one},Bearer {two}").status_code
    assert 401 == service.post(f"Bearer {one}, Bearer {one}").status_code
    assert {"not-a-token"} == {reason for reason, _ in service.noted}


def test_a_replay_store_that_fails_lets_nobody_in(service: Signed, key: AnyKey) -> None:
    """503, so that the client tries again; what the store said is not told."""
    service.used.fault = OSError("disk /secret is full")
    answer = service.post(f"Bearer {signed(key, header(), claims())}")
    assert (503, []) == (answer.status_code, service.echo.requests)
    assert "transient" == answer.get_json()["issue"][0]["code"]
    assert "secret" not in answer.get_data(as_text=True)
    assert [service.used.fault] == service.echo.faults


def test_a_token_without_a_known_key_is_refused(service: Signed, key: AnyKey) -> None:
    """And is not remembered."""
    assert "unknown-key" == service.reason(signed(key, header(kid="k2"), claims()))
    assert {} == service.used.tokens
