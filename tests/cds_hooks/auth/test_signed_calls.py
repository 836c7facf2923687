"""A call that its client signed is answered, and the service knows who called."""

from __future__ import annotations

from typing import Any

import pytest
from joserfc.jwk import ECKey, RSAKey

from cds_hooks.claims import ALGORITHMS, Issuer
from cds_hooks.model import Caller
from tests.cds_hooks.auth.conftest import Signed
from tests.cds_hooks.auth.signing import BASE_URL, ISSUER, JKU, NOW, claims, header, new_key, signed


def test_a_signed_call_is_answered_and_its_caller_known(
    service: Signed, key: RSAKey | ECKey
) -> None:
    """ES384, as the specification recommends; nothing is noted."""
    answer = service.post(f"Bearer {signed(key, header(), claims(tenant='north'))}")
    assert answer.status_code == 200
    assert [Caller(ISSUER, "north")] == [request.caller for request in service.echo.requests]
    assert [] == service.noted


def test_an_rsa_signature_is_taken_too(service: Signed, rsa_key: RSAKey | ECKey) -> None:
    """RS384, which most EHRs use; the name of the key picks it among several."""
    token = signed(rsa_key, header("RS384", kid="r1"), claims())
    assert 200 == service.post(f"Bearer {token}").status_code


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_every_algorithm_that_can_be_listed_works(all_algorithms: Issuer, algorithm: str) -> None:
    """What a site may write into its settings is no empty promise."""
    key = new_key(algorithm)
    service = Signed(key, issuer=all_algorithms)
    token = signed(key, header(algorithm), claims())
    assert 200 == service.post(f"Bearer {token}").status_code


def test_discovery_needs_a_token_of_its_own(service: Signed, key: RSAKey | ECKey) -> None:
    """The audience is the endpoint: a token for a call does not open discovery."""
    own = signed(key, header(), claims(aud=f"{BASE_URL}/cds-services"))
    other = signed(key, header(), claims())
    answers = [
        service.client.get("/cds-services", headers={"Authorization": f"Bearer {token}"})
        for token in (own, other)
    ]
    assert [200, 401] == [answer.status_code for answer in answers]
    assert 401 == service.client.get("/cds-services").status_code


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": ["https://other.example.org", BASE_URL + "/cds-services/echo"]},
        {"nbf": NOW},
        {"iat": NOW + 59, "exp": NOW + 120},
        {"iat": NOW - 300, "exp": NOW - 59},
        {"iat": NOW + 0.5, "exp": NOW + 100.25},
        {"sub": None},
        {"tenant": None},
        {"tenant": ""},
        {"something": {"else": [1]}},
    ],
)
def test_what_the_specification_leaves_open_is_taken(
    service: Signed, key: RSAKey | ECKey, changes: dict[str, Any]
) -> None:
    """An audience in a list, clocks that differ by less than a minute, fractions of a second."""
    assert 200 == service.post(f"Bearer {signed(key, header(), claims(**changes))}").status_code


@pytest.mark.parametrize(
    "changes",
    [{"jku": None}, {"typ": None}, {"typ": "jwt"}, {"x5t": "abc"}, {"x5c": ["MII"]}, {"cty": "x"}],
)
def test_fields_of_a_header_that_are_not_used_do_no_harm(
    service: Signed, key: RSAKey | ECKey, changes: dict[str, Any]
) -> None:
    """And what has one value only may be left out."""
    assert 200 == service.post(f"bearer {signed(key, header(**changes), claims())}").status_code


def test_a_site_may_list_audiences_and_tenants(key: RSAKey | ECKey) -> None:
    """Epic sets the audience for each site; other tenants of one issuer stay outside."""
    issuer = Issuer(
        ISSUER,
        frozenset({"ES384"}),
        jku=JKU,
        audiences=frozenset({"https://cramp.example.org"}),
        tenants=frozenset({"north"}),
        fhir_servers=("https://ehr.example.org/r4",),
    )
    service = Signed(key, issuer=issuer)
    good = signed(key, header(), claims(aud="https://cramp.example.org", tenant="north"))
    assert 200 == service.post(f"Bearer {good}").status_code
    assert [Caller(ISSUER, "north", ("https://ehr.example.org/r4",))] == [
        request.caller for request in service.echo.requests
    ]
    service.echo.requests.clear()
    for tenant in ("south", None, "", 7, ["north"]):
        assert "tenant" == service.reason(signed(key, header(), claims(tenant=tenant)))


def test_a_token_is_remembered_until_nobody_would_accept_it(
    service: Signed, key: RSAKey | ECKey
) -> None:
    """By client and jti, for as long as clocks may differ."""
    sent = claims(jti="one", exp=NOW + 100)
    service.post(f"Bearer {signed(key, header(), sent)}")
    assert {(ISSUER, "one"): NOW + 160} == service.used.tokens
