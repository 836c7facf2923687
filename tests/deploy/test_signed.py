"""Signed calls against what is deployed: several workers behind one port."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from joserfc.jwk import ECKey, RSAKey

from tests.cds_hooks.auth.signing import new_key
from tests.deploy.service import Service
from tests.deploy.signed_service import URL, running_signed, send, token
from tests.nesting import TOO_DEEP, lists
from tests.plugin.hook_calls import call, order, prefetch

TIMES = 20


@pytest.fixture(scope="module")
def key() -> RSAKey | ECKey:
    return new_key("RS384")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, key: RSAKey | ECKey) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("signed")
    with running_signed(folder, key, CRAMPCHECK_WORKERS="2") as started:
        yield started


def post(service: Service, *tokens: str, body: bytes | None = None) -> int:
    headers = [("Authorization", f"Bearer {one}") for one in tokens]
    sound = call(prefetch(order("xqzzt the blue one")))
    return send(service, "POST", URL, sound if body is None else body, headers).status


def test_a_signed_call_is_answered_and_an_unsigned_one_is_not(
    service: Service, key: RSAKey | ECKey
) -> None:
    """On every route of the protocol; what operators look at needs no token."""
    assert 200 == post(service, token(key))
    assert 401 == post(service)
    assert 401 == service.get("/cds-services").status
    assert 401 == service.get("/cds-services?patient=Ada").status
    bearer = [("Authorization", f"Bearer {token(key, '/cds-services')}")]
    assert 200 == send(service, "GET", "/cds-services", headers=bearer).status
    for path in ("/healthz", "/readyz", "/metrics"):
        assert 200 == service.get(path).status


def test_a_token_is_good_once_in_all_workers_together(
    service: Service, key: RSAKey | ECKey
) -> None:
    """The same token many times at once, and over and over: one answer each."""
    for _ in range(TIMES):
        one = token(key)
        with ThreadPoolExecutor(8) as pool:
            answers = Counter(pool.map(lambda sent: post(service, sent), [one] * 8))
        assert {200: 1, 401: 7} == answers


def test_two_authorization_headers_are_refused(service: Service, key: RSAKey | ECKey) -> None:
    """Though both tokens are sound: which one was checked would be open."""
    assert 401 == post(service, token(key), token(key))


def test_no_token_and_nothing_of_a_stranger_is_in_the_log(
    service: Service, key: RSAKey | ECKey
) -> None:
    """The reason is, and our client's name."""
    strangers = token(key, iss="https://quilpworthy.example.org", jti="Quilpworthy")
    late = token(key, iat=1, exp=2, jti="Quilpworthy", sub="Quilpworthy")
    assert [401, 401] == [post(service, strangers), post(service, late)]
    written = service.output()
    for word in ("uilpworthy", strangers, late, *late.split("."), "Bearer"):
        assert word not in written, word
    events = [json.loads(line) for line in written.splitlines() if '"refused"' in line]
    assert ["issuer", "expired"] == [event["reason"] for event in events[-2:]]
    assert 'crampcheck_calls_refused_total{reason="expired"} ' in (
        service.get("/metrics").body.decode()
    )


def test_no_client_writes_a_line_of_the_log(service: Service) -> None:
    """A path with line ends, quotes and escapes is one word of one line of JSON."""
    before = service.whole_lines()
    path = "/a%0A%7B%22event%22:%22forged%22%7D%5C%1B%5B31m%C3%A9%22,%22x%22:%22?patient=Ada"
    service.send_raw(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    assert 200 == service.get("/healthz").status
    service.wait_until_written('"/a%0A')
    written = service.whole_lines().removeprefix(before).splitlines()
    events = [json.loads(line) for line in written]
    [event] = [one for one in events if one.get("path", "").startswith("/a%0A")]
    assert {"time", "method", "path", "status", "bytes", "microseconds", "worker"} == set(event)
    assert not [one for one in events if one.get("event") == "forged"]
    assert "Ada" not in "".join(written)


def test_a_body_is_looked_at_once_its_caller_is_known(
    service: Service, key: RSAKey | ECKey
) -> None:
    """50 MB, or nested too deeply: 401 for a stranger, 413 and 400 for a client."""
    giant, deep = b" " * 50_000_000, lists(TOO_DEEP)
    nested = call({"patient": None}).replace(b"null", lists(TOO_DEEP))
    assert [401, 401] == [post(service, body=giant), post(service, body=deep)]
    assert 413 == post(service, token(key), body=giant)
    assert [400, 400] == [post(service, token(key), body=body) for body in (deep, nested)]
    assert 200 == post(service, token(key))
    assert "Traceback" not in service.output()
