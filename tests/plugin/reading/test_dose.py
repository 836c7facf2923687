"""How many mg a day, where structure says so for certain."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.reading.sig import read_sig
from tests.plugin.reading.build import Json, order, person, read

DAILY = {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}}
MG_40 = {"value": 40, "unit": "mg", "code": "mg"}
TABLET = {"value": 1, "unit": "tablet"}


def _mg(
    *dosages: Json, text: str = "simvastatin 40 MG Oral Tablet", **elements: Any
) -> list[tuple[str, Decimal | None]]:
    record = read(person(), order(text, dosageInstruction=list(dosages), **elements))
    assert () == record.unread
    return [(dose.ingredient, dose.mg) for dose in record.medications[0].doses]


def _dosage(dose: Json | None = None, timing: Json | None = None, **elements: Any) -> Json:
    given = {"doseAndRate": [{"doseQuantity": MG_40 if dose is None else dose}]}
    return given | {"timing": DAILY if timing is None else timing} | elements


def _repeat(**repeat: Any) -> Json:
    return {"repeat": repeat}


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
    assert [("simvastatin", Decimal(expected))] == _mg(_dosage(dose))


@pytest.mark.parametrize(
    ("timing", "times"),
    [
        (DAILY, 1),
        (_repeat(frequency=2, period=1, periodUnit="d"), 2),
        (_repeat(period=1, periodUnit="d"), 1),
        (_repeat(frequency=2, periodUnit="d"), 2),
        (_repeat(frequency=1, period=8, periodUnit="h"), 3),
        (_repeat(frequency=1, period=12.0, periodUnit="h"), 2),
        (_repeat(frequency=1, period=2, periodUnit="d"), 1),
        (_repeat(frequency=1, period=1, periodUnit="wk"), 1),
        (_repeat(frequency=3, period=1, periodUnit="wk"), 1),
        (_repeat(frequency=14, period=1, periodUnit="wk"), 2),
        (_repeat(when=["HS"]), 1),
        (_repeat(when=["MORN", "EVE"], period=1, periodUnit="d"), 2),
        (_repeat(timeOfDay=["08:00:00", "20:00:00"]), 2),
        ({"code": {"coding": [{"code": "BID"}]}}, 2),
        ({"code": {"text": "TID"}}, 3),
        ({"code": {"coding": [{"code": "5"}, {"code": "tid"}]}}, 3),
        ({"code": {"coding": [{"code": "Q6H"}]}, "repeat": {"boundsPeriod": {}}}, 4),
    ],
)
def test_the_most_doses_on_one_day_count(timing: Json, times: int) -> None:
    """Every other day is still the whole dose on its day."""
    assert [("simvastatin", Decimal(40 * times))] == _mg(_dosage(timing=timing))


@pytest.mark.parametrize(
    "dosage",
    [
        {"timing": DAILY},
        {"doseAndRate": [{"doseQuantity": MG_40}]},
        _dosage(asNeededBoolean=True),
        _dosage(asNeeded=True),
        _dosage(asNeededCodeableConcept={"text": "pain"}),
        _dosage(asNeededFor=[{"text": "pain"}]),
        _dosage({"value": 40, "unit": "mg", "comparator": "<"}),
        _dosage({"value": 40}),
        _dosage({"unit": "mg"}),
        _dosage({"value": 0, "unit": "mg"}),
        _dosage({"value": -40, "unit": "mg"}),
        _dosage({"value": 40, "unit": "spoons"}),
        _dosage({"value": 1, "unit": "tablet", "code": "mg"}),
        _dosage({"value": 5, "unit": "mL"}),
        _dosage({"value": 1e9, "unit": "mg"}),
        _dosage(timing={}),
        _dosage(timing={"code": {"text": "as directed"}}),
        _dosage(timing=_repeat(frequency=1, frequencyMax=2, period=1, periodUnit="d")),
        _dosage(timing=_repeat(frequency=1, period=4, periodMax=6, periodUnit="h")),
        _dosage(timing=_repeat(frequency=1, period=1)),
        _dosage(timing=_repeat(frequency=1, period=0, periodUnit="d")),
        _dosage(timing=_repeat(when=["C"])),
        {"timing": DAILY, "doseAndRate": [{"doseRange": {"low": MG_40, "high": MG_40}}]},
        {"timing": DAILY, "doseRange": {"low": MG_40}},
        {"timing": DAILY, "doseAndRate": [{"doseQuantity": MG_40}, {"doseQuantity": TABLET}]},
        _dosage(timing=_repeat(frequency=1, period=1, periodUnit="d", when=["MORN", "EVE"])),
        _dosage(
            timing=_repeat(frequency=1, period=1, periodUnit="d", timeOfDay=["08:00", "20:00"])
        ),
        _dosage(asNeededBoolean=True, text="Take 1 tablet daily"),
        {"text": "Take 1 tablet daily", "doseAndRate": [{"doseRange": {"low": MG_40}}]},
        {"text": "1 tablet daily", "timing": _repeat(frequency=1, frequencyMax=2, periodUnit="d")},
        {"text": "1 tablet daily", "timing": {"code": {"text": "as directed"}}},
    ],
)
def test_nothing_is_guessed(dosage: Json) -> None:
    """A range, a dose as needed, an unknown unit: the drug is read and its dose is not."""
    assert [("simvastatin", None)] == _mg(dosage)


def test_older_and_newer_places_of_the_dose_are_read() -> None:
    """STU3 wrote doseQuantity beside timing; an ordered dose comes before a calculated one."""
    assert [("simvastatin", Decimal(40))] == _mg({"timing": DAILY, "doseQuantity": MG_40})
    ordered = {"type": {"coding": [{"code": "ordered"}]}, "doseQuantity": MG_40}
    calculated = {"type": {"coding": [{"code": "calculated"}]}, "doseQuantity": TABLET}
    both = {"timing": DAILY, "doseAndRate": [calculated, ordered]}
    assert [("simvastatin", Decimal(40))] == _mg(both)


def test_instructions_add_up_only_where_they_hold_together() -> None:
    """The same sequence number is a morning and an evening dose; others may be a taper."""
    together = [_dosage(sequence=1), _dosage(sequence=1)]
    assert [("simvastatin", Decimal(80))] == _mg(*together)
    assert [("simvastatin", None)] == _mg(_dosage(sequence=1), _dosage(sequence=2))
    assert [("simvastatin", None)] == _mg(_dosage(), _dosage())
    assert [("simvastatin", None)] == _mg(_dosage(sequence=1), {"sequence": 1})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (_repeat(period=2, periodUnit="d"), _repeat(period=2, periodUnit="d")),
        (_repeat(period=1, periodUnit="d", dayOfWeek=["mon"]), DAILY),
        ({"code": {"coding": [{"code": "QOD"}]}}, {"code": {"coding": [{"code": "QOD"}]}}),
        (DAILY, {"repeat": DAILY["repeat"] | {"boundsDuration": {"value": 7, "unit": "d"}}}),
        (_repeat(period="NaN", periodUnit="d"), DAILY),
    ],
)
def test_doses_of_different_days_are_not_added_up(one: Json, other: Json) -> None:
    """40 mg and 20 mg on alternate days are never 60 mg."""
    low = {"value": 20, "unit": "mg"}
    dosages = _dosage(timing=one, sequence=1), _dosage(low, other, sequence=1)
    assert [("simvastatin", None)] == _mg(*dosages)


def test_of_a_taper_the_step_that_holds_today_counts() -> None:
    """Bounds settle which of several instructions is meant."""
    past = _dosage({"value": 80, "unit": "mg"}, DAILY | _bound(end="2026-10-01"))
    now = _dosage(MG_40, DAILY | _bound(start="2026-10-02"))
    assert [("simvastatin", Decimal(40))] == _mg(past, now)


def _bound(**period: str) -> Json:
    return {"repeat": DAILY["repeat"] | {"boundsPeriod": period}}


def test_each_ingredient_of_a_combination_has_its_own_strength() -> None:
    """A tablet count gives both; a mass gives neither, because nobody says of which."""
    text = "hydrochlorothiazide 12.5 MG / losartan potassium 50 MG Oral Tablet"
    expected = [("hydrochlorothiazide", Decimal("12.5")), ("losartan", Decimal(50))]
    assert expected == _mg(_dosage(TABLET), text=text)
    assert [(name, None) for name, _ in expected] == _mg(_dosage(MG_40), text=text)


def test_an_order_that_is_not_current_has_no_daily_dose() -> None:
    """Nothing is given of it."""
    assert [] == _mg(_dosage(), status="stopped")


def test_puffs_and_millilitres_take_the_strength_per_puff_and_millilitre() -> None:
    """0.09 mg a puff, two puffs, four times a day."""
    text = "Albuterol 0.09 MG/ACTUAT Metered Dose Inhaler"
    four = {"code": {"coding": [{"code": "QID"}]}}
    puffs = _dosage({"value": 2, "unit": "puffs"}, four)
    assert [("albuterol", Decimal("0.72"))] == _mg(puffs, text=text)
    assert [("albuterol", None)] == _mg(_dosage(TABLET), text=text)


@pytest.mark.parametrize(
    ("text", "mg"),
    [
        ("take 1 tablet by mouth at bedtime", "40"),
        ("Take 1 tablet (40 mg total) by mouth daily.", "40"),
        ("TAKE ONE TABLET BY MOUTH EVERY DAY", "40"),
        ("Take 1 (one) tablet by mouth 1 (one) time each day.", "40"),
        ("2 tablets daily", "80"),
        ("1 tablet twice a day with meals", "80"),
        ("1 tab PO BID x 10 days", "80"),
        ("1 tablet every 8 hours for 7 days", "120"),
        ("simvastatin 40 mg nightly", "40"),
        ("20 mg q.h.s.", None),
        ("20 mg qhs", "20"),
        ("\u00bd tablet daily", "20"),
        ("one half tablet at night", "20"),
        ("1\u00bd tablets daily", "60"),
        ("1 tablet every other day", "40"),
        ("1 tablet on alternate days", "40"),
        ("1 tablet once weekly", "40"),
        ("1 tablet in the morning and 1 tablet at bedtime", "80"),
        ("1 tablet daily for high cholesterol", "40"),
        ("40 mg/day", "40"),
    ],
)
def test_a_dosage_in_words_alone_is_read(text: str, mg: str | None) -> None:
    """Where every word of it is understood."""
    expected = Decimal(mg) if mg else None
    assert [("simvastatin", expected)] == _mg({"text": text})


@pytest.mark.parametrize(
    "text",
    [
        "as directed", "one tablet as directed", "1-2 tablets daily", "1 to 2 tablets daily",
        "1 tablet daily as needed", "1 tablet daily prn", "up to 2 tablets daily",
        "1 tablet daily for 7 days then 2 tablets daily", "increase to 2 tablets daily",
        "1 tablet in the morning and 2 tablets at bedtime", "1 tablet daily and at bedtime",
        "1 tablet 3 times a day and at bedtime", "1 tablet on Monday and Friday",
        "20 mg daily, 40 mg daily", "2 tablets (40 mg) daily", "1 tablet for one dose",
        "40 mg", "daily", "1 tablet", "one tablet or two daily",
        "every evening at bedtime 1 tablet",
        "1 tablet daily or as directed", "0 tablets daily", "1/0 tablet daily", "1,5 tablets daily",
        "5 mL daily", "1 patch daily", "do not take 1 tablet daily", "stop 1 tablet daily",
        "1 Tablette t\u00e4glich", "1 tablet daily " * 100, "\u0661 tablet daily", "",
    ],
)  # fmt: skip
def test_words_that_may_mean_more_or_less_are_not_read(text: str) -> None:
    """One word that is not understood, and nothing is taken from the text."""
    assert [("simvastatin", None)] == _mg({"text": text})


@pytest.mark.parametrize(
    ("dosage", "mg"),
    [
        ({"timing": DAILY, "text": "40 mg daily"}, "40"),
        ({"timing": DAILY, "text": "2 tablets"}, "80"),
        ({"timing": _repeat(boundsPeriod={"start": "2026-01-01"}), "text": "1 tablet daily"}, "40"),
        ({"doseAndRate": [{"doseQuantity": TABLET}], "text": "1 tablet BID"}, "80"),
        ({"doseAndRate": [{"doseQuantity": MG_40}], "text": "twice daily"}, "80"),
        ({"doseAndRate": [{"doseQuantity": {"value": 1}}], "text": "1 tablet daily"}, "40"),
        ({"doseAndRate": [{"doseQuantity": {"value": 40}}], "text": "40 mg daily"}, "40"),
        ({"doseAndRate": [{"doseQuantity": {"value": 2}}], "text": "1 tablet daily"}, None),
        (_dosage(text="one tablet as directed"), "40"),
        (_dosage(text="1 tablet (40 mg) daily"), "40"),
        (_dosage(text="2 tablets daily"), None),
        (_dosage(text="1 tablet twice daily"), None),
        (_dosage({"value": 2, "unit": "tablet"}, text="1 tablet daily"), None),
    ],
)
def test_the_text_fills_what_structure_leaves_out_and_may_not_differ(
    dosage: Json, mg: str | None
) -> None:
    """Two answers are no answer."""
    assert [("simvastatin", Decimal(mg) if mg else None)] == _mg(dosage)


@pytest.mark.parametrize(
    "timing",
    [
        {"code": {"coding": [{"code": "QD"}], "text": "twice daily"}},
        {"code": {"coding": [{"code": "QD", "display": "QID"}]}},
        {"code": {"coding": [{"code": "QD"}, {"code": "BID"}]}},
        DAILY | {"code": {"coding": [{"code": "BID"}]}},
        DAILY | {"code": {"text": "twice daily"}},
        DAILY | {"event": ["2026-11-01T08:00:00Z", "2026-11-01T20:00:00Z"]},
        _repeat(when=["MORN", "MORN"]),
    ],
)
def test_a_timing_that_is_told_in_two_ways_is_not_believed(timing: Json) -> None:
    """Once a day by its code and twice by its words is neither."""
    assert [("simvastatin", None)] == _mg(_dosage(timing=timing))


def test_what_the_patient_is_told_may_not_differ() -> None:
    """The instruction for the patient is a text of the same dose."""
    assert [("simvastatin", Decimal(40))] == _mg(_dosage(patientInstruction="1 tablet daily"))
    assert [("simvastatin", Decimal(40))] == _mg(_dosage(patientInstruction="Swallow it"))
    assert [("simvastatin", None)] == _mg(_dosage(patientInstruction="2 tablets daily"))
    assert [("simvastatin", None)] == _mg(_dosage(patientInstruction="40 mg twice daily"))


@pytest.mark.parametrize(
    "more",
    [
        "with another tablet at bedtime", "another at bedtime", "second tablet at bedtime",
        "double the dose on weekends", "doubled on sundays", "both tablets", "also bedtime",
        "halve sundays", "quarter tablet", "tapering", "increasing gradually", "pair nightly",
        "tablets eight", "see schedule", "sos", "PM too", "supper",
    ],
)  # fmt: skip
def test_a_reason_hides_no_change_of_the_dose(more: str) -> None:
    """What stands after `for cholesterol` is not all a reason."""
    assert [("simvastatin", None)] == _mg({"text": f"take 1 tablet daily for cholesterol {more}"})


@pytest.mark.parametrize(
    "text", ["40 mg every # hours", "# times daily 40 mg", "every # days 40 mg"]
)
def test_a_blank_for_a_number_is_no_number(text: str) -> None:
    """A number that was struck out is not known."""
    assert [("simvastatin", None)] == _mg({"text": text})


def test_a_mass_beside_several_tablets_may_be_of_one_of_them() -> None:
    """Unless the name's strength, the word total or the structure settles it."""
    for text in ("2 tablets (40 mg) daily", "2 tablets 40 mg daily", "half tablet (40 mg) daily"):
        assert [("simvastatin", None)] == _mg({"text": text}, text="simvastatin")
    settled = {"text": "2 tablets (40 mg total) daily"}
    assert [("simvastatin", Decimal(40))] == _mg(settled, text="simvastatin")
    assert [("simvastatin", Decimal(40))] == _mg(_dosage(text="2 tablets"), text="simvastatin")
    named = {"text": "2 tablets (40 mg) daily"}
    assert [("simvastatin", Decimal(40))] == _mg(named, text="simvastatin 20 MG Oral Tablet")


