"""How many mg a day, where words say so for certain, alone or beside structure."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.reading.sig import read_sig
from tests.plugin.reading.build import Json
from tests.plugin.reading.doses import DAILY, MG_40, TABLET, dosage_of, mg_of, repeat_of


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
    assert [("simvastatin", expected)] == mg_of({"text": text})


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
    assert [("simvastatin", None)] == mg_of({"text": text})


@pytest.mark.parametrize(
    ("dosage", "mg"),
    [
        ({"timing": DAILY, "text": "40 mg daily"}, "40"),
        ({"timing": DAILY, "text": "2 tablets"}, "80"),
        (
            {"timing": repeat_of(boundsPeriod={"start": "2026-01-01"}), "text": "1 tablet daily"},
            "40",
        ),
        ({"doseAndRate": [{"doseQuantity": TABLET}], "text": "1 tablet BID"}, "80"),
        ({"doseAndRate": [{"doseQuantity": MG_40}], "text": "twice daily"}, "80"),
        ({"doseAndRate": [{"doseQuantity": {"value": 1}}], "text": "1 tablet daily"}, "40"),
        ({"doseAndRate": [{"doseQuantity": {"value": 40}}], "text": "40 mg daily"}, "40"),
        ({"doseAndRate": [{"doseQuantity": {"value": 2}}], "text": "1 tablet daily"}, None),
        (dosage_of(text="one tablet as directed"), "40"),
        (dosage_of(text="1 tablet (40 mg) daily"), "40"),
        (dosage_of(text="2 tablets daily"), None),
        (dosage_of(text="1 tablet twice daily"), None),
        (dosage_of({"value": 2, "unit": "tablet"}, text="1 tablet daily"), None),
    ],
)
def test_the_text_fills_what_structure_leaves_out_and_may_not_differ(
    dosage: Json, mg: str | None
) -> None:
    """Two answers are no answer."""
    assert [("simvastatin", Decimal(mg) if mg else None)] == mg_of(dosage)


def test_what_the_patient_is_told_may_not_differ() -> None:
    """The instruction for the patient is a text of the same dose."""
    assert [("simvastatin", Decimal(40))] == mg_of(dosage_of(patientInstruction="1 tablet daily"))
    assert [("simvastatin", Decimal(40))] == mg_of(dosage_of(patientInstruction="Swallow it"))
    assert [("simvastatin", None)] == mg_of(dosage_of(patientInstruction="2 tablets daily"))
    assert [("simvastatin", None)] == mg_of(dosage_of(patientInstruction="40 mg twice daily"))


@pytest.mark.parametrize(
    ("added", "mg"),
    [
        ("With or after food", "40"),
        ("Do not stop taking abruptly", "40"),
        ("for 2 weeks, then 2 tablets daily", None),
        ("2 tablets daily", None),
        ("as needed", None),
    ],
)
def test_an_additional_instruction_is_a_text_of_the_dose(added: str, mg: str | None) -> None:
    """It may hold the change of a dose that the text beside it does not tell."""
    coded = {"coding": [{"display": added}]}
    expected = [("simvastatin", Decimal(mg) if mg else None)]
    for more in ({"text": added}, coded):
        assert expected == mg_of({"text": "1 tablet daily", "additionalInstruction": [more]})
    assert [("simvastatin", Decimal(40))] == mg_of(
        {"text": "1 tablet", "additionalInstruction": [{"text": "Take at bedtime"}]}
    )


def test_an_additional_instruction_does_not_undo_what_structure_says() -> None:
    """Only where it names more than that."""
    for text, mg in (("as needed", 40), ("until gone", 40), ("then 2 tablets twice a day", None)):
        expected = Decimal(mg) if mg else None
        assert [("simvastatin", expected)] == mg_of(
            dosage_of(additionalInstruction=[{"text": text}])
        )


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
    assert [("simvastatin", None)] == mg_of({"text": f"take 1 tablet daily for cholesterol {more}"})


@pytest.mark.parametrize(
    "text", ["40 mg every # hours", "# times daily 40 mg", "every # days 40 mg"]
)
def test_a_blank_for_a_number_is_no_number(text: str) -> None:
    """A number that was struck out is not known."""
    assert [("simvastatin", None)] == mg_of({"text": text})


def test_a_mass_beside_several_tablets_may_be_of_one_of_them() -> None:
    """Unless the name's strength, the word total or the structure settles it."""
    for text in ("2 tablets (40 mg) daily", "2 tablets 40 mg daily", "half tablet (40 mg) daily"):
        assert [("simvastatin", None)] == mg_of({"text": text}, text="simvastatin")
    settled = {"text": "2 tablets (40 mg total) daily"}
    assert [("simvastatin", Decimal(40))] == mg_of(settled, text="simvastatin")
    assert [("simvastatin", Decimal(40))] == mg_of(dosage_of(text="2 tablets"), text="simvastatin")
    named = {"text": "2 tablets (40 mg) daily"}
    assert [("simvastatin", Decimal(40))] == mg_of(named, text="simvastatin 20 MG Oral Tablet")


