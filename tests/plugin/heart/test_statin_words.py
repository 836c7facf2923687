"""Doses in the words of a dosage, of its patient and of R5's whole order, up to a dose cap.

Simvastatin beside amlodipine: 20 mg a day is allowed. `OVER`, `KEPT` and `UNREAD` are the answers.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.plugin.heart.statin_charts import answer, drug, interactions

DAILY = {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}}
TWENTY = "simvastatin 20 MG Oral Tablet"
OVER, UNREAD = ["statin-over-dose-cap"], ["statin-dose-not-read"]
KEPT: list[str] = []


def _tablets(value: float, **more: Any) -> dict[str, Any]:
    dose = {"doseQuantity": {"value": value, "unit": "tablet"}}
    return {"timing": DAILY, "doseAndRate": [dose], **more}


def _said(*dosages: dict[str, Any], name: str = TWENTY, **more: Any) -> list[str]:
    statin = drug(name, dosageInstruction=list(dosages), **more)
    said = answer(statin, drug("amlodipine 5 mg tablet", 5))
    return [finding.rule for finding in interactions(said)]


@pytest.mark.parametrize(
    ("dosage", "expected"),
    [
        ({"patientInstruction": "Take 2 tablets at bedtime"}, OVER),
        ({"patientInstruction": "Take 1 tablet at bedtime"}, KEPT),
        ({"patientInstruction": "Take 1-2 tablets at bedtime"}, UNREAD),
        ({"patientInstruction": "Take as directed"}, UNREAD),
        ({"text": "2 tablets daily", "patientInstruction": "2 tablets daily"}, OVER),
        ({"text": "2 tablets", "patientInstruction": "every night"}, OVER),
        ({"text": "2 tablets daily", "patientInstruction": "Take with food."}, OVER),
        ({"text": "2 tablets daily", "patientInstruction": "Avoid grapefruit juice."}, OVER),
        ({"text": "1 tablet daily", "patientInstruction": "1 tablet twice daily"}, UNREAD),
        ({"text": "1 tablet daily", "patientInstruction": "2 tablets daily"}, UNREAD),
        ({"text": "1 tablet daily", "patientInstruction": "20 mg daily"}, KEPT),
        ({"text": "1 tablet daily", "patientInstruction": "40 mg daily"}, UNREAD),
        ({"text": "1 tablet daily", "patientInstruction": "double it after a week"}, UNREAD),
        ({"text": "1 tablet daily", "patientInstruction": "ein Hub 2 Tabl."}, UNREAD),
        ({"text": "1 tablet daily", "patientInstruction": "an extra tablet sundays"}, UNREAD),
        ({"text": "1 tablet daily", "patientInstruction": "rest at night"}, UNREAD),
        ({"text": "as directed", "patientInstruction": "2 tablets daily"}, UNREAD),
        ({"text": "see the leaflet", "patientInstruction": "2 tablets daily"}, OVER),
        (_tablets(2, patientInstruction="Take as directed"), OVER),
        (_tablets(1, patientInstruction="1 tablet daily"), KEPT),
        (_tablets(1, patientInstruction="2 tablets daily"), UNREAD),
        (_tablets(1, patientInstruction="1 tablet twice daily"), UNREAD),
        (_tablets(1, patientInstruction="1 tablet daily", asNeededBoolean=True), UNREAD),
    ],
)
def test_what_the_patient_is_told_is_read_like_the_text(
    dosage: dict[str, Any], expected: list[str]
) -> None:
    """All of it or nothing. What is not about a dose takes nothing away; two answers are none."""
    assert expected == _said(dosage)


@pytest.mark.parametrize(
    ("rendered", "dosages", "expected"),
    [
        ("2 tablets by mouth daily", [], OVER),
        ("1 tablet by mouth daily", [], KEPT),
        ("1-2 tablets by mouth daily", [], UNREAD),
        ("20 mg daily for 2 weeks, then 40 mg daily", [], UNREAD),
        ("**2 tablets** daily", [], UNREAD),
        ("2 tablets daily", [{"route": {"text": "oral"}}], OVER),
        ("2 tablets daily", [{"text": "2 tablets"}], OVER),
        ("2 tablets daily", [{"text": "1 tablet daily"}], UNREAD),
        ("2 tablets daily", [_tablets(1)], UNREAD),
        ("1 tablet daily", [_tablets(1)], KEPT),
        ("as directed", [_tablets(2)], OVER),
        ("1 tablet daily", [_tablets(1, asNeededBoolean=True)], UNREAD),
        ("40 mg daily", [_tablets(1, sequence=1), _tablets(1, sequence=1)], OVER),
        ("20 mg daily", [_tablets(0.5, sequence=1), _tablets(0.5, sequence=1)], KEPT),
        ("20 mg daily", [_tablets(1, sequence=1), _tablets(1, sequence=1)], UNREAD),
        ("as directed", [_tablets(1, sequence=1), _tablets(1, sequence=1)], OVER),
        ("20 mg daily", [_tablets(1, sequence=1), _tablets(1, sequence=2)], UNREAD),
    ],
)
@pytest.mark.parametrize("resource", ["MedicationRequest", "MedicationStatement"])
def test_the_rendered_instruction_is_a_text_of_the_whole_order(
    rendered: str, dosages: list[dict[str, Any]], expected: list[str], resource: str
) -> None:
    """It fills in for one instruction, and of several it may not say otherwise."""
    ours: dict[str, Any] = {
        "resourceType": resource,
        "id": "r5",
        "status": "active" if resource == "MedicationRequest" else "recorded",
        "subject": {"reference": "Patient/p"},
        "medication": {"concept": {"text": TWENTY}},
        "renderedDosageInstruction": rendered,
    }
    if resource == "MedicationRequest":
        ours |= {"intent": "order", "dosageInstruction": dosages}
    else:
        ours |= {"dosage": dosages, "adherence": {"code": {"coding": [{"code": "taking"}]}}}
    said = answer(ours, drug("amlodipine 5 mg tablet", 5))
    assert expected == [finding.rule for finding in interactions(said)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("half a tablet daily", KEPT),
        ("1/2 tablet daily", KEPT),
        ("\u00bd tablet daily", KEPT),
        ("\u00bc tablet daily", KEPT),
        ("1.5 tabs daily", OVER),
        ("1\u00bd tabs daily", OVER),
        ("1 \u00bd tabs daily", OVER),
        ("1 1/2 tabs daily", OVER),
        ("one (1) tablet daily", KEPT),
        ("1 tablet EVERY OTHER DAY", KEPT),
        ("2 tablets EVERY OTHER DAY", OVER),
        ("2 tablets 3 times a week", OVER),
        ("20 mg QD", KEPT),
        ("20 mg q.d.", KEPT),
        ("20 mg Q.O.D.", KEPT),
        ("10 mg QID", OVER),
        ("10 mg q.i.d.", OVER),
        ("20 mg b.i.d", OVER),
        ("20 mg b.d.", OVER),
        ("7 mg t.d.s.", OVER),
        ("5 mg t.d.s.", KEPT),
        ("5 mg q.d.s.", KEPT),
        ("6 mg q.d.s", OVER),
        ("20000 \u00b5g daily", KEPT),
        ("40000 \u03bcg daily", OVER),
        ("40000 mcg daily", OVER),
        ("Take 2 tablets (40 mg total) by mouth daily", OVER),
        ("Take 1 tablet (20 mg total) by mouth twice daily", OVER),
        ("1 tablet daily for high cholesterol", KEPT),
    ],
)
def test_what_is_certain_in_a_dosage_of_words_is_read(text: str, expected: list[str]) -> None:
    """Halves, dotted abbreviations, the sign for micro, the total of one time."""
    assert expected == _said({"text": text})


@pytest.mark.parametrize(
    "text",
    [
        "1-2 tablets daily", "1\u20132 tablets daily", "1 tab q6h prn max 4/day", "1 tab q4-6h",
        "1/2-1 tablet daily", "1/2 tablets daily", "1/2 tablet(s) daily", "11/2 tablets daily",
        "10/20 mg daily", "40 \u00bd tablet daily", "5/8 tablet daily", "1/2 daily",
        "5 ml of 40 mg/5 ml daily", "5 ml (40 mg/5 ml) daily", "40 mg/kg daily", "40 mg/5 ml daily",
        "1,5 tablets daily", "0,5 tablet daily", "1,500 mg daily", "0,125 mg daily",
        "1.500 mg daily", "20.000 mg daily", "1 000 mg daily",
        "20 mg for 2 weeks then 40 mg", "20 mg daily for 2 weeks, 40 mg daily for 2 weeks",
        "1 tablet daily, increase to 2 tablets after 1 week", "take 40", "take 40 daily", "40",
        "40mg daily (2 x 20mg tablets)", "2 x 20mg tablets daily", "20mg x 2 daily", "1-0-1",
        "20 mg bid (40 mg daily)", "20 mg twice daily = 40 mg daily",
        "1 tablet twice daily (40 mg total)", "total dose 20 mg twice daily",
        "20 mg twice daily 20 mg",
        "1 tablet daily for cholesterol on weekdays", "1 tablet daily for heart unless ill",
        "1 tablet daily for cholesterol double dose", "1 tablet for heart every sunday",
        "1 tablet daily for one two three four five", "1 tablet daily for pain as tolerated",
        "1 tablet daily for alpha beta gamma delta epsilon", "20 mg daily and 20 mg at bedtime",
    ],
)  # fmt: skip
def test_what_may_mean_two_doses_is_not_read(text: str) -> None:
    """A range, a taper, a comma, a fraction of what, a total of when: said to be unread."""
    assert UNREAD == _said({"text": text})


@pytest.mark.parametrize(
    ("dosage", "expected"),
    [
        ({"text": "Take 2 tablets (20 mg) daily"}, UNREAD),
        ({"text": "simvastatin 20 mg take 2 tablets daily"}, UNREAD),
        ({"text": "half tablet (20 mg) daily"}, UNREAD),
        ({"text": "1 tablet (40 mg) daily"}, OVER),
        ({"text": "simvastatin 20 mg 1 tablet daily"}, KEPT),
        (_tablets(2, text="20 mg daily"), UNREAD),
        (_tablets(1, text="20 mg daily"), KEPT),
    ],
)
def test_beside_several_tablets_of_unknown_strength_a_mass_may_be_of_one(
    dosage: dict[str, Any], expected: list[str]
) -> None:
    """Where the name has no strength: 2 tablets (20 mg) are 20 mg or 40."""
    assert expected == _said(dosage, name="simvastatin")


def test_a_total_that_structure_repeats_may_be_of_the_day() -> None:
    """The text does not say how often, so it does not say of what it is the total."""
    twice = {"repeat": {"frequency": 2, "period": 1, "periodUnit": "d"}}
    assert UNREAD == _said({"text": "20 mg total", "timing": twice})
    assert OVER == _said({"text": "20 mg", "timing": twice})


@pytest.mark.parametrize("unit", ["mg/kg", "mg/h", "tablet/day"])
def test_a_dose_per_something_is_no_dose(unit: str) -> None:
    """Whether the unit or its code says so, and whatever the text adds."""
    for spelled in ({"unit": unit}, {"unit": "mg", "code": unit}):
        dose = {"timing": DAILY, "doseAndRate": [{"doseQuantity": {"value": 1, **spelled}}]}
        assert UNREAD == _said(dose)
        assert UNREAD == _said(dose | {"text": "20 mg daily"})


def test_the_sign_for_micro_is_understood_in_a_unit() -> None:
    """Both of its characters."""
    for micro in ("\u00b5g", "\u03bcg"):
        dose = {"doseQuantity": {"value": 40000, "unit": micro}}
        assert OVER == _said({"timing": DAILY, "doseAndRate": [dose]})


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ({"coding": [{"code": "QD"}]}, KEPT),
        ({"coding": [{"code": "BID"}]}, UNREAD),
        ({"text": "twice daily"}, UNREAD),
        ({"text": "as the ward does"}, KEPT),
    ],
)
def test_a_schedule_and_a_code_that_differ_leave_the_dose_unread(
    code: dict[str, Any], expected: list[str]
) -> None:
    """FHIR wants both to say the same."""
    dosage = _tablets(1) | {"timing": DAILY | {"code": code}}
    assert expected == _said(dosage)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Take ONE at night", KEPT),
        ("ONE TO BE TAKEN AT NIGHT", KEPT),
        ("Take TWO at night", OVER),
        ("one twice a day", OVER),
        ("One in the morning and one at night", OVER),
        ("half to be taken daily", KEPT),
        ("one and a half daily", OVER),
        ("one daily (20 mg)", KEPT),
        ("one or two at night", UNREAD),
        ("one in the morning and two at night", UNREAD),
        ("one at night then two at night", UNREAD),
        ("one at night as needed", UNREAD),
        ("twenty-one daily", UNREAD),
        ("one hundred daily", UNREAD),
        ("two times daily", UNREAD),
        ("2 at night", UNREAD),
        ("take one", UNREAD),
    ],
)
def test_a_number_in_words_before_a_time_counts_tablets(text: str, expected: list[str]) -> None:
    """As labels in the United Kingdom are written. A digit may be of milligrams."""
    assert expected == _said({"text": text})


def test_one_at_night_of_a_liquid_is_no_dose() -> None:
    """One what?"""
    name = "simvastatin 4 MG/ML Oral Suspension"
    assert UNREAD == _said({"text": "one at night"}, name=name)