def test_a_strength_that_only_the_text_gives_counts() -> None:
    """The name has none, and the instruction says what a tablet holds."""
    told = {"text": "Take 1 tablet (20 mg) by mouth daily"}
    assert [("simvastatin", Decimal(20))] == _mg(told, text="simvastatin")
    structured = _dosage(TABLET, text="1 tablet (20 mg) daily")
    assert [("simvastatin", Decimal(20))] == _mg(structured, text="simvastatin")
    assert [("simvastatin", None)] == _mg({"text": "1 tablet daily"}, text="simvastatin")


def test_a_timing_code_may_be_words() -> None:
    """As some records write it beside the coded doses."""
    for code, mg in (
        ("Nightly", 40),
        ("2 times daily", 80),
        ("Every 12 hours", 80),
        ("40 mg", None),
    ):
        dosage = _dosage(timing={"code": {"text": code}})
        assert [("simvastatin", Decimal(mg) if mg else None)] == _mg(dosage)
    shown = {"code": {"coding": [{"code": "200", "display": "Daily"}]}}
    assert [("simvastatin", Decimal(40))] == _mg(_dosage(timing=shown))


def test_words_of_a_combination_count_tablets_and_not_milligrams() -> None:
    """A mass in the text is of nobody in particular."""
    text = "hydrochlorothiazide 12.5 MG / losartan potassium 50 MG Oral Tablet"
    both = [("hydrochlorothiazide", Decimal(25)), ("losartan", Decimal(100))]
    assert both == _mg({"text": "Take 2 tablets by mouth daily"}, text=text)
    assert [(name, None) for name, _ in both] == _mg({"text": "50 mg daily"}, text=text)


@given(text=st.text(alphabet="0123456789 /-.,()abdefilmnoprstuwyTABLET", max_size=60))
def test_no_text_breaks_the_reading_of_a_dose(text: str) -> None:
    """Whatever it holds, there is a positive dose or none."""
    said = read_sig(text, ("simvastatin",))
    assert said is None or all(a.value is not None and a.value >= 0 for a in said.amounts)
    assert said is None or said.times is None or 0 < said.times <= 24


@given(
    number=st.sampled_from(["1", "2", "one", "1/2"]),
    unit=st.sampled_from(["tablet", "mg", "cap"]),
    word=st.text(alphabet="bcdfgjklnpqrvwxz", min_size=3, max_size=8),
    place=st.integers(0, 3),
)
def test_one_unknown_word_anywhere_leaves_the_dose_unread(
    number: str, unit: str, word: str, place: int
) -> None:
    """It may turn the meaning around."""
    words = [number, unit, "twice", "daily"]
    assert read_sig(" ".join(words)) is not None
    words.insert(place, word)
    known = read_sig(word) is not None or word in {"tds", "qd", "bd", "hs", "tbl"}
    assert known or read_sig(" ".join(words)) is None
