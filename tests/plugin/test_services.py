"""`cramp-review`: what a call brings, and what the clinician then sees, or does not."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.nesting import deepest, lists
from tests.plugin.conftest import SCHEMA, Ask
from tests.plugin.hook_calls import (
    LABS,
    call,
    order,
    patient,
    potassium,
    prefetch,
    searchset,
)

DISCOVERY = SCHEMA.with_name("cds-hooks-discovery.schema.json")
EXAMPLES = SCHEMA.with_name("examples")
OUTCOME = {
    "resourceType": "OperationOutcome",
    "issue": [{"severity": "error", "code": "timeout", "diagnostics": "Ada Lovelace"}],
}
THIAZIDE = order("hydrochlorothiazide 25 MG Oral Tablet")

Post = Callable[[bytes], TestResponse]


def refused(response: TestResponse) -> tuple[int, str]:
    """Status and diagnostics of a refusal, which is an OperationOutcome and nothing else."""
    outcome = response.get_json()
    assert response.content_type == "application/json"
    assert outcome["resourceType"] == "OperationOutcome"
    assert "Traceback" not in response.get_data(as_text=True)
    return response.status_code, outcome["issue"][0]["diagnostics"]


def details(cards: list[dict[str, Any]]) -> str:
    """All that the cards say in their details."""
    return "\n".join(card["detail"] for card in cards)


# --- discovery ---------------------------------------------------------------------------------


def test_discovery_offers_cramp_review_on_patient_view(client: FlaskClient) -> None:
    """In the shape of the protocol."""
    document = client.get("/cds-services").get_json()
    service = document["services"][0]
    assert (service["id"], service["hook"]) == ("cramp-review", "patient-view")
    if DISCOVERY.exists():
        jsonschema.validate(document, json.loads(DISCOVERY.read_bytes()))


def test_every_lab_of_the_knowledge_has_a_prefetch_key_of_its_own(client: FlaskClient) -> None:
    """Newest first and few: no analyte can push another off a page."""
    queries = client.get("/cds-services").get_json()["services"][0]["prefetch"]
    assert set(queries) == {
        "patient", "medications", "conditions", "statements", "dispenses", "allergies", *LABS,
    }  # fmt: skip
    assert queries["patient"] == "Patient/{{context.patientId}}"
    for lab in LABS:
        assert queries[lab].startswith(
            "Observation?patient={{context.patientId}}&code=http://loinc.org|"
        )
        assert queries[lab].endswith("&_sort=-date&_count=5")
    assert "http://loinc.org|2823-3" in queries["potassium"]


# --- answers -----------------------------------------------------------------------------------


def test_a_low_potassium_on_a_thiazide_is_one_warning_card(ask: Ask) -> None:
    """With the drug as it stands on the list, the result, its unit and its date."""
    [card] = ask(prefetch(THIAZIDE, potassium=searchset(potassium(3.2))))
    assert card["indicator"] == "warning"
    assert "ydrochlorothiazide" in card["summary"]
    assert "3.2 mmol/L" in card["detail"]
    assert "2026-10-25" in card["detail"]
    assert "awaiting clinical review" in card["detail"]
    assert "Not read" not in card["detail"]


def test_a_patient_without_linked_drugs_and_with_everything_sent_gets_no_card(ask: Ask) -> None:
    """Silence says: all was read, and nothing was found."""
    assert ask(prefetch(order("amoxicillin 500 MG Oral Capsule"))) == []
    assert ask(prefetch()) == []


def test_null_is_known_to_be_empty_and_says_nothing(ask: Ask) -> None:
    """The client looked, and there was nothing: also for the medication list itself."""
    nothing = dict.fromkeys(("medications", "conditions", "statements", "dispenses", *LABS))
    assert ask({**prefetch(), **nothing}) == []


def test_a_medication_that_cannot_be_read_is_said(ask: Ask) -> None:
    """Not taken for a drug without a link."""
    [card] = ask(prefetch(order("xqzzt the blue one")))
    assert card["indicator"] == "info"
    assert "xqzzt the blue one" in card["detail"]


def test_a_child_is_not_assessed_and_that_is_said(ask: Ask) -> None:
    """The knowledge is of adults."""
    [card] = ask(prefetch(THIAZIDE, patient=patient(birthDate="2015-01-01")))
    assert card["indicator"] == "info"
    assert "under 18" in card["summary"]


def test_a_patient_who_has_died_is_not_assessed_and_that_is_said(ask: Ask) -> None:
    """Charts are opened after death too."""
    [card] = ask(prefetch(THIAZIDE, patient=patient(deceasedBoolean=True)))
    assert "has died" in card["summary"]


# --- what was not sent -------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["patient", "medications"])
def test_a_required_key_left_out_is_a_412_that_names_it(post: Post, key: str) -> None:
    """With the query that would have filled it, and what can be done."""
    sent = prefetch(THIAZIDE)
    del sent[key]
    status, text = refused(post(call(sent)))
    assert status == 412
    assert f"{key} (" in text
    assert "was not sent. Send each in prefetch, or fhirServer with fhirAuthorization" in text


@pytest.mark.parametrize("key", ["patient", "medications"])
@pytest.mark.parametrize("value", [OUTCOME, searchset(OUTCOME), "text", 7, [], {}])
def test_a_required_key_that_failed_is_a_412_and_repeats_nothing_of_the_record(
    post: Post, key: str, value: Any
) -> None:
    """An OperationOutcome may quote the patient."""
    response = post(call({**prefetch(THIAZIDE), key: value}))
    assert refused(response)[0] == 412
    assert "Lovelace" not in response.get_data(as_text=True)


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (None, "was sent as null"),
        (THIAZIDE, "is not a Patient"),
        (patient(id="bob"), "is not the patient of the context"),
        (searchset(patient(id="bob")), "is not the patient of the context"),
        (searchset(), "is not a Patient"),
        ({**patient(), "id": 5}, "is not the patient of the context"),
    ],
)
def test_a_patient_key_without_the_patient_is_a_412(post: Post, value: Any, says: str) -> None:
    """Nobody's list, or somebody else's, is never assessed as this patient's."""
    status, text = refused(post(call({**prefetch(THIAZIDE), "patient": value})))
    assert (status, says in text) == (412, True)


