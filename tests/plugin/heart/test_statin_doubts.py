"""Doses that could be read too low: names with two strengths, texts beyond their structure.

Simvastatin beside amlodipine: 20 mg a day is allowed. `OVER`, `KEPT` and `UNREAD` are the answers.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.plugin.heart.statin_charts import answer, cautions, drug, interactions

DAILY = {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}}
TWENTY = "simvastatin 20 MG Oral Tablet"
OVER, UNREAD = ["statin-over-dose-cap"], ["statin-dose-not-read"]
KEPT: list[str] = []


def _dose(value: float = 1, unit: str = "tablet", **more: Any) -> dict[str, Any]:
    dose = {"doseQuantity": {"value": value, "unit": unit}}
    return {"timing": DAILY, "doseAndRate": [dose], **more}


def _said(dosage: dict[str, Any], name: str = TWENTY, **more: Any) -> list[str]:
    statin = drug(name, dosageInstruction=[dosage], **more)
    said = answer(statin, drug("amlodipine 5 mg tablet", 5))
    return [finding.rule for finding in interactions(said)]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("simvastatin 20 mg, 40 mg tablet", UNREAD),
        ("simvastatin increased from 20 mg to 40 mg", UNREAD),
        ("simvastatin (dose 20 mg) 40 mg tablet", UNREAD),
        ("simvastatin 20 mg tablet, simvastatin 40 mg tablet", UNREAD),
        ("10 mg/40 mg ezetimibe/simvastatin tablet", UNREAD),
        ("40 mg/10 mg simvastatin/ezetimibe tablet", UNREAD),
        ("40 mg simvastatin / 10 mg ezetimibe tablet", OVER),
        ("simvastatin 20.000 mg", UNREAD),
        ("simvastatin 0.04 g (40 mg) tablet", OVER),
        ("simvastatin 20 mg (20 mg) tablet", KEPT),
        ("10 mg ezetimibe / 40 mg simvastatin tablet", OVER),
        ("10 mg ezetimibe / 20 mg simvastatin tablet", KEPT),
    ],
)
def test_a_name_with_two_strengths_tells_none(name: str, expected: list[str]) -> None:
    """The first of two would be 20 mg, which no label limits here."""
    assert expected == _said(_dose(), name)


@pytest.mark.parametrize(
    ("text", "display", "expected"),
    [
        ("simvastatin 20 mg", "simvastatin 40 MG Oral Tablet", UNREAD),
        ("simvastatin 40 mg", "simvastatin 20 MG Oral Tablet", UNREAD),
        ("Zocor 40 mg", "simvastatin 40 MG Oral Tablet", OVER),
        ("simvastatin", "simvastatin 40 MG Oral Tablet", OVER),
        ("simvastatin", "simvastatin 20 MG Oral Tablet", KEPT),
    ],
)
def test_a_text_and_a_display_that_differ_in_strength_tell_none(
    text: str, display: str, expected: list[str]
) -> None:
    """Neither of two names of one concept is believed before the other."""
    concept = {"text": text, "coding": [{"display": display}]}
    assert expected == _said(_dose(), medicationCodeableConcept=concept)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("niacin 1.000 mg tablet", ["statin-partner-dose-not-read"]),
        ("niacin 1,000 mg tablet", ["statin-caution-combination"]),
        ("niacin 500 mg tablet", []),
    ],
)
def test_a_thousand_with_a_point_is_not_one(name: str, expected: list[str]) -> None:
    """In German `1.000 mg` is a gram: of niacin, enough to be said beside a statin."""
    said = answer(drug("simvastatin 20 mg tablet", 20), drug(name, dosageInstruction=[_dose()]))
    found = [one.rule for one in cautions(said) if one.rule != "statin-interaction-unconfirmed"]
    assert expected == found


@pytest.mark.parametrize(
    ("dosage", "expected"),
    [
        (_dose(text="1 tablet daily for 2 weeks then 2 tablets daily"), UNREAD),
        (_dose(text="1 to 2 tablets daily"), UNREAD),
        (_dose(text="1 tablet twice daily, swallow with plenty of fluid"), UNREAD),
        (_dose(text="1 tablet mane and 1 tablet nocte, see the leaflet"), UNREAD),
        (_dose(20, "mg", text="20 mg daily for 2 weeks then 40 mg daily"), UNREAD),
        (_dose(20, "mg", patientInstruction="Start with 20 mg, increase to 0.04 g"), UNREAD),
        (_dose(2, text="2 tablets for a week then 1 tablet daily"), OVER),
        (_dose(text="1 tablet nightly, swallow with plenty of fluid"), KEPT),
        (_dose(text="Take 1 tablet by mouth nightly., Disp-90 tablet, R-3"), KEPT),
        (_dose(text="Avoid grapefruit juice. See your doctor in 6 months."), KEPT),
        (_dose(20, "mg", text="Take two of the 10 mg tablets"), KEPT),
    ],
)
def test_a_text_that_names_more_than_its_structure_leaves_the_dose_unread(
    dosage: dict[str, Any], expected: list[str]
) -> None:
    """It need not be understood for that; what names no more changes nothing."""
    assert expected == _said(dosage)


@pytest.mark.parametrize(
    ("repeat", "expected"),
    [
        ({"frequency": 4, "period": 1, "periodUnit": "wk", "dayOfWeek": ["mon", "thu"]}, OVER),
        ({"frequency": 2, "period": 1, "periodUnit": "wk", "dayOfWeek": ["mon"]}, OVER),
        ({"frequency": 2, "period": 1, "periodUnit": "wk", "dayOfWeek": ["mon", "thu"]}, KEPT),
        ({"frequency": 2, "period": 2, "periodUnit": "d", "dayOfWeek": ["mon"]}, UNREAD),
        ({"frequency": 1, "period": 1, "periodUnit": "d", "dayOfWeek": ["mon"]}, KEPT),
        ({"timeOfDay": ["08:00:00"], "when": ["MORN", "HS"]}, UNREAD),
    ],
)
def test_doses_of_a_week_fall_on_the_days_that_are_named(
    repeat: dict[str, Any], expected: list[str]
) -> None:
    """Four a week on two days are two a day. A time of day beside a moment is no FHIR."""
    assert expected == _said(_dose() | {"timing": {"repeat": repeat}})
