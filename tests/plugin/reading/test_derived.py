"""eGFR from creatinine, and calcium corrected for albumin: computed, and said."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from plugin.model import LabResult, PatientRecord
from tests.plugin.reading.build import Json, lab, person, read, without

CREATININE, EGFR, CALCIUM, ALBUMIN = "2160-0", "98979-8", "17861-6", "1751-7"
GFR_UNIT = "mL/min/{1.73_m2}"


def _of(record: PatientRecord, analyte: str) -> list[LabResult]:
    return [result for result in record.labs if result.analyte == analyte]


# Worked by hand from the published equation, and rounded to one decimal.
@pytest.mark.parametrize(
    ("sex", "born", "creatinine", "expected"),
    [
        ("female", "1960-05-04", 0.7, "95.3"),
        ("female", "1960-05-04", 1.4, "41.5"),
        ("male", "1960-05-04", 0.9, "94.2"),
        ("male", "1960-05-04", 0.45, "116.1"),
        ("male", "1986-10-25", 1.8, "48.2"),
    ],
)
def test_an_egfr_is_computed_where_none_was_reported(
    sex: str, born: str, creatinine: float, expected: str
) -> None:
    """CKD-EPI 2021, without race, at the age on the day of the creatinine."""
    record = read(person(gender=sex, birthDate=born), lab(CREATININE, creatinine, "mg/dL"))
    (egfr,) = _of(record, "egfr")
    assert (Decimal(expected), Decimal(expected), GFR_UNIT) == (egfr.low, egfr.value, egfr.unit)
    assert f"computed by CKD-EPI 2021 from a creatinine of {creatinine} mg/dL" == egfr.note


@pytest.mark.parametrize(
    "patient",
    [
        person(gender="unknown"),
        without(person(), "gender"),
        without(person(), "birthDate"),
    ],
)
def test_without_sex_and_age_there_is_no_egfr(patient: Json) -> None:
    """Nothing is assumed."""
    assert [] == _of(read(patient, lab(CREATININE, 0.8, "mg/dL")), "egfr")


@pytest.mark.parametrize(
    "value",
    [{"value": 0, "unit": "mg/dL"}, {"value": 0.2, "comparator": "<", "unit": "mg/dL"}],
)
def test_a_creatinine_without_a_number_gives_no_egfr(value: Json) -> None:
    """An interval is no number, and nobody's creatinine is zero."""
    assert [] == _of(read(person(), lab(CREATININE, valueQuantity=value)), "egfr")


@pytest.mark.parametrize(
    ("reported", "count"),
    [("2026-10-25", 1), ("2026-10-30", 1), ("2026-10-24", 2), ("2026-07-26", 2)],
)
def test_a_reported_egfr_comes_before_a_computed_one_unless_the_creatinine_is_newer(
    reported: str, count: int
) -> None:
    """A kidney that failed since the last eGFR must not be read as a good one."""
    egfr = lab(EGFR, 55, GFR_UNIT, id="e", effectiveDateTime=reported)
    record = read(person(), lab(CREATININE, 0.8, "mg/dL"), egfr)
    assert count == len(_of(record, "egfr"))


def test_a_suspect_creatinine_makes_a_suspect_egfr() -> None:
    """What is computed is no better than what it is computed from."""
    note = [{"text": "hemolyzed"}]
    (egfr,) = _of(read(person(), lab(CREATININE, 0.8, "mg/dL", note=note)), "egfr")
    assert egfr.suspect


def _calcium(*albumins: Json, loinc: str = CALCIUM, **elements: Any) -> LabResult:
    (result,) = _of(read(person(), lab(loinc, 8.4, "mg/dL", **elements), *albumins), "calcium")
    return result


def _albumin(value: float = 3.4, **elements: Any) -> Json:
    return lab(ALBUMIN, value, "g/dL", id="alb") | elements


def test_calcium_is_corrected_for_the_albumin_of_its_day() -> None:
    """8.4 with an albumin of 3.4 is 8.88; what was reported stays beside it."""
    result = _calcium(_albumin())
    assert (Decimal("8.88"), Decimal("8.4"), "8.4") == (result.low, result.value, result.reported)
    assert "8.88 mg/dL once corrected for an albumin of 3.4 g/dL" == result.note


def test_the_latest_albumin_of_the_day_counts() -> None:
    """And one in g/L as well."""
    early = _albumin(2.0, effectiveDateTime="2026-10-25T06:00:00Z")
    late = lab(ALBUMIN, 34, "g/L", id="late", effectiveDateTime="2026-10-25T12:00:00Z")
    assert Decimal("8.88") == _calcium(early, late).low


@pytest.mark.parametrize(
    "albumins",
    [
        [],
        [_albumin(4.2, effectiveDateTime="2026-10-24")],
        [_albumin(effectiveDateTime="2026-07-01")],
        [_albumin(valueQuantity={"value": 2, "comparator": "<", "unit": "g/dL"})],
    ],
)
def test_without_a_low_albumin_near_it_calcium_stays_as_it_is(albumins: list[Json]) -> None:
    """And says nothing of a correction."""
    result = _calcium(*albumins)
    assert (Decimal("8.4"), "") == (result.low, result.note)


def test_a_low_albumin_of_another_day_leaves_open_how_low_calcium_is() -> None:
    """From 8.4 as it stands to 8.88: not proven to be below 8.5. The nearest day counts."""
    near = _albumin(effectiveDateTime="2026-10-24")
    far = lab(ALBUMIN, 2.0, "g/dL", id="far", effectiveDateTime="2026-10-01")
    result = _calcium(near, far)
    assert (Decimal("8.4"), Decimal("8.88")) == (result.low, result.high)
    assert result.note == (
        "8.88 mg/dL once corrected for an albumin of 3.4 g/dL, which is of another day (2026-10-24)"
    )


def test_calcium_that_the_laboratory_corrected_is_not_corrected_again() -> None:
    """29265-6 and 46099-8 are corrected already."""
    result = _calcium(_albumin(), loinc="46099-8")
    assert (Decimal("8.4"), "corrected for albumin by the laboratory") == (result.low, result.note)


def test_an_interval_of_calcium_is_not_corrected() -> None:
    """It has no one value to add to."""
    quantity = {"value": 8.4, "comparator": "<", "unit": "mg/dL"}
    result = _calcium(_albumin(), valueQuantity=quantity)
    assert (None, Decimal("8.4")) == (result.low, result.high)


def test_a_suspect_albumin_makes_the_corrected_calcium_suspect() -> None:
    """The correction is no better than its albumin."""
    assert _calcium(_albumin(note=[{"text": "hemolyzed"}])).suspect
