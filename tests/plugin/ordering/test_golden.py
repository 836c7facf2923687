"""Golden calls; and the golden patients, their drugs ordered instead of taken."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from plugin.app import create_app
from plugin.cards.shape import FOUND
from plugin.config import Settings
from plugin.pipeline import default_pipeline
from tests.plugin.golden import Case, all_cases, hook_body
from tests.plugin.ordering.calls import ORDER_CHECK, Ask, Json, collection, deleted, said

CALLS = sorted((Path(__file__).parent / "golden").glob("*.json"))
STATED = ("MedicationStatement", "MedicationAdministration")  # which nobody can sign
PATIENTS = [
    case
    for case in all_cases()
    if not case.expected["not_assessed"]
    and not any(one["resourceType"] in STATED for one in case.resources)
]


@pytest.mark.parametrize("path", CALLS, ids=[path.stem for path in CALLS])
def test_a_golden_call_gets_the_cards_that_policy_asks_for(check: Ask, path: Path) -> None:
    """`expected`: indicators in order, what is said and what is not, and what may be deleted."""
    golden = json.loads(path.read_bytes())
    expected, cards = golden["expected"], check(golden["call"])
    assert expected["indicators"] == [card["indicator"] for card in cards]
    text = said(cards)
    assert [] == [words for words in expected["says"] if words not in text]
    assert [] == [words for words in expected["never_says"] if words in text]
    assert expected["deletes"] == deleted(cards)


@pytest.mark.parametrize("patient", PATIENTS, ids=[case.name for case in PATIENTS])
def test_drugs_that_are_all_ordered_at_once_are_judged_as_if_taken(patient: Case) -> None:
    """The same level: what would be found tomorrow is said before the orders are signed.

    A link of which nothing follows is not: nobody is interrupted for it.
    """
    keys = {
        code.loinc: lab.id
        for lab in default_pipeline().knowledge.labs.values()
        for code in lab.codes
    }
    call = as_orders(hook_body(patient, keys))
    app = create_app(Settings(), today=lambda: patient.as_of)
    response = app.test_client().post(ORDER_CHECK, json=call)
    assert 200 == response.status_code
    found = [
        card
        for card in response.get_json()["cards"]
        if card["source"]["topic"]["code"] == FOUND["code"]
    ]
    idle = patient.expected["level"] == "info" and not patient.expected["mitigations"]
    expected = "none" if idle else patient.expected["level"]
    assert expected == (found[0]["indicator"] if found else "none")


def as_orders(call: Json) -> Json:
    """The call in which the orders of the list are about to be signed, and the list is empty."""
    listed: list[Any] = call["prefetch"]["medications"].pop("entry")
    orders = collection([entry["resource"] for entry in listed])
    return {**call, "hook": "order-sign", "context": {**call["context"], "draftOrders": orders}}
