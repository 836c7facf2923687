"""No option puts forward a drug to which an allergy or intolerance is on file."""

from __future__ import annotations

from typing import Any

import pytest

from plugin.cards import cards_for
from plugin.model import Assessment
from plugin.pipeline import default_pipeline
from plugin.reading.source import split
from tests.plugin.reading.build import AS_OF, Json, allergy, bundle, lab, order, person, without

POTASSIUM, COMBINATION = (
    "potassium-repletion-review",
    "potassium-sparing-or-raas-combination-review",
)


def _allergy(text: str, **more: Any) -> Json:
    made = allergy(code={"text": text}, recordedDate="2020-03-04", **more)
    return made if "reaction" in more else without(made, "reaction")


def _said(*allergies: Json) -> Assessment:
    """About somebody on a thiazide with a low potassium and a sound kidney."""
    chart = (
        person(gender="male"),
        order("hydrochlorothiazide 25 MG Oral Tablet"),
        lab("2823-3", 3.2, id="k"),
        lab("98979-8", 80, "mL/min/{1.73_m2}", id="e"),
        *allergies,
    )
    data = bundle(*({"resource": resource} for resource in chart))
    return default_pipeline().assess_entries(split(data), AS_OF)


def _offered(said: Assessment) -> set[str]:
    return {option.id for option in said.mitigations} & {POTASSIUM, COMBINATION}


def test_without_an_allergy_both_are_offered() -> None:
    """So that the tests below can fail."""
    assert {POTASSIUM, COMBINATION} == _offered(_said())


@pytest.mark.parametrize(
    ("text", "name", "withheld"),
    [
        ("lisinopril", "lisinopril", COMBINATION),
        ("Lisinopril 10 MG Oral Tablet", "lisinopril", COMBINATION),
        ("spironolactone", "spironolactone", COMBINATION),
        ("potassium chloride", "potassium chloride", POTASSIUM),
        ("Klor-Con", "potassium chloride", POTASSIUM),
    ],
)
def test_what_is_put_forward_is_withheld_with_the_allergy_as_the_reason(
    text: str, name: str, withheld: str
) -> None:
    """The other option stands, and the card says why this one does not."""
    said = _said(_allergy(text))
    assert {POTASSIUM, COMBINATION} - {withheld} == _offered(said)
    (gone,) = [one for one in said.withheld if one.mitigation == withheld]
    assert [(f"allergy:{name}", "AllergyIntolerance/a1", "2020-03-04")] == [
        (item.fact, item.reference, item.date) for item in gone.because
    ]
    (card,) = cards_for(said, default_pipeline().knowledge)
    assert f"allergy or intolerance: {name} (2020-03-04)" in card["detail"]


@pytest.mark.parametrize("text", ["ACE inhibitors", "ACE Inhibitor", "ace-inhibitors"])
def test_an_allergy_to_a_class_is_one_to_all_of_it(text: str) -> None:
    """As allergy lists often have it."""
    assert {POTASSIUM} == _offered(_said(_allergy(text)))


def test_that_it_was_angioedema_or_a_rash_makes_no_difference() -> None:
    """Which reactions forbid a drug is for a person to say."""
    rash = [{"manifestation": [{"text": "rash"}]}]
    assert {POTASSIUM} == _offered(_said(_allergy("lisinopril", reaction=rash)))


@pytest.mark.parametrize(
    "one",
    [
        _allergy("penicillin"),
        _allergy("peanut"),
        _allergy("hydrochlorothiazide"),
        _allergy("lisinopril", clinicalStatus={"coding": [{"code": "resolved"}]}),
        _allergy("lisinopril", verificationStatus={"coding": [{"code": "refuted"}]}),
        _allergy("lisinopril", patient={"reference": "Patient/other"}),
    ],
    ids=["another drug", "food", "the drug that is taken", "resolved", "refuted", "of another"],
)
def test_any_other_allergy_withholds_nothing(one: Json) -> None:
    """Whatever it is of."""
    said = _said(one)
    assert {POTASSIUM, COMBINATION} == _offered(said)
    assert not [item for one in said.withheld for item in one.because if "allergy" in item.fact]
