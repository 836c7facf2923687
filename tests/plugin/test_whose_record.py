"""A call with two Patients under one id: it may be the record of two people, and a card says so."""

from __future__ import annotations

from typing import Any

import pytest

from tests.plugin.conftest import Ask
from tests.plugin.hook_calls import Json, order, patient, potassium, prefetch, searchset

AMOXICILLIN = "amoxicillin 500 MG Oral Capsule"
THIAZIDE = "hydrochlorothiazide 25 MG Oral Tablet"
DOUBT = "the record of two people"


def sent(*drugs: str, other: Json, **more: Any) -> Json:
    """A call in which a second Patient came with the medication list."""
    orders = [order(text, f"m{number}") for number, text in enumerate(drugs)]
    both = searchset(*orders, other)
    return prefetch(*orders, **{"medications": both, "patient": patient(), **more})


@pytest.mark.parametrize(
    "other",
    [
        patient(birthDate="1951-02-03"),
        patient(birthDate="1951-02-03", meta={"lastUpdated": "2026-01-01T00:00:00Z"}),
    ],
    ids=["neither is newer", "one is newer"],
)
def test_two_people_under_one_id_raise_a_card(ask: Ask, other: Json) -> None:
    """Where nothing was found: a silence would be about nobody."""
    [card] = ask(sent(AMOXICILLIN, other=other))
    assert card["indicator"] == "info"
    assert "two Patients with one id differ" in card["summary"]
    assert DOUBT in card["detail"]
    assert "medication entr" not in card["summary"]
    assert "of one patient, and that is in doubt" in card["detail"].splitlines()[0]
    assert "1951" not in card["detail"]


def test_the_doubt_stands_beside_what_was_found(ask: Ask) -> None:
    """On the card of what could not be relied on."""
    call = sent(
        THIAZIDE, other=patient(birthDate="1951-02-03"), potassium=searchset(potassium(3.1))
    )
    found, doubt = ask(call)
    assert found["indicator"] == "warning"
    assert DOUBT not in found["detail"]
    assert DOUBT in doubt["detail"]


def test_the_doubt_is_said_of_a_patient_who_is_not_assessed(ask: Ask) -> None:
    """The one who is a child may be the other."""
    not_assessed, doubt = ask(sent(THIAZIDE, other=patient(birthDate="2015-02-03")))
    assert "under 18" in not_assessed["summary"]
    assert DOUBT in doubt["detail"]


def test_two_versions_of_one_patient_raise_no_card(ask: Ask) -> None:
    """A newer one stands for both, and one that reads the same is the same."""
    assert ask(sent(AMOXICILLIN, other=patient(active=True))) == []
    newer = patient(
        meta={"lastUpdated": "2026-01-01T00:00:00Z"}, deceasedBoolean=False, gender="male"
    )
    assert ask(sent(AMOXICILLIN, other=newer)) == []


def test_an_entry_that_another_contradicts_is_not_said_to_be_of_several_drugs(ask: Ask) -> None:
    """Two versions of an order, of which neither is newer."""
    orders = [order(THIAZIDE), order(THIAZIDE, status="stopped"), order(AMOXICILLIN, "m2")]
    [card] = [card for card in ask(prefetch(*orders)) if "is contradicted" in card["detail"]]
    assert "different drugs" not in card["detail"]
