"""Servers and calls that mean harm, tokens that do not open everything, and limits."""

from __future__ import annotations

import io
import json

import pytest

from plugin.observe import configure_logging
from tests.plugin.hook_calls import LABS, order, patient, potassium, searchset
from tests.servers.asking import (
    LOW,
    PRODUCT,
    THIAZIDE,
    TOKEN,
    app,
    ask,
    cards,
    pointing,
    record,
    refusal,
    said,
    without,
)
from tests.servers.scripted import Reply, ScriptedServer, fhir, scripted

# --- attacks -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "http://169.254.169.254/latest/meta-data",
        "https://169.254.169.254/fhir",
        "http://[::ffff:169.254.169.254]/fhir",
        "http://10.0.0.1/fhir",
        "http://metadata.google.internal/fhir",
        "http://0.0.0.0:{port}/fhir",
        "http://127.1:{port}/fhir",
        "http://2130706433:{port}/fhir",
        "http://127.0.0.1.:{port}/fhir",
        "http://ada@127.0.0.1:{port}/fhir",
        "http://127.0.0.1:{port}/fhir/../fhir",
        "file:///etc/passwd",
        "gopher://127.0.0.1:{port}/fhir",
        "https://ehr.example.org/fhir",
    ],
)
def test_a_server_that_nobody_listed_is_not_called(ehr: ScriptedServer, address: str) -> None:
    """The 412 says so, and does not repeat the address."""
    port = ehr.url[7:].partition("/")[0].partition(":")[2]
    text = refusal(ask({}, address.format(port=port)))
    assert "was not sent, and the " in text
    assert "FHIR server" in text
    assert "169.254" not in text
    assert ehr.asked == []


def test_a_redirect_to_another_server_is_not_followed(ehr: ScriptedServer) -> None:
    """The token stays here."""
    with scripted(record([THIAZIDE])) as other:
        target = f"{other.url}/Patient/zora"
        ehr.script = lambda _asked: Reply(status=302, headers={"Location": target})
        text = refusal(ask({}, ehr.url))
        assert other.asked == []
    assert "the FHIR server answered 302, which is not followed" in text


def test_a_next_link_to_another_host_is_not_followed_and_the_list_is_said_not_to_be_whole(
    ehr: ScriptedServer,
) -> None:
    """What was found is used."""
    with scripted(record([THIAZIDE])) as other:
        page = searchset(THIAZIDE, link=[{"relation": "next", "url": f"{other.url}/x"}])
        base = record(potassium=[LOW])
        ehr.script = lambda asked: fhir(page) if "MedicationRequest" in asked.path else base(asked)
        text = said(ask({}, ehr.url))
        assert other.asked == []
    assert "3.2 mmol/L" in text
    assert "medication orders: sent in part" in text


def test_resources_of_another_patient_are_set_aside_and_said(ehr: ScriptedServer) -> None:
    """Whatever the search asked for: an order and a result of Eve say nothing of Ada."""
    of_eve = {"subject": {"reference": "Patient/eve"}}
    ehr.script = record(
        [order("simvastatin 40 MG Oral Tablet", "m9") | of_eve, THIAZIDE],
        [potassium(1.9, id_="k9") | of_eve, LOW],
    )
    text = said(ask({}, ehr.url))
    assert "belongs to another patient" in text
    assert "3.2 mmol/L" in text
    assert "1.9" not in text
    assert "simvastatin" not in text.lower()


def test_another_patient_than_was_asked_for_is_none(ehr: ScriptedServer) -> None:
    """A server that confuses patients gets no card."""
    ehr.script = record([THIAZIDE], [LOW], Patient_zora=patient(id="eve"))
    assert "another resource than the Patient asked for" in refusal(ask({}, ehr.url))


@pytest.mark.parametrize("bound", ["eve", "Patient/eve"])
def test_a_token_of_another_patient_is_refused_even_where_it_is_not_needed(
    ehr: ScriptedServer, bound: str
) -> None:
    """The call speaks of two patients."""
    text = refusal(ask(without(), ehr.url, authorization={"patient": bound}), 400)
    assert "fhirAuthorization.patient" in text
    assert "eve" not in text
    assert ehr.asked == []


@pytest.mark.parametrize("bound", ["zora", "Patient/zora", "", None])
def test_a_token_of_this_patient_is_used(ehr: ScriptedServer, bound: str | None) -> None:
    """And one that is not bound to anybody."""
    assert cards(ask({}, ehr.url, authorization={"patient": bound}))


@pytest.mark.parametrize("id_", ["..", "a/b", "a?b=c", "a%2Fb", "a" * 65, "ä", "a#b"])
def test_a_patient_id_that_is_no_id_is_not_put_into_an_address(
    ehr: ScriptedServer, id_: str
) -> None:
    """It may stand in a call that brings its data."""
    text = refusal(ask({}, ehr.url, context={"userId": "Practitioner/1", "patientId": id_}))
    assert "the patient's id is not a FHIR id" in text
    assert ehr.asked == []


