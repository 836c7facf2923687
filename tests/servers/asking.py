"""Calls that point to a FHIR server, and what such a server answers about an invented patient."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from plugin.app import create_app
from plugin.config import Settings
from tests.plugin.hook_calls import TODAY, URL, call, order, patient, potassium, prefetch, searchset
from tests.servers.scripted import Asked, Json, Reply, fhir

TOKEN = "s3cret-token"  # noqa: S105 - of nothing
THIAZIDE = order("hydrochlorothiazide 25 MG Oral Tablet")
LOW = potassium(3.2)
POINTING = "Medication/thz"
PRODUCT = {"resourceType": "Medication", "id": "thz", "code": {"text": "hydrochlorothiazide 25 MG"}}


def pointing(reference: str = POINTING, **more: Any) -> Json:
    """An order that refers to a Medication."""
    made = order("", medicationReference={"reference": reference, **more})
    del made["medicationCodeableConcept"]
    return made


def record(
    medications: list[Json] | None = None, potassium: list[Json] | None = None, **reads: Json
) -> Callable[[Asked], Reply]:
    """Answers searches, and reads of `Type_id`."""

    def answer(asked: Asked) -> Reply:
        path, mark, query = asked.path.removeprefix("/fhir/").partition("?")
        if not mark:
            name = path.replace("/", "_").replace("-", "_")
            found = {"Patient_zora": patient(), **reads}.get(name)
            return fhir(found) if found else fhir({"resourceType": "OperationOutcome"}, 404)
        if path == "MedicationRequest":
            return fhir(searchset(*(medications or [])))
        if path == "Observation" and "2823-3" in unquote(query):
            return fhir(searchset(*(potassium or [])))
        return fhir(searchset())

    return answer


def app(**settings: Any) -> FlaskClient:
    return create_app(Settings(**settings), today=lambda: TODAY).test_client()


def ask(sent: Json, server: str, client: FlaskClient | None = None, **more: Any) -> TestResponse:
    """A call that points to a FHIR server, with a token."""
    authorization = {
        "access_token": TOKEN,
        "token_type": "Bearer",
        "expires_in": 300,
        "scope": "",
        "subject": "crampcheck",
        **more.pop("authorization", {}),
    }
    body = call(sent, **{"fhirServer": server, "fhirAuthorization": authorization, **more})
    response = (client or app()).post(URL, data=body, content_type="application/json")
    assert TOKEN not in response.get_data(as_text=True)
    return response


def cards(response: TestResponse) -> list[Json]:
    """The cards of an answer, without the words that are new each time."""
    assert response.status_code == 200, response.get_data(as_text=True)
    made: list[Json] = _without_uuids(response.get_json()["cards"])
    return made


def _without_uuids(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_uuids(one) for one in value]
    if isinstance(value, dict):
        return {name: _without_uuids(one) for name, one in value.items() if name != "uuid"}
    return value


def said(response: TestResponse) -> str:
    """All details of the cards."""
    return "\n".join(card["detail"] for card in cards(response))


def refusal(response: TestResponse, status: int = 412) -> str:
    assert response.status_code == status, response.get_data(as_text=True)
    text: str = response.get_json()["issue"][0]["diagnostics"]
    return text


def without(*keys: str) -> Json:
    whole = prefetch(THIAZIDE, potassium=searchset(LOW))
    return {key: value for key, value in whole.items() if key not in keys}
