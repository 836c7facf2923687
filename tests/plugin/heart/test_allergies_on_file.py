"""No option puts forward a drug to which an allergy or intolerance is on file."""

from __future__ import annotations

from typing import Any

import pytest

from plugin.cards import cards_for
from plugin.model import Assessment
from plugin.pipeline import default_pipeline
from plugin.reading.source import split
from tests.plugin.reading.build import (
    AS_OF,
    Json,
    allergy,
    bundle,
    lab,
    order,
    person,
    problem,
    without,
)

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


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("ACE inhibitors", "ACE inhibitors"),
        ("ACE Inhibitor", "ACE inhibitors"),
        ("ace-inhibitors", "ACE inhibitors"),
        ("ACEi", "ACE inhibitors"),
        ("Angiotensin-converting enzyme inhibitors", "ACE inhibitors"),
        ("Allergy to ACE inhibitor (finding)", "ACE inhibitors"),
        ("ACE inhibitor-induced cough", "ACE inhibitors"),
        ("Angiotensin II receptor antagonists", "angiotensin receptor blockers"),
        ("Aldosterone antagonists", "mineralocorticoid receptor antagonists"),
        ("diuretics", "diuretics"),
    ],
)
def test_an_allergy_to_a_class_is_one_to_all_of_it(text: str, name: str) -> None:
    """As allergy lists often have it; the class is the reason, and not each of its drugs."""
    said = _said(_allergy(text))
    assert {POTASSIUM} == _offered(said)
    (gone,) = [one for one in said.withheld if one.mitigation == COMBINATION]
    assert [f"allergy:{name}"] == [item.fact for item in gone.because]


@pytest.mark.parametrize(
    "one",
    [
        _allergy("Allergy to lisinopril"),
        _allergy("lisinopril intolerance"),
        _allergy("penicillin; lisinopril"),
        _allergy("Angioedema caused by lisinopril"),
        _allergy("lisinopril, no anaphylaxis"),
        _allergy("lisinopril not tolerated"),
        _allergy("", reaction=[{"substance": {"text": "lisinopril"}}]),
        _allergy("lisinopril", reaction="cough"),
    ],
    ids=lambda one: one["code"]["text"] or "the substance of a reaction",
)
def test_a_drug_is_found_however_an_allergy_names_it(one: Json) -> None:
    """Also where what it led to cannot be read."""
    assert {POTASSIUM} == _offered(_said(one))


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("potassium", COMBINATION),
        ("Potassium (substance)", COMBINATION),
        ("losartan potassium", POTASSIUM),
        ("Denies allergy to lisinopril", ""),
        ("No known allergy to lisinopril", ""),
        ("penicillin V potassium", ""),
        ("calcium channel blockers", ""),
        ("ACE wrap", ""),
    ],
)
def test_words_that_only_look_like_a_class_withhold_nothing(text: str, kept: str) -> None:
    """A salt is no potassium, and what is denied is no allergy."""
    assert ({kept} if kept else {POTASSIUM, COMBINATION}) == _offered(_said(_allergy(text)))


def _switch(*allergies: Json) -> str:
    """What is said of another statin to somebody with cramps on one."""
    chart = (
        person(),
        order("simvastatin 20 MG Oral Tablet"),
        problem(code={"text": "muscle cramps"}),
        lab("2157-6", 90, "U/L", id="ck", referenceRange=[{"high": {"value": 200, "unit": "U/L"}}]),
        *allergies,
    )
    data = bundle(*({"resource": resource} for resource in chart))
    said = default_pipeline().assess_entries(split(data), AS_OF)
    (text,) = [one.text for one in said.mitigations if one.id == "statin-switch-review"]
    return text


@pytest.mark.parametrize(
    ("text", "name"), [("rosuvastatin", "rosuvastatin"), ("Statins", "statins")]
)
def test_an_allergy_to_what_an_option_may_lead_to_is_said_with_it(text: str, name: str) -> None:
    """There are others to choose, so that the option stands."""
    assert _switch(_allergy(text)).endswith(f"Allergy or intolerance on file: {name}.")


def test_an_allergy_to_anything_else_is_not_said_with_an_option() -> None:
    """Nor is any where none is on file."""
    assert _switch() == _switch(_allergy("lisinopril"))
    assert "Allergy" not in _switch()


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
