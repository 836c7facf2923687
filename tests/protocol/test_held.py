"""The check of every response: that it is in place, and that it refuses what it should."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask

from tests.protocol.held import NotHeld, hold

CALL = "/cds-services/cramp-review"
CARD = {"uuid": "1", "summary": "s", "indicator": "info", "source": {"label": "l"}}
ACTION = {"type": "create", "description": "d", "resource": {"resourceType": "ServiceRequest"}}
SUGGESTION = {"label": "l", "uuid": "u", "actions": [ACTION]}
LINK = {"label": "l", "url": "https://a.example/x", "type": "absolute"}
OUTCOME = {
    "resourceType": "OperationOutcome",
    "issue": [{"severity": "error", "code": "invalid", "diagnostics": "d"}],
}


def answer(**more: Any) -> bytes:
    return json.dumps({"cards": [{**CARD, **more}]}).encode()


def suggested(**more: Any) -> bytes:
    return answer(suggestions=[SUGGESTION | more], selectionBehavior="any")


@pytest.mark.parametrize(
    ("url", "status", "body"),
    [
        (CALL, 200, b'{"cards":[]}'),
        (CALL, 200, answer()),
        (CALL, 200, suggested(isRecommended=True)),
        (CALL, 200, answer(links=[LINK, LINK | {"type": "smart", "appContext": "x"}])),
        (CALL, 400, json.dumps(OUTCOME).encode()),
        ("/readyz", 200, b'{"status":"ready"}'),
    ],
)
def test_what_the_protocol_allows_is_let_through(url: str, status: int, body: bytes) -> None:
    hold("POST", url, status, "application/json", body)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[]",
        b'{"cards":null}',
        b'{"cards":[],"systemActions":[]}',
        b'{"cards":[NaN]}',
        b"\xff",
        answer(summary="s" * 140),
        answer(summary=""),
        answer(indicator="hard-stop"),
        answer(uuid=None),
        answer(source={}),
        answer(source={"label": "l", "url": "/relative"}),
        answer(source={"label": "l", "topic": {"system": "s", "code": "not static"}}),
        answer(suggestions=[SUGGESTION]),
        answer(suggestions=[], selectionBehavior="any"),
        answer(overrideReasons=[{"system": "s", "code": "c"}]),
        answer(links=[LINK | {"appContext": "x"}]),
        answer(links=[LINK | {"url": "javascript:alert(1)"}]),
        suggested(actions=[]),
        suggested(actions=[ACTION, ACTION]),
        suggested(actions=[ACTION | {"description": ""}]),
        suggested(actions=[{"type": "update", "description": "d", "resource": ACTION["resource"]}]),
        suggested(actions=[ACTION | {"type": "delete"}]),
        suggested(actions=[{"type": "delete", "description": "d", "resourceId": "without-type"}]),
    ],
)
def test_what_the_protocol_does_not_allow_is_refused(body: bytes) -> None:
    with pytest.raises(NotHeld, match="POST /cds-services/cramp-review -> 200"):
        hold("POST", CALL, 200, "application/json", body)


@pytest.mark.parametrize(
    ("method", "status", "mimetype", "body"),
    [
        ("POST", 200, "text/html", b"<p>"),
        ("POST", 400, "application/json", b'{"cards":[]}'),
        ("POST", 400, "text/html", b"<h1>Bad Request</h1>"),
        ("POST", 500, "application/json", b""),
        ("GET", 500, "text/plain", b"Traceback (most recent call last)\n"),
        ("HEAD", 200, "application/json", b"{}"),
        ("OPTIONS", 204, "", b"x"),
    ],
)
def test_a_response_of_the_wrong_kind_is_refused(
    method: str, status: int, mimetype: str, body: bytes
) -> None:
    with pytest.raises(NotHeld):
        hold(method, CALL, status, mimetype, body)


def test_discovery_that_describes_nothing_is_refused() -> None:
    for body in (b'{"services":[]}', b'{"services":[{"id":"a","hook":"patient-view"}]}'):
        with pytest.raises(NotHeld):
            hold("GET", "/cds-services", 200, "application/json", body)


def test_every_test_client_is_watched() -> None:
    app = Flask("broken")

    @app.get("/cds-services")
    def discover() -> str:
        return "not JSON"

    with pytest.raises(NotHeld):
        app.test_client().get("/cds-services")
