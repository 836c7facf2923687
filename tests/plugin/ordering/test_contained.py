"""Orders inside another: a RequestGroup, a CarePlan or a Task may contain what it is made of."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.plugin.hook_calls import order
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
    draft,
    refill,
    said,
    sign,
)

ON_CLARITHROMYCIN = chart(order(CLARITHROMYCIN))
ON_NOTHING = chart()
DRUG = {"resourceType": "Medication", "id": "med", "code": {"text": SIMVASTATIN}}
POINTING = {
    "resourceType": "MedicationRequest",
    "id": "d1",
    "status": "draft",
    "intent": "order",
    "medicationReference": {"reference": "#med"},
}


def group(*contained: Any, type_: str = "RequestGroup", **more: Any) -> Json:
    """An order that contains others."""
    held: Any = list(contained)
    return {"resourceType": type_, "id": "g1", "status": "draft", "contained": held, **more}


@pytest.mark.parametrize(
    "outer",
    [
        group(draft(SIMVASTATIN)),
        group(draft(SIMVASTATIN), type_="CarePlan"),
        group(draft(SIMVASTATIN), type_="RequestOrchestration"),
        group(draft(SIMVASTATIN), id=7),
        group({**draft(SIMVASTATIN), "id": None}),
        group(contained=draft(SIMVASTATIN)),
        group(group(draft(SIMVASTATIN), type_="CarePlan")),
        group(POINTING, DRUG),
        group({**POINTING, "contained": [DRUG]}),
        group(draft(SIMVASTATIN), priority=1),
    ],
    ids=[
        "a group", "a care plan", "R5", "a number as id", "no id inside", "no list", "in two",
        "a Medication beside it", "a Medication inside", "a number in the group",
    ],
)  # fmt: skip
def test_an_order_inside_another_is_read(check: Ask, review: Ask, outer: Json) -> None:
    """It is signed with it, and no action could delete it alone."""
    [card] = check(sign([outer], ON_CLARITHROMYCIN))
    assert card["indicator"] == "critical"
    assert "delete" not in str(card.get("suggestions", ""))
    [refilled] = review(refill([outer], ON_CLARITHROMYCIN))
    assert refilled["indicator"] == "critical"


def test_an_order_inside_another_does_not_take_the_place_of_one_of_the_chart(check: Ask) -> None:
    """Ids inside a resource are its own: the chart's `d1` is still taken."""
    sent = chart(order(CLARITHROMYCIN, "d1"))
    [card] = check(sign([group(draft(SIMVASTATIN, "d1"))], sent))
    assert card["indicator"] == "critical"


@pytest.mark.parametrize("selection", ["RequestGroup/g1", "g1", "RequestGroup/g1#d1", "#d1", "d1"])
def test_an_order_inside_another_is_selected_with_it_or_alone(check: Ask, selection: str) -> None:
    """By the group that was picked, or by its name in it."""
    drafts = [draft(AMOXICILLIN, "d2"), group(draft(SIMVASTATIN))]
    [card] = check(choose(drafts, ON_CLARITHROMYCIN, selection))
    assert card["indicator"] == "critical"
    assert check(choose(drafts, ON_CLARITHROMYCIN, "MedicationRequest/d2")) == []


def test_a_part_of_a_group_that_is_not_there_is_said(check: Ask) -> None:
    """Nobody can tell which was meant."""
    drafts = [group(draft(SIMVASTATIN))]
    assert "draftOrders does not hold it" in said(
        check(choose(drafts, ON_CLARITHROMYCIN, "RequestGroup/g1#d9"))
    )


@pytest.mark.parametrize(
    ("outer", "says"),
    [
        (group(draft("Zzyzx 5 mg")), "names no drug that is known"),
        (group({"resourceType": "MedicationOrder", "id": "d1"}), "DSTU2"),
        (group(contained=[draft(SIMVASTATIN), 7], id="g1"), ""),
        (group(contained='{"resourceType": "MedicationRequest"}'), ""),
    ],
)
def test_what_is_inside_and_cannot_be_read_is_said(check: Ask, outer: Json, says: str) -> None:
    """As any order is, and nothing breaks the call."""
    cards = check(sign([outer], ON_NOTHING))
    assert says in said(cards)
    assert bool(cards) is bool(says)


def test_what_an_order_of_a_medication_contains_is_no_further_order(check: Ask) -> None:
    """The prescription before it tells where it is from."""
    before = {**draft(SIMVASTATIN, "old"), "status": "active"}
    outer = draft(AMOXICILLIN, contained=[before], priorPrescription={"reference": "#old"})
    assert check(sign([outer], ON_CLARITHROMYCIN)) == []


def test_the_orders_of_a_context_are_found_however_its_name_is_written(client: FlaskClient) -> None:
    """JSON may escape any letter."""
    sent = body(sign([draft(SIMVASTATIN)], ON_CLARITHROMYCIN))
    escaped = sent.replace(b'"draftOrders"', b'"dr\\u0061ftOrders"')
    response = client.post(ORDER_CHECK, data=escaped, content_type="application/json")
    assert response.get_json()["cards"][0]["indicator"] == "critical"


def test_many_orders_that_share_much_are_said_and_take_no_room(check: Ask) -> None:
    """A group of some kilobytes may not become a gigabyte."""
    large = {**DRUG, "text": {"div": "x" * 50_000}}
    outer = group(large, *({**POINTING, "id": f"d{number}"} for number in range(300)))
    assert "cannot be opened" in said(check(sign([outer], ON_CLARITHROMYCIN)))


def test_a_part_whose_id_is_a_number_that_nothing_can_hold_is_said(client: FlaskClient) -> None:
    """It cannot be taken out of its group, and may be an order."""
    sent = body(sign([group(draft(SIMVASTATIN))], ON_CLARITHROMYCIN)).replace(b'"d1"', b"1e999")
    response = client.post(ORDER_CHECK, data=sent, content_type="application/json")
    assert response.status_code == 200
    assert "cannot be opened" in said(response.get_json()["cards"])
