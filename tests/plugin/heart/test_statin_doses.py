"""Every way in which a record writes a dose, from a FHIR Bundle to what is said of a dose cap.

Simvastatin beside amlodipine: 20 mg a day is allowed. `over`, `kept` and `unread` are the answers.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.plugin.heart.statin_charts import answer, drug, interactions

DAILY = {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}}
TWENTY = "simvastatin 20 MG Oral Tablet"
OVER, UNREAD = ["statin-over-dose-cap"], ["statin-dose-not-read"]
KEPT: list[str] = []


def _mg(value: float) -> dict[str, Any]:
    return {"doseQuantity": {"value": value, "unit": "mg", "code": "mg"}}


def _tablets(value: float, unit: str = "tablet") -> dict[str, Any]:
    return {"doseQuantity": {"value": value, "unit": unit}}


def _dose(dose: dict[str, Any], timing: Any = None, **more: Any) -> dict[str, Any]:
    return {"timing": timing or DAILY, "doseAndRate": [dose], **more}


def _every(**repeat: Any) -> dict[str, Any]:
    return {"repeat": repeat}


def _said(*dosages: dict[str, Any], name: str = TWENTY, **more: Any) -> list[str]:
    statin = drug(name, dosageInstruction=list(dosages), **more)
    said = answer(statin, drug("amlodipine 5 mg tablet", 5))
    return [finding.rule for finding in interactions(said)]


@pytest.mark.parametrize(
    ("dosage", "expected"),
    [
        (_dose(_mg(20)), KEPT),
        (_dose(_mg(20.5)), OVER),
        (_dose(_mg(40)), OVER),
        (_dose({"doseQuantity": {"value": 0.04, "unit": "g"}}), OVER),
        (_dose(_tablets(1)), KEPT),
        (_dose(_tablets(2)), OVER),
        (_dose(_tablets(0.5)), KEPT),
        (_dose(_tablets(2, "{tbl}")), OVER),
        (_dose(_tablets(2, "Tab")), OVER),
        (_dose(_tablets(1), _every(frequency=2, period=1, periodUnit="d")), OVER),
        (_dose(_tablets(1), _every(frequency=1, period=12, periodUnit="h")), OVER),
        (_dose(_tablets(1), _every(frequency=1, period=2, periodUnit="d")), KEPT),
        (_dose(_tablets(2), _every(frequency=1, period=2, periodUnit="d")), OVER),
        (_dose(_tablets(1), _every(frequency=3, period=1, periodUnit="wk")), KEPT),
        (_dose(_tablets(1), _every(when=["HS"])), KEPT),
        (_dose(_tablets(1), _every(when=["MORN", "HS"])), OVER),
        (_dose(_tablets(1), _every(timeOfDay=["08:00", "20:00"])), OVER),
        (_dose(_tablets(1), {"code": {"coding": [{"code": "BID"}]}}), OVER),
        (_dose(_tablets(1), {"code": {"text": "Nightly"}}), KEPT),
        (_dose(_tablets(1), {"code": {"text": "as directed"}}), UNREAD),
        (_dose(_tablets(1), asNeededBoolean=True), UNREAD),
        (_dose(_tablets(1), asNeeded=True), UNREAD),
        (_dose(_tablets(1), asNeededCodeableConcept={"text": "cramps"}), UNREAD),
        (_dose({"doseRange": {"low": {"value": 1}, "high": {"value": 2}}}), UNREAD),
        (_dose(_tablets(1), _every(frequency=1, frequencyMax=2, period=1, periodUnit="d")), UNREAD),
        (_dose({"doseQuantity": {"value": 1}}), UNREAD),
        (_dose({"doseQuantity": {"value": 5, "unit": "mL"}}), UNREAD),
        ({"text": "take 1 tablet by mouth at bedtime"}, KEPT),
        ({"text": "take 2 tablets by mouth at bedtime"}, OVER),
        ({"text": "Take 1 tablet (20 mg) twice daily"}, OVER),
        ({"text": "20 mg every other day"}, KEPT),
        ({"text": "1-2 tablets daily"}, UNREAD),
        ({"text": "one tablet as directed"}, UNREAD),
        ({"text": "1 tablet daily as needed"}, UNREAD),
        ({"text": "2 tablets daily", "timing": DAILY, "doseAndRate": [_tablets(1)]}, UNREAD),
        ({}, UNREAD),
    ],
)
def test_a_dose_is_read_or_said_to_be_unread(dosage: dict[str, Any], expected: list[str]) -> None:
    """From structure, else from words that are all understood; a guess is never made."""
    assert expected == _said(dosage)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("simvastatin 40 mg tablet", OVER),
        ("Simvastatin 40 MG Oral Tablet [Zocor]", OVER),
        ("Zocor 40mg", OVER),
        ("SIMVASTATIN 20MG TABS", KEPT),
        ("simvastatin tab 20 mg", KEPT),
        ("simvastatin", UNREAD),
        ("simvastatin 10-20 mg", UNREAD),
        ("ezetimibe 10 MG / simvastatin 40 MG Oral Tablet", OVER),
        ("ezetimibe 10 MG / simvastatin 20 MG Oral Tablet", KEPT),
    ],
)
def test_tablets_take_their_strength_from_the_name(name: str, expected: list[str]) -> None:
    """One tablet daily of what the name says; of a combination each ingredient has its own."""
    assert expected == _said(_dose(_tablets(1)), name=name)


def test_a_mass_of_a_combination_is_of_nobody() -> None:
    """40 mg of ezetimibe with simvastatin: of which?"""
    name = "ezetimibe 10 MG / simvastatin 20 MG Oral Tablet"
    assert UNREAD == _said(_dose(_mg(40)), name=name)


@pytest.mark.parametrize(
    ("dosages", "expected"),
    [
        ([_dose(_mg(10), sequence=1), _dose(_mg(10), sequence=1)], KEPT),
        ([_dose(_mg(10), sequence=1), _dose(_mg(20), sequence=1)], OVER),
        ([_dose(_mg(20), sequence=1), _dose(_mg(40), sequence=2)], UNREAD),
        ([_dose(_mg(20)), _dose(_mg(20))], UNREAD),
        ([], UNREAD),
    ],
)
def test_several_instructions_are_added_only_where_they_hold_together(
    dosages: list[dict[str, Any]], expected: list[str]
) -> None:
    """The same sequence number says so; anything else may be a taper."""
    assert expected == _said(*dosages)


def _bounded(mg: float, **period: str) -> dict[str, Any]:
    return _dose(_mg(mg), {"repeat": {**DAILY["repeat"], "boundsPeriod": period}})


def test_bounds_tell_which_step_holds_today() -> None:
    """A step that is over does not count, and one that is to come does not yet."""
    past, now = _bounded(40, end="2026-09-30"), _bounded(20, start="2026-10-01")
    assert KEPT == _said(past, now)
    assert OVER == _said(_bounded(20, end="2026-09-30"), _bounded(40, start="2026-10-01"))


def test_an_order_and_a_statement_of_one_drug_are_not_added_up() -> None:
    """The same tablet, written down twice."""
    order = drug(TWENTY, dosageInstruction=[_dose(_mg(20))])
    statement = {
        "resourceType": "MedicationStatement",
        "id": "s",
        "status": "active",
        "subject": {"reference": "Patient/p"},
        "medicationCodeableConcept": {"text": TWENTY},
        "dosage": [_dose(_mg(20))],
    }
    said = answer(order, statement, drug("amlodipine 5 mg tablet", 5))
    assert [] == interactions(said)


def test_a_second_entry_without_a_dose_leaves_it_open() -> None:
    """It may be more, so it is said."""
    order = drug(TWENTY, dosageInstruction=[_dose(_mg(20))])
    other = drug("simvastatin", id="other")
    said = answer(order, other, drug("amlodipine 5 mg tablet", 5))
    assert UNREAD == [finding.rule for finding in interactions(said)]


@pytest.mark.parametrize(
    ("dosage", "expected"),
    [
        (_dose(_tablets(2)), OVER),
        (_dose(_tablets(1)), KEPT),
        (_dose(_tablets(1), asNeeded=True), UNREAD),
        (_dose(_tablets(1), asNeededFor=[{"text": "cramps"}]), UNREAD),
        ({"text": "take 2 tablets by mouth nightly"}, OVER),
    ],
)
@pytest.mark.parametrize("resource", ["MedicationRequest", "MedicationStatement"])
def test_r5_shapes_are_read_alike(
    dosage: dict[str, Any], expected: list[str], resource: str
) -> None:
    """`medication.concept`, `asNeeded`, `asNeededFor`, and the statement's own status words."""
    ours: dict[str, Any] = {
        "resourceType": resource,
        "id": "r5",
        "status": "active" if resource == "MedicationRequest" else "recorded",
        "subject": {"reference": "Patient/p"},
        "medication": {"concept": {"text": TWENTY}},
    }
    if resource == "MedicationRequest":
        ours |= {"intent": "order", "dosageInstruction": [dosage]}
    else:
        ours |= {"dosage": [dosage], "adherence": {"code": {"coding": [{"code": "taking"}]}}}
    said = answer(ours, drug("amlodipine 5 mg tablet", 5))
    assert expected == [finding.rule for finding in interactions(said)]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ezetimibe-simvastatin 10 mg-40 mg tablet", UNREAD),
        ("ezetimibe/simvastatin (VYTORIN) 10mg/40mg tab", UNREAD),
        ("ezetimibe 10 mg-simvastatin 40 mg tablet", OVER),
        ("ezetimibe 10 mg-simvastatin 20 mg tablet", KEPT),
    ],
)
def test_a_strength_after_two_names_is_not_taken_for_the_last_one(
    name: str, expected: list[str]
) -> None:
    """Ten of ezetimibe and forty of simvastatin: ten would be a dose that no label limits."""
    assert expected == _said(_dose(_tablets(1)), name=name)


def test_the_dose_that_was_read_is_evidence() -> None:
    """The reader sees what was added up."""
    twice = _dose(_tablets(1), _every(frequency=2, period=1, periodUnit="d"))
    said = answer(drug(TWENTY, dosageInstruction=[twice]), drug("amlodipine 5 mg tablet", 5))
    (finding,) = interactions(said)
    assert (40.0, "mg/d") in [(item.value, item.unit) for item in finding.because]