# --- authorization -----------------------------------------------------------------------------


def test_a_server_elsewhere_is_not_asked_without_a_token() -> None:
    """The protocol wants one with every request."""
    client = app(fhir_servers=("https://ehr.example.org/fhir",))
    text = refusal(ask({}, "https://ehr.example.org/fhir", client, fhirAuthorization=None))
    assert "no access token for the FHIR server came with the call" in text


def test_a_server_on_this_machine_is_asked_without_a_token(ehr: ScriptedServer) -> None:
    """For trying it out: no header is sent."""
    assert cards(ask({}, ehr.url, fhirAuthorization=None))
    assert all("authorization" not in asked.headers for asked in ehr.asked)


def test_an_authorization_that_cannot_be_used_is_said_where_it_is_needed(
    ehr: ScriptedServer,
) -> None:
    """By the field that is at fault."""
    assert cards(ask(without(), ehr.url, authorization={"token_type": "MAC"}))
    text = refusal(ask(without("patient"), ehr.url, authorization={"token_type": "MAC"}))
    assert "token_type" in text
    assert ehr.asked == []


def test_a_type_that_the_scope_does_not_open_is_not_asked_for(ehr: ScriptedServer) -> None:
    """And said, on the card."""
    scope = "launch patient/Patient.read patient/MedicationRequest.rs openid"
    text = said(ask({}, ehr.url, authorization={"scope": scope}))
    assert "the scope of its token does not cover Condition" in text
    assert {path.split("/")[2].split("?")[0] for path in ehr.paths()} == {
        "Patient",
        "MedicationRequest",
    }


def test_a_scope_that_opens_only_some_of_a_type_leaves_it_not_whole(ehr: ScriptedServer) -> None:
    """The server filters, and says nothing of what it holds back."""
    scope = "patient/*.read"
    part = "patient/Observation.rs?category=vital-signs patient/Condition.rs patient/*.c"
    assert "only a part of" not in said(ask({}, ehr.url, authorization={"scope": scope}))
    wide = "patient/Patient.r patient/MedicationRequest.rs"
    text = said(ask({}, ehr.url, authorization={"scope": f"{wide} {part}"}))
    assert "the scope of the token opens only a part of Observation" in text


# --- limits ------------------------------------------------------------------------------------


def test_one_deadline_holds_for_all_and_what_came_in_time_is_used(ehr: ScriptedServer) -> None:
    """The conditions never end; the rest is there."""
    base = record([pointing()], [LOW], Medication_thz=PRODUCT)
    slow = Reply(b" " * 10_000, pause=0.05)
    ehr.script = lambda asked: slow if "Condition" in asked.path else base(asked)
    text = said(ask({}, ehr.url, app(fetch_seconds=1.5)))
    assert "3.2 mmol/L" in text
    assert "conditions: not sent by the EHR (the FHIR server gave no whole answer in time)" in text


def test_nothing_is_fetched_with_no_time_for_it(ehr: ScriptedServer) -> None:
    """`CRAMPCHECK_FETCH_SECONDS=0` turns it off."""
    assert "was not sent, and" not in refusal(ask({}, ehr.url, app(fetch_seconds=0)))
    assert ehr.asked == []


def test_a_call_without_a_server_says_only_that_a_key_was_not_sent() -> None:
    """There was nobody to ask."""
    text = refusal(ask({}, ""))
    assert "was not sent. Send each in prefetch" in text
    assert "was not sent, and" not in text


def test_the_log_has_counts_and_times_and_nothing_of_the_record(ehr: ScriptedServer) -> None:
    """No address, no id, no token."""
    ehr.script = record([pointing(), pointing("Medication/gone")], [LOW], Medication_thz=PRODUCT)
    client, stream = app(), io.StringIO()
    configure_logging("info", "json", stream)
    cards(ask({}, ehr.url, client))
    [event] = [json.loads(line) for line in stream.getvalue().splitlines() if "fetched" in line]
    keys = 6 + len(LABS)
    assert (event["keys"], event["lacking"], event["medications"]) == (keys, 0, 1)
    assert event["requests"] == {"fetched": keys + 1, "not-found": 1}
    for secret in (TOKEN, "zora", "127.0.0.1", "thz"):
        assert secret not in stream.getvalue()
    exposed = client.get("/metrics").get_data(as_text=True)
    assert f'crampcheck_fetch_seconds_count{{outcome="fetched"}} {keys + 1}.0' in exposed
    assert 'crampcheck_fetch_seconds_count{outcome="not-found"} 1.0' in exposed