def test_a_call_without_prefetch_is_a_412_that_names_all_that_is_required(post: Post) -> None:
    """So that an engineer mends both at once."""
    empty: dict[str, Any] = {}
    for sent in (empty, None):
        status, text = refused(post(call(sent)))  # type: ignore[arg-type]
        assert status == 412
        assert "patient (" in text
        assert "medications (" in text


def test_a_wanted_key_left_out_is_answered_and_said(ask: Ask) -> None:
    """A lab that was not sent is not a lab that was not done."""
    sent = prefetch(THIAZIDE)
    del sent["potassium"], sent["conditions"]
    found, missing = ask(sent)
    assert "potassium" in missing["summary"]
    assert "conditions" in missing["summary"]
    assert "sodium" not in missing["detail"]
    assert "potassium: was not sent" in found["detail"]
    assert "could not be read" not in found["detail"]
    assert "potassium: no current result" not in found["detail"]


def test_a_wanted_key_that_failed_is_said_with_its_code(ask: Ask) -> None:
    """Nothing was found otherwise: the card is about what was not sent alone."""
    [card] = ask(prefetch(magnesium=OUTCOME))
    assert "magnesium" in card["summary"]
    assert "OperationOutcome (timeout)" in card["detail"]
    assert "Lovelace" not in json.dumps(card)


def test_an_optional_key_left_out_is_a_line_of_the_found_card_only(ask: Ask) -> None:
    """It raises no card by itself, and withholds nothing."""
    sent = prefetch(THIAZIDE)
    del sent["statements"], sent["dispenses"], sent["allergies"]
    [card] = ask(sent)
    [line] = [line for line in card["detail"].splitlines() if "not sent by the EHR" in line]
    assert all(part in line for part in ("medication statements", "dispenses", "allergies"))
    sent["medications"] = searchset()
    assert ask(sent) == []


def test_a_cut_off_medication_list_is_said(ask: Ask) -> None:
    """The drug that matters may be on the next page."""
    for more in ({"link": [{"relation": "next", "url": "https://ehr/2"}]}, {"total": 30}):
        [card] = ask(prefetch(medications=searchset(order("amoxicillin"), **more)))
        assert "medication orders" in card["summary"]
        assert "holds more than it sent" in card["detail"]


def test_a_cut_off_page_of_results_hides_nothing_when_it_runs_from_new_to_old(ask: Ask) -> None:
    """Five newest were asked for: what is older does not count."""
    newest = [potassium(3.2, "2026-10-25", "k1"), potassium(4.4, "2026-10-20", "k2")]
    page = searchset(*newest, total=40, link=[{"relation": "next", "url": "https://ehr/2"}])
    [card] = ask(prefetch(THIAZIDE, potassium=page))
    assert "3.2 mmol/L" in card["summary"]
    assert "Not read" not in card["detail"]


@pytest.mark.parametrize(
    "results",
    [
        [potassium(4.4, "2026-10-20", "k2"), potassium(3.2, "2026-10-25", "k1")],
        [potassium(4.4, "2026-10-20", "k2", status="preliminary")],
        [],
        [{"resourceType": "Observation", "status": "final"}],
        [potassium(4.4), 5],
    ],
)
def test_a_cut_off_page_that_may_hide_a_newer_result_is_said(ask: Ask, results: list[Any]) -> None:
    """Not sorted as asked, or nothing on it that counts: the potassium is unread, not unknown."""
    cards = ask(prefetch(THIAZIDE, potassium=searchset(*results, total=40)))
    assert "potassium" in cards[-1]["summary"]
    assert "holds more than it sent" in cards[-1]["detail"]


