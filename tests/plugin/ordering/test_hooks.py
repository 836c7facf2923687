"""Which service answers which hook, and what a discharge and a refill are answered with."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.plugin.conftest import SCHEMA
from tests.plugin.hook_calls import call, order, potassium, searchset
from tests.plugin.ordering.calls import (
    AMOXICILLIN,
    CLARITHROMYCIN,
    ORDER_CHECK,
    REVIEW,
    SIMVASTATIN,
    THIAZIDE,
    Ask,
    Json,
    chart,
    deleted,
    discharge,
    draft,
    refill,
    said,
    sign,
)

EXAMPLES = SCHEMA.with_name("examples")
LOW = searchset(potassium(3.2))


def shown(cards: list[Json]) -> list[Json]:
    """The cards without the ids that each answer makes anew."""
    return [_without_uuids(card) for card in cards]


def _without_uuids(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_uuids(one) for one in value]
    if isinstance(value, dict):
        kept = {name: one for name, one in value.items() if name not in ("uuid", "encounter")}
        return {name: _without_uuids(one) for name, one in kept.items()}
    return value


def test_discovery_lists_each_service_once_for_each_of_its_hooks(client: FlaskClient) -> None:
    """One id stands under several."""
    services = client.get("/cds-services").get_json()["services"]
    assert [(one["id"], one["hook"]) for one in services] == [
        ("cramp-review", "patient-view"),
        ("cramp-review", "encounter-discharge"),
        ("cramp-review", "medication-refill"),
        ("cramp-order-check", "order-select"),
        ("cramp-order-check", "order-sign"),
    ]
    prefetch = services[0]["prefetch"]
    assert all(one["prefetch"] == prefetch for one in services)
    for query in prefetch.values():
        assert "draftOrders" not in query
        assert "selections" not in query


@pytest.mark.parametrize(
    ("address", "sent", "answers"),
    [
        (ORDER_CHECK, json.loads(call(chart())), "order-select, order-sign"),
        (REVIEW, sign([], chart()), "encounter-discharge, medication-refill, patient-view"),
        (REVIEW, {**sign([], chart()), "hook": "order-dispatch"}, "patient-view"),
    ],
)
def test_a_hook_of_another_service_is_a_400_that_names_those_it_answers(
    client: FlaskClient, address: str, sent: Json, answers: str
) -> None:
    """The id alone does not choose what answers."""
    response = client.post(address, json=sent)
    assert response.status_code == 400
    assert answers in response.get_json()["issue"][0]["diagnostics"]


def test_a_discharge_is_answered_as_an_opened_chart_is(review: Ask) -> None:
    """The same list, the same words."""
    sent = chart(order(THIAZIDE), potassium=LOW)
    assert shown(review(discharge(sent))) == shown(review(json.loads(call(sent))))


def test_a_discharge_without_an_encounter_is_a_400(client: FlaskClient) -> None:
    """The hook requires it."""
    sent = discharge(chart())
    del sent["context"]["encounterId"]
    assert client.post(REVIEW, json=sent).status_code == 400


def test_a_refill_of_what_is_on_the_list_is_the_review_of_the_list(review: Ask) -> None:
    """On nobody's behalf, as programs call it."""
    sent = chart(order(THIAZIDE), potassium=LOW)
    for again in (order(THIAZIDE), draft(THIAZIDE, "m1"), draft(THIAZIDE, "m2")):
        [card] = review(refill([again], sent))
        assert "ydrochlorothiazide with potassium 3.2" in card["summary"]


def test_a_refill_that_is_not_on_the_list_is_read_too(review: Ask) -> None:
    """Also where the list has that order as completed."""
    for sent in (chart(potassium=LOW), chart(order(THIAZIDE, status="completed"), potassium=LOW)):
        [card] = review(refill([draft(THIAZIDE, "m1")], sent))
        assert card["indicator"] == "warning"
        assert deleted([card]) == []


def test_a_refill_says_what_the_whole_list_says(review: Ask) -> None:
    """It is a review, and not a check of an order."""
    sent = chart(order(SIMVASTATIN, "m1"), order(CLARITHROMYCIN, "m2"))
    [card] = review(refill([draft(AMOXICILLIN)], sent))
    assert card["indicator"] == "critical"


def test_a_refill_that_cannot_be_read_is_said(review: Ask) -> None:
    """Even where the list says nothing."""
    assert "xqzzt" in said(review(refill([draft("xqzzt the blue one")], chart())))
    misspelt = {**draft(SIMVASTATIN), "resourceType": "Medicationrequest"}
    assert "medications, entry 1" in said(review(refill([misspelt], chart())))


@pytest.mark.parametrize("value", ["text", [], {}, None])
def test_a_refill_of_what_is_no_bundle_is_a_400(client: FlaskClient, value: Any) -> None:
    """There is nothing to refill."""
    sent = refill([], chart())
    sent["context"]["medications"] = value
    assert client.post(REVIEW, json=sent).status_code == 400


def test_order_calls_of_other_projects_are_answered_or_refused_in_words(
    client: FlaskClient,
) -> None:
    """Theirs use keys of their own, so the list is missing; with ours added, they are answered."""
    if not EXAMPLES.exists():
        pytest.skip("the examples of other projects are not beside the repository")
    names = sorted(path for path in EXAMPLES.glob("*order*.json"))
    assert names
    for path in names:
        theirs = json.loads(path.read_bytes())
        refused = client.post(ORDER_CHECK, json=theirs)
        assert refused.status_code in (400, 412), path.name
        theirs["prefetch"] = chart()
        theirs["prefetch"]["patient"] = {"resourceType": "Patient", "birthDate": "1950-01-01"}
        theirs["context"].setdefault("userId", "Practitioner/1")
        answered = client.post(ORDER_CHECK, json=theirs)
        assert answered.status_code == 200, path.name
