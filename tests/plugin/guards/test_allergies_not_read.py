"""An option that puts a drug forward says where the allergy list was not read: nobody looked."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from flask.testing import FlaskClient

from knowledge.vocabulary import UnreadKind
from plugin.pipeline import default_pipeline
from tests.plugin.hook_calls import URL, Json, call, order, potassium, prefetch, searchset

ASK = "Allergies could not all be read"
OUTCOME = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "timeout"}]}
EGFR = {
    "resourceType": "Observation",
    "id": "e1",
    "status": "final",
    "code": {"coding": [{"system": "http://loinc.org", "code": "98979-8"}]},
    "effectiveDateTime": "2026-10-25",
    "valueQuantity": {"value": 80, "unit": "mL/min/{1.73_m2}", "code": "mL/min/{1.73_m2}"},
}
BROKEN = {"resourceType": "AllergyIntolerance", "id": "a1", "clinicalStatus": [[7]]}
FOOD = {"resourceType": "AllergyIntolerance", "id": "a1", "code": {"text": "peanut"}}


@cache
def chart() -> Json:
    """A thiazide with a low potassium, to which replacement is an option."""
    keys = {"potassium": searchset(potassium(3.1)), "egfr": searchset(EGFR)}
    return prefetch(order("hydrochlorothiazide 25 MG Oral Tablet"), **keys)


def detail(client: FlaskClient, sent: Json) -> str:
    """What the card of what was found says."""
    response = client.post(URL, data=call(sent), content_type="application/json")
    text: str = response.get_json()["cards"][0]["detail"]
    assert "Consider potassium replacement" in text
    return text


@pytest.mark.parametrize(
    "allergies",
    [None, OUTCOME, searchset(total=3), searchset(FOOD, BROKEN)],
    ids=["left out", "failed", "cut off", "one is broken"],
)
def test_an_option_says_that_allergies_were_not_read(client: FlaskClient, allergies: Any) -> None:
    """Each option that names a drug, and no other line."""
    sent = {name: value for name, value in chart().items() if name != "allergies"}
    text = detail(client, sent if allergies is None else sent | {"allergies": allergies})
    options = text.partition("**Options to consider**")[2].partition("**Not")[0].splitlines()
    assert {ASK in line for line in options if "Consider potassium" in line} == {True}
    assert {ASK in line for line in options if "Check " in line} == {False}


@pytest.mark.parametrize("allergies", [None, searchset(), searchset(FOOD)])
def test_an_option_says_nothing_where_allergies_were_read(
    client: FlaskClient, allergies: Any
) -> None:
    """Null is an answer: somebody looked, and there are none."""
    assert ASK not in detail(client, chart() | {"allergies": allergies})


def test_every_option_that_puts_a_drug_forward_asks_for_allergies() -> None:
    """So that none can be added without."""
    known = default_pipeline().knowledge.mitigations.values()
    asking = {
        one.id
        for one in known
        for extra in one.adjust
        if extra.when == ((UnreadKind("allergies"),),) and ASK in extra.text
    }
    assert asking == {one.id for one in known if one.proposes} != set()
