"""Orders in the shapes that they come in: read, or said, never dropped and never a fault."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.nesting import deepest, lists
from tests.plugin.hook_calls import order, searchset
from tests.plugin.ordering.calls import (
    AMOXICILLIN,
    CLARITHROMYCIN,
    ORDER_CHECK,
    SIMVASTATIN,
    Ask,
    Json,
    body,
    chart,
    choose,
    collection,
    draft,
    said,
    sign,
)

ON_CLARITHROMYCIN = chart(order(CLARITHROMYCIN))
UUID = "5d9c7a04-0a4c-4d2e-8b5f-2f6b7c1f0a11"
OUTCOME = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "timeout"}]}
LAB_ORDER = {"resourceType": "ServiceRequest", "id": "sr1", "status": "draft", "intent": "order"}
DIET = {"resourceType": "NutritionOrder", "id": "n1", "status": "draft"}


def without(resource: Json, *elements: str) -> Json:
    """The resource without some elements."""
    return {name: value for name, value in resource.items() if name not in elements}


def pointing(to: str, **more: Any) -> Json:
    """A draft that points to a Medication."""
    return {
        **without(draft(""), "medicationCodeableConcept"),
        "medicationReference": {"reference": to},
        **more,
    }


DRUG = {"resourceType": "Medication", "id": "med", "code": {"text": SIMVASTATIN}}


@pytest.mark.parametrize(
    "drafts",
    [
        [without(draft(SIMVASTATIN), "status", "intent")],
        [draft(SIMVASTATIN, category={"coding": [{"code": "outpatient"}]})],
        [draft(SIMVASTATIN, intent="proposal")],
        [without(draft(SIMVASTATIN), "subject", "id")],
        [draft(SIMVASTATIN, subject={"reference": "https://ehr.example/fhir/Patient/zora"})],
        [draft(SIMVASTATIN, dosageInstruction={"text": "1 nightly"})],
        [draft(SIMVASTATIN, id=7)],
        [LAB_ORDER, draft(SIMVASTATIN), DIET],
        [
            {
                **without(draft(""), "medicationCodeableConcept"),
                "medication": {"concept": {"text": SIMVASTATIN}},
            }
        ],
        [pointing("#m", contained=[{**DRUG, "id": "m"}])],
        [pointing("Medication/med"), DRUG],
        [draft(SIMVASTATIN), None],
    ],
    ids=[
        "no status, no intent", "a category that is no list", "a proposal", "nobody's", "absolute",
        "a dosage that is no list", "a number as id", "among other orders", "R5",
        "a contained Medication", "a Medication among the drafts", "an entry without a resource",
    ],
)  # fmt: skip
def test_a_draft_in_an_odd_shape_is_read(check: Ask, drafts: list[Any]) -> None:
    """Examples of the standard and drafts of its sandbox look like these."""
    cards = check(sign(drafts, ON_CLARITHROMYCIN))
    assert cards[0]["indicator"] == "critical"
    assert "with clarithromycin" in cards[0]["summary"]


def test_a_draft_may_point_to_a_medication_of_the_prefetch(check: Ask) -> None:
    """The EHR includes it with the list."""
    sent = chart(medications=searchset(order(CLARITHROMYCIN), DRUG))
    [card] = check(sign([pointing("Medication/med")], sent))
    assert card["indicator"] == "critical"


def test_other_kinds_of_order_are_set_aside_quietly(check: Ask) -> None:
    """They are no medications."""
    assert check(sign([LAB_ORDER, DIET], ON_CLARITHROMYCIN)) == []
    assert check(choose([LAB_ORDER, DIET], ON_CLARITHROMYCIN, "ServiceRequest/sr1")) == []


@pytest.mark.parametrize(
    ("drafts", "says"),
    [
        ([draft("xqzzt the blue one")], "names no drug that is known"),
        ([draft(SIMVASTATIN, subject={"reference": "Patient/bob"})], "belongs to another patient"),
        ([draft(SIMVASTATIN, status="pending")], "has no known status"),
        ([draft(SIMVASTATIN, doNotPerform="perhaps")], "doNotPerform cannot be read"),
        ([pointing("Medication/gone")], "points to Medication/gone"),
        ([{**draft(SIMVASTATIN), "resourceType": "Medicationrequest"}], "draftOrders, entry 1"),
        ([{**draft(SIMVASTATIN), "resourceType": "MedicationOrder"}], "DSTU2"),
        ([draft(SIMVASTATIN), {**draft(SIMVASTATIN), "resourceType": 7}], "draftOrders, entry 2"),
        ([draft(SIMVASTATIN), draft("amlodipine 5 MG Oral Tablet")], "says otherwise"),
        ([draft(AMOXICILLIN), None], "draftOrders, entry 2"),
        (["text"], "draftOrders, entry 1"),
    ],
)  # fmt: skip
def test_a_draft_that_cannot_be_read_is_said(check: Ask, drafts: list[Any], says: str) -> None:
    """On both hooks: no silence may hide it."""
    for call in (sign(drafts, chart()), choose(drafts, chart(), "d1")):
        text = said(check(call))
        assert "Order: Cramp check incomplete" in text
        assert says in text


def test_the_drug_of_somebody_else_is_not_shown(check: Ask) -> None:
    """That there is such an order is said, and no more of it."""
    cards = check(sign([draft(SIMVASTATIN, subject={"reference": "Patient/bob"})], chart()))
    assert "imvastatin" not in said(cards)


def test_more_pages_of_orders_are_said(check: Ask) -> None:
    """What lies on them was not checked."""
    call = sign([], chart())
    call["context"]["draftOrders"] = collection([draft(AMOXICILLIN)], total=2)
    assert "orders: sent in part" in said(check(call))


def test_a_draft_without_a_medication_is_said_when_it_is_signed_only(check: Ask) -> None:
    """While it is selected it is not finished."""
    unfinished = without(draft(""), "medicationCodeableConcept")
    assert check(choose([unfinished], chart(), "d1")) == []
    assert "has neither a code nor a text" in said(check(sign([unfinished], chart())))


def test_what_the_chart_does_not_tell_is_said_for_a_linked_drug_only(check: Ask) -> None:
    """It could be a partner. For an antibiotic without a link, it could not matter."""
    sent = chart(order("xqzzt the blue one"))
    cards = check(sign([draft(SIMVASTATIN)], sent))
    assert "xqzzt" in said(cards)
    assert check(sign([draft(AMOXICILLIN)], sent)) == []


def test_a_cream_or_eye_drops_ask_nothing_of_the_chart(check: Ask) -> None:
    """They do not reach muscle."""
    sent = chart(order("xqzzt the blue one"))
    assert check(sign([draft("hydrocortisone 10 MG/ML Topical Cream")], sent)) == []


# --- selections --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "selection",
    [
        "MedicationRequest/d1",
        "d1",
        "urn:uuid:d1",
        "https://ehr.example/fhir/MedicationRequest/d1",
        "https://ehr.example/fhir/MedicationRequest/d1/_history/2",
        f"urn:uuid:{UUID}",
        f"urn:uuid:{UUID.upper()}",
    ],
)
def test_a_selection_finds_its_draft(check: Ask, selection: str) -> None:
    """By type and id, id alone, address, or the fullUrl of its entry."""
    call = choose([draft(AMOXICILLIN, "d2")], ON_CLARITHROMYCIN, selection)
    entry = {"fullUrl": f"urn:uuid:{UUID}", "resource": draft(SIMVASTATIN)}
    call["context"]["draftOrders"]["entry"].append(entry)
    [card] = check(call)
    assert card["indicator"] == "critical"


def test_a_selection_that_is_not_there_is_said_and_all_drafts_count(check: Ask) -> None:
    """Nobody can tell which was meant."""
    cards = check(choose([draft(SIMVASTATIN)], ON_CLARITHROMYCIN, "MedicationRequest/gone"))
    assert ["critical", "info"] == [card["indicator"] for card in cards]
    assert "the selected order MedicationRequest/gone" in cards[1]["detail"]


def test_a_selected_order_of_another_kind_that_is_not_there_is_no_matter(check: Ask) -> None:
    """It is no medication."""
    drafts = [draft(SIMVASTATIN)]
    assert check(choose(drafts, ON_CLARITHROMYCIN, "ServiceRequest/gone")) == []


def test_where_nothing_is_selected_all_drafts_count(check: Ask) -> None:
    """The client does not tell which it asks about; no order is no matter."""
    [card] = check(choose([draft(SIMVASTATIN)], ON_CLARITHROMYCIN))
    assert card["indicator"] == "critical"
    assert check(choose([draft(AMOXICILLIN)], ON_CLARITHROMYCIN)) == []
    assert check(choose([], ON_CLARITHROMYCIN)) == []


@pytest.mark.parametrize("number", [b"1e400", b"-1e9999"])
@pytest.mark.parametrize(
    "draft_",
    [
        draft(AMOXICILLIN, "d2", dispenseRequest={"quantity": {"value": "HUGE"}}),
        draft(AMOXICILLIN, "d2", dosageInstruction=[{"doseAndRate": [{"doseQuantity": "HUGE"}]}]),
        {**LAB_ORDER, "quantityQuantity": {"value": "HUGE"}},
    ],
)
def test_a_number_that_nothing_can_hold_is_of_its_order_alone(
    client: FlaskClient, draft_: Json, number: bytes
) -> None:
    """The others are read, as they are in prefetch."""
    sent = body(sign([draft(SIMVASTATIN), draft_], ON_CLARITHROMYCIN)).replace(b'"HUGE"', number)
    response = client.post(ORDER_CHECK, data=sent, content_type="application/json")
    assert response.status_code == 200, response.get_json()
    assert response.get_json()["cards"][0]["indicator"] == "critical"


# --- calls that are refused --------------------------------------------------------------------


def refused(response: TestResponse) -> tuple[int, str]:
    """Status and diagnostics of a refusal."""
    outcome = response.get_json()
    assert outcome["resourceType"] == "OperationOutcome"
    return response.status_code, outcome["issue"][0]["diagnostics"]


@pytest.mark.parametrize(
    "value", ["text", 7, [], {}, None, OUTCOME, {"resourceType": "Bundle", "entries": []}]
)
def test_draft_orders_that_are_no_bundle_are_a_400(client: FlaskClient, value: Any) -> None:
    """There is nothing to check, and that must not look like a silence."""
    call = sign([], chart())
    call["context"]["draftOrders"] = value
    status, text = refused(client.post(ORDER_CHECK, json=call))
    assert status == 400
    assert "draftOrders" in text


def test_an_empty_bundle_of_orders_says_nothing(check: Ask) -> None:
    """There is no order."""
    assert check(sign([], ON_CLARITHROMYCIN)) == []


def test_a_draft_that_is_nested_too_deeply_is_a_400(client: FlaskClient) -> None:
    """And not a fault of ours, at any depth."""
    answers = set()
    for depth in range(deepest() - 100, deepest(), 3):
        inner = collection([draft(SIMVASTATIN, extension="DEEP")])
        sent = body(sign([inner], chart())).replace(b'"DEEP"', lists(depth))
        response = client.post(ORDER_CHECK, data=sent, content_type="application/json")
        answers.add(response.status_code)
    assert answers <= {200, 400}
    assert 400 in answers


def test_the_medication_list_is_required(client: FlaskClient) -> None:
    """Without it nobody knows what the order meets."""
    sent = without(chart(), "medications")
    status, text = refused(client.post(ORDER_CHECK, json=sign([draft(SIMVASTATIN)], sent)))
    assert status == 412
    assert "medications" in text