# --- bad input ---------------------------------------------------------------------------------


def test_ten_thousand_orders_are_read(ask: Ask) -> None:
    """And what they say of one drug is one finding."""
    orders = [order("hydrochlorothiazide 25 MG Oral Tablet", f"m{n}") for n in range(10_000)]
    [card] = ask(prefetch(*orders))
    assert card["detail"].count("ydrochlorothiazide") < 10


def test_another_patients_orders_are_set_aside_and_said_without_their_text(ask: Ask) -> None:
    """Two charts mixed by a client: nothing of the other is used or shown."""
    stranger = order("furosemide 40 mg", "m9", subject={"reference": "Patient/bob"})
    [card] = ask(prefetch(stranger))
    assert "another patient" in card["detail"]
    assert "furosemide" not in json.dumps(card)


def test_a_second_patient_is_set_aside_since_the_call_says_whose_chart_it_is(ask: Ask) -> None:
    """The other's age is not taken for this one's, and what was set aside is said."""
    bob = patient(id="bob", birthDate="2020-01-01")
    for pair in ((patient(), bob), (bob, patient())):
        [card] = ask(prefetch(THIAZIDE, patient=searchset(*pair)))
        assert "ydrochlorothiazide" in card["summary"]
        assert "belongs to another patient" in card["detail"]


def test_markup_in_a_drug_name_is_shown_and_does_nothing(ask: Ask) -> None:
    """Clients render raw HTML and Markdown."""
    evil = "hydrochlorothiazide <img src=x onerror=alert(1)> **25** [mg](javascript:alert(1))"
    text = details(ask(prefetch(order(evil), order(f"zzqx {evil[19:]}", "m2"))))
    assert "<img" not in text
    assert "](javascript" not in text
    assert "onerror" in text


@pytest.mark.parametrize("key", ["patient", "medications"])
def test_nesting_near_the_limit_is_read_or_refused_at_every_depth(post: Post, key: str) -> None:
    """Each reader stands at its own height of the stack; none of them may fall over the limit."""
    for depth in (*range(10, 900, 90), *range(deepest() - 100, deepest())):
        sent = prefetch(order("amoxicillin", extension="DEEP"), patient=patient(extension="DEEP"))
        other = searchset() if key == "patient" else patient()
        sent["medications" if key == "patient" else "patient"] = other
        body = call(sent).replace(b'"DEEP"', lists(depth))
        assert post(body).status_code in {200, 400}


def test_ten_thousand_deep_nesting_is_a_400(post: Post) -> None:
    """Wherever it stands."""
    deep = b'{"extension":' * 10_000 + b"1" + b"}" * 10_000
    body = call(prefetch(order("amoxicillin", extension="DEEP"))).replace(b'"DEEP"', deep)
    status, text = refused(post(body))
    assert (status, "nested" in text) == (400, True)


@pytest.mark.parametrize("value", [5, None, "x", [], {}, {"resourceType": "Basket"}, patient()])
@pytest.mark.parametrize("key", ["medications", "conditions", "potassium", "allergies"])
def test_strange_entries_never_break_a_call(post: Post, key: str, value: Any) -> None:
    """They are read, or said to be unread; alone under a required key, they are a 412."""
    sent = prefetch(THIAZIDE)
    sent[key]["entry"].append({"resource": value})
    assert post(call(sent)).status_code == 200
    alone = post(call(prefetch(THIAZIDE, **{key: searchset(value)})))
    assert alone.status_code == (412 if key == "medications" else 200)


def test_a_bundle_within_a_bundle_is_read(ask: Ask) -> None:
    """Some servers answer a search within a batch."""
    [card] = ask(prefetch(medications=searchset(searchset(THIAZIDE))))
    assert "ydrochlorothiazide" in card["summary"]


def test_a_bundle_within_a_bundle_that_is_nested_too_deeply_is_a_400(post: Post) -> None:
    """It is taken apart in one more place."""
    answers = set()
    for depth in range(deepest() - 100, deepest()):
        inner = searchset(order("amoxicillin", extension="DEEP"))
        body = call(prefetch(medications=searchset(inner)))
        answers.add(post(body.replace(b'"DEEP"', lists(depth))).status_code)
    assert answers <= {200, 400}
    assert 400 in answers


@pytest.mark.parametrize(
    "example",
    [
        pytest.param(path, id=path.stem)
        for path in (sorted(EXAMPLES.glob("*.json")) if EXAMPLES.exists() else [])
    ],
)
def test_calls_of_other_projects_are_refused_with_a_reason(post: Post, example: Path) -> None:
    """They use prefetch keys or hooks of their own."""
    status, text = refused(post(example.read_bytes()))
    assert status in {400, 412}
    assert text