@pytest.mark.parametrize(
    ("dosage", "mg"),
    [
        ({"text": "2 tablets total (40 mg) daily"}, None),
        ({"text": "2 tablets daily, total 40 mg"}, None),
        ({"text": "2 tablets (40 mg in total) daily"}, "40"),
        ({"text": "2 tablets (40 mg total)", "patientInstruction": "2 tablets daily"}, None),
        (
            {"text": "2 tablets (40 mg total) daily", "patientInstruction": "2 tablets daily"},
            "40",
        ),
        (
            {"text": "2 tablets (40 mg total) daily", "patientInstruction": "40 mg daily"},
            None,
        ),
    ],
)
def test_a_total_settles_the_mass_before_it_alone(dosage: Json, mg: str | None) -> None:
    """Two tablets in total say nothing of the 40 mg; nor does one text of another's mass."""
    assert [("simvastatin", Decimal(mg) if mg else None)] == mg_of(dosage, text="simvastatin")


def test_a_number_without_a_unit_leaves_what_else_is_said_to_differ() -> None:
    """40 of the text's mg, beside two tablets of 40 mg or of nobody knows what."""
    bare = {"doseAndRate": [{"doseQuantity": {"value": 40}}], "text": "40 mg daily"}
    two = bare | {"patientInstruction": "2 tablets daily"}
    assert [("simvastatin", Decimal(40))] == mg_of(bare, text="simvastatin")
    assert [("simvastatin", None)] == mg_of(two)
    assert [("simvastatin", None)] == mg_of(two, text="simvastatin")
    assert [("simvastatin", Decimal(40))] == mg_of(two, text="simvastatin 20 MG Oral Tablet")


def test_a_mass_of_a_combination_in_structure_is_not_settled_by_tablets_in_words() -> None:
    """50 mg may be of either ingredient, or of another product than the tablets."""
    text = "hydrochlorothiazide 12.5 MG / losartan potassium 50 MG Oral Tablet"
    said = mg_of(dosage_of(text="1 tablet daily"), text=text)
    assert [("hydrochlorothiazide", None), ("losartan", None)] == said


def test_a_strength_that_only_the_text_gives_counts() -> None:
    """The name has none, and the instruction says what a tablet holds."""
    told = {"text": "Take 1 tablet (20 mg) by mouth daily"}
    assert [("simvastatin", Decimal(20))] == mg_of(told, text="simvastatin")
    structured = dosage_of(TABLET, text="1 tablet (20 mg) daily")
    assert [("simvastatin", Decimal(20))] == mg_of(structured, text="simvastatin")
    assert [("simvastatin", None)] == mg_of({"text": "1 tablet daily"}, text="simvastatin")


def test_a_timing_code_may_be_words() -> None:
    """As some records write it beside the coded doses."""
    for code, mg in (
        ("Nightly", 40),
        ("2 times daily", 80),
        ("Every 12 hours", 80),
        ("40 mg", None),
    ):
        dosage = dosage_of(timing={"code": {"text": code}})
        assert [("simvastatin", Decimal(mg) if mg else None)] == mg_of(dosage)
    shown = {"code": {"coding": [{"code": "200", "display": "Daily"}]}}
    assert [("simvastatin", Decimal(40))] == mg_of(dosage_of(timing=shown))


def test_words_of_a_combination_count_tablets_and_not_milligrams() -> None:
    """A mass in the text is of nobody in particular."""
    text = "hydrochlorothiazide 12.5 MG / losartan potassium 50 MG Oral Tablet"
    both = [("hydrochlorothiazide", Decimal(25)), ("losartan", Decimal(100))]
    assert both == mg_of({"text": "Take 2 tablets by mouth daily"}, text=text)
    assert [(name, None) for name, _ in both] == mg_of({"text": "50 mg daily"}, text=text)


@given(text=st.text(alphabet="0123456789 /-.,()abdefilmnoprstuwyTABLET", max_size=60))
def test_no_text_breaks_the_reading_of_a_dose(text: str) -> None:
    """Whatever it holds, there is a positive dose or none."""
    said = read_sig(text, ("simvastatin",))
    assert said is None or all(a.value is not None and a.value >= 0 for a in said.amounts)
    assert said is None or said.times is None or 0 < said.times <= 24


@given(
    number=st.sampled_from(["1", "2", "one", "0.5"]),
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
