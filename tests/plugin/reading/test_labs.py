"""Results: which count, in which unit, and what is said of those that cannot be used."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from plugin.model import EntryKind, LabResult, UnreadReason
from tests.plugin.reading.build import (
    LOINC,
    Json,
    lab,
    person,
    read,
    without,
)

POTASSIUM, SODIUM, MAGNESIUM, EGFR = "2823-3", "2951-2", "19123-9", "33914-3"


def _one(resource: Json, *others: Json) -> LabResult:
    record = read(person(), resource, *others)
    assert () == record.unread
    # A creatinine brings a computed eGFR with it.
    (result,) = [result for result in record.labs if "computed" not in result.note]
    return result


def _fault(resource: Json) -> tuple[UnreadReason, str, str]:
    record = read(person(), resource)
    assert () == record.labs
    (unread,) = record.unread
    assert (EntryKind.LABS, "Observation/o1") == (unread.kind, unread.reference)
    return unread.reason, unread.analyte, unread.detail


def test_a_result_is_read_with_all_that_a_reader_needs() -> None:
    """Value, unit, day and instant as reported."""
    expected = LabResult(
        analyte="potassium",
        reference="Observation/o1",
        low=Decimal("3.30"),
        high=Decimal("3.30"),
        low_open=False,
        high_open=False,
        value=Decimal("3.30"),
        reported="3.30",
        unit="mmol/L",
        day=date(2026, 10, 25),
        instant=datetime(2026, 10, 25, 3, 10, tzinfo=UTC),
    )
    assert expected == _one(lab(value="3.30", effectiveDateTime="2026-10-25T08:10:00+05:00"))


@pytest.mark.parametrize("system", [LOINC, "urn:oid:2.16.840.1.113883.6.1", "LOINC", ""])
def test_loinc_is_known_under_every_name(system: str) -> None:
    """URI, OID, bare name, or no system at all: the code's own form says that it is LOINC's."""
    coding = [{"system": "http://local", "code": "K"}, {"system": system, "code": "6298-4"}]
    assert "potassium" == _one(lab(value=4.0, code={"coding": coding})).analyte


def test_a_result_of_no_analyte_of_ours_is_set_aside() -> None:
    """Blood pressures and a local code that happens to look like another."""
    others = [
        lab("8480-6", 140, "mm[Hg]"),
        lab(id="o2", code={"coding": [{"system": "http://local", "code": POTASSIUM}]}),
        lab(id="o3", code={"text": "Potassium"}),
        without(lab(id="o4"), "code"),
    ]
    record = read(person(), *others)
    assert ((), (), 4) == (record.labs, record.unread, record.tally.set_aside)


@pytest.mark.parametrize(
    ("loinc", "value", "unit", "expected"),
    [
        (POTASSIUM, 3.3, "mEq/L", "3.3"),
        (POTASSIUM, 3.3, "MMOL/L", "3.3"),
        (POTASSIUM, 3.3, " mmol / L ", "3.3"),
        (MAGNESIUM, 0.82, "mmol/L", "1.9926"),
        (MAGNESIUM, 0.82, "mg/dL", "0.82"),
        ("2601-3", 1.5, "meq/L", "1.8225"),
        ("14682-9", 100, "µmol/L", "1.130966"),
        (EGFR, 58, "mL/min/1.73m2", "58"),
        ("3016-3", 2, "uIU/mL", "2"),
    ],
)
def test_units_are_converted(loinc: str, value: float, unit: str, expected: str) -> None:
    """Magnesium 0.82 mmol/L is normal and 0.82 mg/dL is an emergency."""
    result = _one(lab(loinc, value, unit))
    assert (Decimal(expected), Decimal(str(value))) == (result.low, result.value)


@pytest.mark.parametrize(
    ("quantity", "detail"),
    [
        ({"value": 3.3, "unit": "furlong"}, "furlong"),
        ({"value": 3.3, "code": "mmol/L", "unit": "mg/dL"}, "disagree"),
        ({"value": 3.3}, "it has no unit"),
    ],
)
def test_a_unit_that_cannot_be_converted_is_said(quantity: Json, detail: str) -> None:
    """Unknown, contradictory or missing where it matters: never read as the usual one."""
    reason, analyte, said = _fault(lab(MAGNESIUM, valueQuantity=quantity))
    assert (UnreadReason.UNIT_NOT_KNOWN, "magnesium") == (reason, analyte)
    assert detail in said


def test_a_known_spelling_beside_an_unknown_one_will_do() -> None:
    """A local code with a readable unit, or the reverse."""
    for quantity in (
        {"value": 3.3, "unit": "mmol/L", "code": "258813002"},
        {"value": 3.3, "unit": "millimoles", "code": "mmol/L"},
    ):
        assert Decimal("3.3") == _one(lab(valueQuantity=quantity)).low


def test_a_missing_unit_is_no_matter_where_all_units_say_the_same_and_it_is_noted() -> None:
    """An eGFR reported as text."""
    result = _one(lab(EGFR, None, valueString=">60"))
    assert (Decimal(60), None, True) == (result.low, result.high, result.low_open)
    assert "no unit was sent" in result.note


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"valueQuantity": {"value": 60, "comparator": ">"}}, ("60", None, True, False, ">60")),
        ({"valueQuantity": {"value": 60, "comparator": ">="}}, ("60", None, False, False, ">=60")),
        ({"valueQuantity": {"value": 15, "comparator": "<"}}, (None, "15", False, True, "<15")),
        ({"valueQuantity": {"value": 15, "comparator": "<="}}, (None, "15", False, False, "<=15")),
        ({"valueString": "> 60 mL/min/1.73m2"}, ("60", None, True, False, ">60")),
        ({"valueString": "≥90"}, ("90", None, False, False, ">=90")),
        ({"valueString": " 58.5 "}, ("58.5", "58.5", False, False, "58.5")),
        ({"valueCodeableConcept": {"text": ">60"}}, ("60", None, True, False, ">60")),
        ({"valueInteger": 58}, ("58", "58", False, False, "58")),
        (
            {"valueRange": {"low": {"value": 50}, "high": {"value": 60}}},
            ("50", "60", False, False, "50-60"),
        ),
        ({"valueQuantity": {"value": 6e1}}, ("60", "60", False, False, "60.0")),
        ({"valueQuantity": {"value": "6E+1"}}, ("60", "60", False, False, "60")),
    ],
)
def test_a_value_is_a_number_or_an_interval(value: Json, expected: tuple[Any, ...]) -> None:
    """A capped report proves what lies beyond its cap, and nothing else."""
    result = _one(lab(EGFR, None, **value))
    low, high, low_open, high_open, reported = expected
    assert (low and Decimal(low), high and Decimal(high)) == (result.low, result.high)
    assert (low_open, high_open, reported) == (result.low_open, result.high_open, result.reported)
    assert (result.low if result.low == result.high else None) == result.value


@pytest.mark.parametrize(
    "value",
    [
        {"valueString": "3,5"},
        {"valueString": "3.5-4.0"},
        {"valueString": "hemolyzed"},
        {"valueString": "++"},
        {"valueString": "3.5 (L)"},
        {"valueQuantity": {"unit": "mmol/L"}},
        {"valueQuantity": {"value": "NaN", "unit": "mmol/L"}},
        {"valueQuantity": {"value": -3.5, "unit": "mmol/L"}},
        {"valueQuantity": {"value": 1e300, "unit": "mmol/L"}},
        {"valueQuantity": {"value": f"3.{'1' * 40}", "unit": "mmol/L"}},
        {"valueQuantity": {"value": 3.5, "comparator": "ad", "unit": "mmol/L"}},
        {"valueRange": {"low": {"value": 4}, "high": {"value": 3}}},
        {"valueRange": {"low": {"value": 3, "unit": "mmol/L"}, "high": {"value": 4}}},
        {"valueRange": {"low": {"value": 3}}},
        {"valueRange": {"low": {"value": 3}, "high": {"value": 4, "comparator": "<"}}},
        {"valueCodeableConcept": {"coding": [{"code": "H"}]}},
        {"valueBoolean": True},
        {"valueRatio": {"numerator": {"value": 1}}},
        {"valueSampledData": {"data": "1 2"}},
        {"valueTime": "10:00:00"},
        {"valueDateTime": "2026-10-25"},
        {"valuePeriod": {"start": "2026"}},
        {"valueAttachment": {"url": "x"}},
        {"valueReference": {"reference": "x"}},
        {"dataAbsentReason": {"text": "specimen lost"}},
        {},
    ],
)
def test_a_result_that_is_no_number_is_said_with_its_analyte(value: Json) -> None:
    """Not measured and not readable are two things."""
    reason, analyte, _ = _fault(lab(POTASSIUM, None, **value))
    assert (UnreadReason.VALUE_NOT_READ, "potassium") == (reason, analyte)


@pytest.mark.parametrize("value", [{"value": "abc"}, {"value": {}}, {"value": True}, [], "x"])
def test_a_broken_value_is_malformed_with_its_path(value: Any) -> None:
    """The element that is the result must not be dropped in silence."""
    record = read(person(), lab(POTASSIUM, None, valueQuantity=value))
    assert () == record.labs
    assert [("potassium", True)] == [
        (unread.analyte, unread.reason in (UnreadReason.MALFORMED, UnreadReason.VALUE_NOT_READ))
        for unread in record.unread
    ]


@pytest.mark.parametrize("status", ["final", "amended", "corrected", "appended", " Final "])
def test_final_results_count(status: str) -> None:
    """Amended and corrected ones are final too."""
    assert Decimal("3.3") == _one(lab(status=status)).low


@pytest.mark.parametrize(
    "status", ["registered", "preliminary", "cancelled", "entered-in-error", "cannot-be-obtained"]
)
def test_what_is_no_result_yet_or_any_more_is_set_aside(status: str) -> None:
    """A preliminary potassium must not outrank the final one."""
    record = read(person(), lab(status=status, value=2.2))
    assert ((), (), 1) == (record.labs, record.unread, record.tally.set_aside)


@pytest.mark.parametrize("status", ["unknown", "", "endgültig"])
def test_a_result_of_unknown_standing_is_said(status: str) -> None:
    """It may be final."""
    reason, analyte, _ = _fault(lab(status=status))
    assert (UnreadReason.STATUS_NOT_KNOWN, "potassium") == (reason, analyte)


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        ({"effectiveDateTime": "2026-10"}, date(2026, 10, 1)),
        ({"effectiveInstant": "2026-10-24T08:00:00Z"}, date(2026, 10, 24)),
        ({"effectivePeriod": {"start": "2026-10-01", "end": "2026-10-03"}}, date(2026, 10, 3)),
        ({"effectivePeriod": {"start": "2026-10-01"}}, date(2026, 10, 1)),
        ({"issued": "2026-10-05T08:00:00Z"}, date(2026, 10, 5)),
        ({"effectiveDateTime": "soon", "issued": "2026-10-05T08:00:00Z"}, date(2026, 10, 5)),
        ({"effectiveDateTime": "2026-11-01T23:59:00Z"}, date(2026, 11, 1)),
    ],
)
def test_a_result_is_dated_by_its_specimen_or_else_by_its_issue(
    dates: Json, expected: date
) -> None:
    """A partial date counts as its first day: a result is never made younger."""
    assert expected == _one(without(lab(), "effectiveDateTime") | dates).day


def test_a_result_without_a_date_is_said() -> None:
    """Nobody knows whether it is current."""
    for dates in ({}, {"effectiveDateTime": "last week"}):
        reason, analyte, _ = _fault(without(lab(), "effectiveDateTime") | dates)
        assert (UnreadReason.DATE_NOT_READ, "potassium") == (reason, analyte)


def test_a_result_of_the_future_is_said_and_not_used() -> None:
    """It hides no analyte: as of the date it did not exist."""
    record = read(person(), lab(effectiveDateTime="2026-11-02"))
    assert () == record.labs
    assert [(UnreadReason.DATE_NOT_READ, "", False)] == [
        (unread.reason, unread.analyte, unread.current) for unread in record.unread
    ]


def test_what_cannot_be_used_keeps_its_date() -> None:
    """So that an old unreadable result does not hide a new one."""
    (unread,) = read(person(), lab(value=3.3, unit="furlong")).unread
    assert date(2026, 10, 25) == unread.day


@pytest.mark.parametrize(
    "elements",
    [
        {"modifierExtension": [{"url": "https://example.org/not"}]},
        {"implicitRules": "https://example.org/rules"},
    ],
)
def test_a_modified_result_is_said(elements: Json) -> None:
    """The extension may say anything."""
    reason, analyte, _ = _fault(lab(**elements))
    assert (UnreadReason.MODIFIER, "potassium") == (reason, analyte)


def test_an_empty_modifier_of_a_result_modifies_nothing() -> None:
    """Some servers write empty lists."""
    record = read(person(), lab(modifierExtension=[]))
    assert () == record.unread
    assert ["potassium"] == [result.analyte for result in record.labs]


def test_codes_of_two_analytes_are_a_conflict() -> None:
    """Both are said, neither is read."""
    codings = [{"system": LOINC, "code": code} for code in (POTASSIUM, SODIUM)]
    record = read(person(), lab(code={"coding": codings}))
    assert () == record.labs
    assert {("potassium", UnreadReason.CONFLICT), ("sodium", UnreadReason.CONFLICT)} == {
        (unread.analyte, unread.reason) for unread in record.unread
    }


def _part(loinc: str, **elements: Any) -> Json:
    return {"code": {"coding": [{"system": LOINC, "code": loinc}]}} | elements


def test_each_part_of_a_panel_is_read() -> None:
    """And what cannot be read of it makes the entry unread, while the rest counts."""
    unit = {"value": 3.1, "unit": "mmol/L"}
    parts = [
        _part(POTASSIUM, valueQuantity=unit),
        _part(SODIUM, valueQuantity={"value": 139, "unit": "furlong"}),
        _part(MAGNESIUM, valueQuantity=unit, modifierExtension=[{"url": "u"}]),
        _part("8480-6", valueQuantity=unit),
        {"valueQuantity": unit},
    ]
    panel = lab("24326-1", None, component=parts)
    record = read(person(), panel)
    assert [("potassium", "Observation/o1")] == [(r.analyte, r.reference) for r in record.labs]
    assert [("magnesium", UnreadReason.MODIFIER), ("sodium", UnreadReason.UNIT_NOT_KNOWN)] == (
        sorted((unread.analyte, unread.reason) for unread in record.unread)
    )
    assert (1, 1) == (record.tally.unread, record.tally.read)


def test_a_panel_that_is_coded_as_its_first_analyte_needs_no_value_of_its_own() -> None:
    """Its parts have them."""
    part = _part(POTASSIUM, valueQuantity={"value": 3.1, "unit": "mmol/L"})
    assert Decimal("3.1") == _one(lab(POTASSIUM, None, component=[part])).low
