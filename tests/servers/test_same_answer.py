"""The same answer, however much of a record was prefetched: the rest is fetched from the server."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from plugin.app import create_app
from plugin.config import Settings
from tests.plugin.hook_calls import URL
from tests.servers.asking import cards
from tests.servers.charts import SYNTHEA, Chart
from tests.servers.conftest import OURS, THEIRS
from tests.servers.sekmet import FhirServer

Json = dict[str, Any]
SYNTHEA_TOO = [
    *OURS,
    *(
        pytest.param(
            name,
            marks=pytest.mark.skipif(
                not SYNTHEA.exists(), reason="Synthea's patients are not beside the repository"
            ),
        )
        for name in THEIRS
    ),
]


class Ehr:
    """An EHR that prefetches what it is told to, and gives access to its FHIR server."""

    def __init__(self, server: FhirServer, chart: Chart) -> None:
        self.server, self.chart = server, chart
        self.client: FlaskClient = create_app(Settings(), today=lambda: chart.day).test_client()
        services = self.client.get("/cds-services").get_json()["services"]
        [self.templates] = [
            service["prefetch"] for service in services if service["hook"] == "patient-view"
        ]

    def prefetch(self) -> Json:
        """Every key, as the server answers its template."""
        patient = self.chart.patient
        return {
            key: self.server.get(template.replace("{{context.patientId}}", patient))
            for key, template in self.templates.items()
        }

    def call(self, prefetch: Json, **changes: Any) -> TestResponse:
        """Open the chart."""
        body = {
            "hook": "patient-view",
            "hookInstance": "5d1f0a5e-7e0c-4f7a-9a53-0d2a4fb9c3a7",
            "fhirServer": self.server.url,
            "fhirAuthorization": {
                "access_token": self.server.token,
                "token_type": "Bearer",
                "expires_in": 300,
                "scope": "patient/*.read",
                "subject": "crampcheck",
                "patient": self.chart.patient,
            },
            "context": {"userId": "Practitioner/1", "patientId": self.chart.patient},
            "prefetch": prefetch,
            **changes,
        }
        return self.client.post(URL, json=body)


@pytest.mark.parametrize("name", SYNTHEA_TOO)
def test_full_prefetch_none_and_each_key_missing_in_turn_get_the_same_cards(
    server: FhirServer, charts: dict[str, Chart], name: str
) -> None:
    """Every order refers to a Medication that no prefetch brings: it is read."""
    ehr = Ehr(server, charts[name])
    assert charts[name].count("Medication") > 0
    full = ehr.prefetch()
    assert "Medication" not in {
        entry["resource"]["resourceType"] for entry in full["medications"].get("entry", [])
    }
    expected = cards(ehr.call(full))
    assert expected != []
    assert "was not sent" not in json.dumps(expected)
    assert cards(ehr.call({})) == expected
    for missing in full:
        rest = {key: value for key, value in full.items() if key != missing}
        assert cards(ehr.call(rest)) == expected, missing


def test_without_the_server_the_same_orders_are_said_to_be_unread(
    server: FhirServer, charts: dict[str, Chart]
) -> None:
    """Guards the test above: without fetching, the answer is another one, and no silence."""
    ehr = Ehr(server, charts["statin-warfarin-myalgia"])
    full = ehr.prefetch()
    shown = cards(ehr.call(full, fhirServer=None, fhirAuthorization=None))
    assert "points to a Medication that was not sent" in json.dumps(shown)
    assert shown != cards(ehr.call(full))


def test_a_page_that_hides_the_rest_is_fetched_whole(
    server: FhirServer, charts: dict[str, Chart]
) -> None:
    """What a client cut off, with a `next` link or a `total`, is not missing for long."""
    ehr = Ehr(server, charts["potassium-raising-stack"])
    full = ehr.prefetch()
    [first, *rest] = full["medications"]["entry"]
    assert rest
    cut = {
        **full["medications"],
        "entry": [first],
        "total": len(rest) + 1,
        "link": [{"relation": "next", "url": "https://elsewhere.example.org/next"}],
    }
    assert cards(ehr.call({**full, "medications": cut})) == cards(ehr.call(full))


@pytest.mark.parametrize("key", ["patient", "medications"])
def test_a_token_that_the_server_refuses_is_said_in_the_412(
    server: FhirServer, charts: dict[str, Chart], key: str
) -> None:
    """With the status and the codes of the server, and without the token."""
    ehr = Ehr(server, charts["thiazide-low-potassium"])
    rest = {name: value for name, value in ehr.prefetch().items() if name != key}
    response = ehr.call(rest, fhirAuthorization=_authorization("expired-one"))
    assert response.status_code == 412
    [issue] = response.get_json()["issue"]
    assert "was not sent, and the FHIR server answered 401" in issue["diagnostics"]
    assert "OperationOutcome (login)" in issue["diagnostics"]
    assert "expired-one" not in response.get_data(as_text=True)


def test_a_wanted_key_that_cannot_be_fetched_is_on_a_card(
    server: FhirServer, charts: dict[str, Chart]
) -> None:
    """And an optional one is a line of the detail."""
    ehr = Ehr(server, charts["statin-warfarin-myalgia"])
    full = ehr.prefetch()
    del full["ck"], full["allergies"]
    full["medications"] = ehr.server.get(
        f"MedicationRequest?patient={ehr.chart.patient}&_include=MedicationRequest:medication"
    )
    shown = cards(ehr.call(full, fhirAuthorization=_authorization("expired-one")))
    said = " ".join(card["detail"] for card in shown)
    assert "the FHIR server answered 401" in said
    assert "allergies" in said


def test_a_patient_whom_the_server_does_not_have_is_a_412(
    server: FhirServer, charts: dict[str, Chart]
) -> None:
    """The search finds nothing; the read answers 404."""
    ehr = Ehr(server, charts["thiazide-low-potassium"])
    response = ehr.call(
        {},
        context={"userId": "Practitioner/1", "patientId": "nobody"},
        fhirAuthorization=_authorization(server.token),
    )
    assert response.status_code == 412
    [issue] = response.get_json()["issue"]
    assert (
        "patient (Patient/{{context.patientId}}): was not sent, and the FHIR server "
        in (issue["diagnostics"])
    )
    assert "answered 404" in issue["diagnostics"]


def _authorization(token: str) -> Json:
    return {
        "access_token": token,
        "token_type": "Bearer",
        "expires_in": 300,
        "scope": "patient/*.read",
        "subject": "crampcheck",
    }
