"""What is fetched from the client's server, when a call did not bring it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import redirect_stderr
from urllib.parse import urlsplit

import pytest

from plugin.app import create_app
from plugin.config import Settings
from tests.plugin.hook_calls import (
    PATIENT_ID,
    TODAY,
    URL,
    Json,
    call,
    order,
    potassium,
    prefetch,
    searchset,
)
from tests.protocol.corpus import THIAZIDE, alike
from tests.protocol.requirement import requirement
from tests.servers.scripted import Asked, Reply, ScriptedServer, fhir, scripted

TOKEN = "okapi-token-4711"  # noqa: S105 - of nothing
SENT = prefetch(order(THIAZIDE), potassium=searchset(potassium(3.1)))
BY_TYPE = {
    "Patient": SENT["patient"],
    "MedicationRequest": SENT["medications"],
}


def script(asked: Asked) -> Reply:
    """What the server has of the patient."""
    kind = urlsplit(asked.path).path.removeprefix("/fhir/").partition("/")[0]
    if kind == "Observation" and "2823-3" in asked.path:
        return fhir(SENT["potassium"])
    return fhir(BY_TYPE.get(kind, searchset()))


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with scripted(script) as running:
        yield running


def asked_for(server: ScriptedServer, sent: Json, **more: object) -> list[Json]:
    """The cards of a call with this prefetch that names the server."""
    app = create_app(Settings(), today=lambda: TODAY)
    authorization = {
        "access_token": TOKEN,
        "token_type": "Bearer",
        "expires_in": 300,
        "scope": "patient/*.read",
        "subject": "crampcheck",
        "patient": PATIENT_ID,
    }
    body = call(sent, **{"fhirServer": server.url, "fhirAuthorization": authorization} | more)
    response = app.test_client().post(URL, data=body, content_type="application/json")
    assert response.status_code == 200, response.text
    assert TOKEN not in response.text
    cards: list[Json] = response.get_json()["cards"]
    return alike(cards)


@requirement(34, 60)
def test_without_prefetch_the_data_is_fetched_and_the_answer_is_the_same(
    server: ScriptedServer,
) -> None:
    prefetched = asked_for(server, SENT)
    assert server.asked == []
    fetched = asked_for(server, {})
    assert server.asked
    assert fetched == prefetched
    assert "3.1 mmol/L" in fetched[0]["detail"]


@requirement(60)
def test_only_what_was_left_out_is_fetched(server: ScriptedServer) -> None:
    sent = {name: value for name, value in SENT.items() if name != "potassium"} | {
        "conditions": None
    }
    asked_for(server, sent)
    assert {urlsplit(path).path for path in server.paths()} == {"/fhir/Observation"}
    assert all("2823-3" in path for path in server.paths())


@requirement(61)
def test_every_request_to_the_server_carries_the_token(server: ScriptedServer) -> None:
    asked_for(server, {})
    assert {asked.headers.get("authorization") for asked in server.asked} == {f"Bearer {TOKEN}"}


def test_the_token_is_in_no_log(server: ScriptedServer) -> None:
    written = io.StringIO()
    with redirect_stderr(written):
        asked_for(server, {})
    assert '"answered"' in written.getvalue()
    assert TOKEN not in written.getvalue()
