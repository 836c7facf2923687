"""How many mg a day, where structure says so for certain."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.plugin.reading.build import Json
from tests.plugin.reading.doses import DAILY, MG_40, TABLET, dosage_of, mg_of, repeat_of


@pytest.mark.parametrize(
    ("dose", "expected"),
    [
        (MG_40, "40"),
        ({"value": "40", "unit": "mg"}, "40"),
        ({"value": 0.04, "unit": "g"}, "40"),
        ({"value": 40000, "unit": "ug"}, "40"),
        ({"value": 0.5, "unit": "Tablet"}, "20"),
        ({"value": 2, "code": "{tbl}", "system": "http://unitsofmeasure.org"}, "80"),
        ({"value": 1, "unit": "tablet", "code": "732936001"}, "40"),
    ],
)
def test_a_dose_is_a_mass_or_a_count_of_tablets(dose: Json, expected: str) -> None:
    """Tablets times the strength that the name gives."""
    assert [("simvastatin", Decimal(expected))] == mg_of(dosage_of(dose))


@pytest.mark.parametrize(
    ("timing", "times"),
    [
        (DAILY, 1),
        (repeat_of(frequency=2, period=1, periodUnit="d"), 2),
        (repeat_of(period=1, periodUnit="d"), 1),
        (repeat_of(frequency=2, periodUnit="d"), 2),
        (repeat_of(frequency=1, period=8, periodUnit="h"), 3),
        (repeat_of(frequency=1, period=12.0, periodUnit="h"), 2),
        (repeat_of(frequency=1, period=2, periodUnit="d"), 1),
        (repeat_of(frequency=1, period=1, periodUnit="wk"), 1),
        (repeat_of(frequency=3, period=1, periodUnit="wk"), 1),
        (repeat_of(frequency=14, period=1, periodUnit="wk"), 2),
        (repeat_of(when=["HS"]), 1),
        (repeat_of(when=["MORN", "EVE"], period=1, periodUnit="d"), 2),
        (repeat_of(timeOfDay=["08:00:00", "20:00:00"]), 2),
        ({"code": {"coding": [{"code": "BID"}]}}, 2),
        ({"code": {"text": "TID"}}, 3),
        ({"code": {"coding": [{"code": "5"}, {"code": "tid"}]}}, 3),
        ({"code": {"coding": [{"code": "Q6H"}]}, "repeat": {"boundsPeriod": {}}}, 4),
    ],
)
def test_the_most_doses_on_one_day_count(timing: Json, times: int) -> None:
    """Every other day is still the whole dose on its day."""
    assert [("simvastatin", Decimal(40 * times))] == mg_of(dosage_of(timing=timing))


@pytest.mark.parametrize(
    "dosage",
    [
        {"timing": DAILY},
        {"doseAndRate": [{"doseQuantity": MG_40}]},
        dosage_of(asNeededBoolean=True),
        dosage_of(asNeeded=True),
        dosage_of(asNeededCodeableConcept={"text": "pain"}),
        dosage_of(asNeededFor=[{"text": "pain"}]),
        dosage_of({"value": 40, "unit": "mg", "comparator": "<"}),
        dosage_of({"value": 40}),
        dosage_of({"unit": "mg"}),
        dosage_of({"value": 0, "unit": "mg"}),
        dosage_of({"value": -40, "unit": "mg"}),
        dosage_of({"value": 40, "unit": "spoons"}),
        dosage_of({"value": 1, "unit": "tablet", "code": "mg"}),
        dosage_of({"value": 5, "unit": "mL"}),
        dosage_of({"value": 1e9, "unit": "mg"}),
        dosage_of(timing={}),
        dosage_of(timing={"code": {"text": "as directed"}}),
        dosage_of(timing=repeat_of(frequency=1, frequencyMax=2, period=1, periodUnit="d")),
        dosage_of(timing=repeat_of(frequency=1, period=4, periodMax=6, periodUnit="h")),
        dosage_of(timing=repeat_of(frequency=1, period=1)),
        dosage_of(timing=repeat_of(frequency=1, period=0, periodUnit="d")),
        dosage_of(timing=repeat_of(when=["C"])),
        {"timing": DAILY, "doseAndRate": [{"doseRange": {"low": MG_40, "high": MG_40}}]},
        {"timing": DAILY, "doseRange": {"low": MG_40}},
        {"timing": DAILY, "doseAndRate": [{"doseQuantity": MG_40}, {"doseQuantity": TABLET}]},
        dosage_of(timing=repeat_of(frequency=1, period=1, periodUnit="d", when=["MORN", "EVE"])),
        dosage_of(
            timing=repeat_of(frequency=1, period=1, periodUnit="d", timeOfDay=["08:00", "20:00"])
        ),
        dosage_of(asNeededBoolean=True, text="Take 1 tablet daily"),
        {"text": "Take 1 tablet daily", "doseAndRate": [{"doseRange": {"low": MG_40}}]},
        {
            "text": "1 tablet daily",
            "timing": repeat_of(frequency=1, frequencyMax=2, periodUnit="d"),
        },
        {"text": "1 tablet daily", "timing": {"code": {"text": "as directed"}}},
    ],
)
def test_nothing_is_guessed(dosage: Json) -> None:
    """A range, a dose as needed, an unknown unit: the drug is read and its dose is not."""
    assert [("simvastatin", None)] == mg_of(dosage)


def test_older_and_newer_places_of_the_dose_are_read() -> None:
    """STU3 wrote doseQuantity beside timing; an ordered dose comes before a calculated one."""
    assert [("simvastatin", Decimal(40))] == mg_of({"timing": DAILY, "doseQuantity": MG_40})
    ordered = {"type": {"coding": [{"code": "ordered"}]}, "doseQuantity": MG_40}
    calculated = {"type": {"coding": [{"code": "calculated"}]}, "doseQuantity": TABLET}
    both = {"timing": DAILY, "doseAndRate": [calculated, ordered]}
    assert [("simvastatin", Decimal(40))] == mg_of(both)


def test_a_dose_is_ordered_by_the_first_code_of_its_type() -> None:
    """A coding that has only words for a person is passed over."""
    ordered = {
        "type": {"coding": [{"display": "Ordered"}, {"code": "ordered"}]},
        "doseQuantity": MG_40,
    }
    calculated = {"type": {"coding": [{"display": "ordered"}]}, "doseQuantity": TABLET}
    both = {"timing": DAILY, "doseAndRate": [calculated, ordered]}
    assert [("simvastatin", Decimal(40))] == mg_of(both)


def test_instructions_add_up_only_where_they_hold_together() -> None:
    """The same sequence number is a morning and an evening dose; others may be a taper."""
    together = [dosage_of(sequence=1), dosage_of(sequence=1)]
    assert [("simvastatin", Decimal(80))] == mg_of(*together)
    assert [("simvastatin", None)] == mg_of(dosage_of(sequence=1), dosage_of(sequence=2))
    assert [("simvastatin", None)] == mg_of(dosage_of(), dosage_of())
    assert [("simvastatin", None)] == mg_of(dosage_of(sequence=1), {"sequence": 1})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (repeat_of(period=2, periodUnit="d"), repeat_of(period=2, periodUnit="d")),
        (repeat_of(period=1, periodUnit="d", dayOfWeek=["mon"]), DAILY),
        ({"code": {"coding": [{"code": "QOD"}]}}, {"code": {"coding": [{"code": "QOD"}]}}),
        (DAILY, {"repeat": DAILY["repeat"] | {"boundsDuration": {"value": 7, "unit": "d"}}}),
        (repeat_of(period="NaN", periodUnit="d"), DAILY),
    ],
)
def test_doses_of_different_days_are_not_added_up(one: Json, other: Json) -> None:
    """40 mg and 20 mg on alternate days are never 60 mg."""
    low = {"value": 20, "unit": "mg"}
    dosages = dosage_of(timing=one, sequence=1), dosage_of(low, other, sequence=1)
    assert [("simvastatin", None)] == mg_of(*dosages)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"text": "40 mg every other day"}, {"text": "20 mg every other day"}),
        ({"text": "40 mg daily"}, {"text": "20 mg weekly"}),
        ({"text": "40 mg daily"}, {"text": "20 mg every 2 days"}),
        ({"text": "40 mg daily"}, {"text": "20 mg", "patientInstruction": "q.o.d."}),
        (dosage_of(timing={"code": {"text": "Every other day"}}), dosage_of()),
        (dosage_of(timing={"code": {"coding": [{"display": "Once a week"}]}}), dosage_of()),
    ],
)
def test_doses_of_different_days_in_words_are_not_added_up(one: Json, other: Json) -> None:
    """As in structure; doses of every day are."""
    assert [("simvastatin", None)] == mg_of(one | {"sequence": 1}, other | {"sequence": 1})
    daily = [{"text": text, "sequence": 1} for text in ("40 mg every morning", "20 mg at bedtime")]
    assert [("simvastatin", Decimal(60))] == mg_of(*daily)


def test_of_a_taper_the_step_that_holds_today_counts() -> None:
    """Bounds settle which of several instructions is meant."""
    past = dosage_of({"value": 80, "unit": "mg"}, DAILY | _bound(end="2026-10-01"))
    now = dosage_of(MG_40, DAILY | _bound(start="2026-10-02"))
    assert [("simvastatin", Decimal(40))] == mg_of(past, now)


def _bound(**period: str) -> Json:
    return {"repeat": DAILY["repeat"] | {"boundsPeriod": period}}


def test_each_ingredient_of_a_combination_has_its_own_strength() -> None:
    """A tablet count gives both; a mass gives neither, because nobody says of which."""
    text = "hydrochlorothiazide 12.5 MG / losartan potassium 50 MG Oral Tablet"
    expected = [("hydrochlorothiazide", Decimal("12.5")), ("losartan", Decimal(50))]
    assert expected == mg_of(dosage_of(TABLET), text=text)
    assert [(name, None) for name, _ in expected] == mg_of(dosage_of(MG_40), text=text)


def test_an_order_that_is_not_current_has_no_daily_dose() -> None:
    """Nothing is given of it."""
    assert [] == mg_of(dosage_of(), status="stopped")


def test_puffs_and_millilitres_take_the_strength_per_puff_and_millilitre() -> None:
    """0.09 mg a puff, two puffs, four times a day."""
    text = "Albuterol 0.09 MG/ACTUAT Metered Dose Inhaler"
    four = {"code": {"coding": [{"code": "QID"}]}}
    puffs = dosage_of({"value": 2, "unit": "puffs"}, four)
    assert [("albuterol", Decimal("0.72"))] == mg_of(puffs, text=text)
    assert [("albuterol", None)] == mg_of(dosage_of(TABLET), text=text)


@pytest.mark.parametrize(
    "timing",
    [
        {"code": {"coding": [{"code": "QD"}], "text": "twice daily"}},
        {"code": {"coding": [{"code": "QD", "display": "QID"}]}},
        {"code": {"coding": [{"code": "QD"}, {"code": "BID"}]}},
        DAILY | {"code": {"coding": [{"code": "BID"}]}},
        DAILY | {"code": {"text": "twice daily"}},
        DAILY | {"event": ["2026-11-01T08:00:00Z", "2026-11-01T20:00:00Z"]},
        repeat_of(when=["MORN", "MORN"]),
    ],
)
def test_a_timing_that_is_told_in_two_ways_is_not_believed(timing: Json) -> None:
    """Once a day by its code and twice by its words is neither."""
    assert [("simvastatin", None)] == mg_of(dosage_of(timing=timing))
