"""Facts about one drug: what it is, how and how long it is taken, what its laboratory shows."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from knowledge.model import RouteClass
from plugin.model import Dispense, Evidence, PatientRecord
from tests.plugin.heart.little import (
    TODAY,
    assessed,
    knowing,
    mitigation,
    problem,
    record,
    result,
    rule,
    said,
    taking,
)


def flagged(chart: PatientRecord, *facts: str | list[str]) -> tuple[str, ...]:
    """The drugs on which a rule of these facts fires."""
    finding = said(chart, *facts)
    return finding.ingredients if finding else ()


EVERY_DRUG = record(
    medications=tuple(
        taking(name)
        for name in ("furosemide", "lovastatin", "omeprazole", "pindolol", "raloxifene")
    )
)


@pytest.mark.parametrize(
    ("fact", "drugs"),
    [
        ("drug:group=diuretic", ("furosemide",)),
        ("drug:tier=1", ("furosemide",)),
        ("drug:tier=2", ("omeprazole", "pindolol")),
        ("drug:tier=3", ("lovastatin", "raloxifene")),
        ("drug:evidence=class", ("pindolol",)),
        ("drug:mechanism=magnesium-loss", ("omeprazole", "pindolol")),
        ("drug:mechanism=potassium-loss", ("furosemide", "omeprazole")),
        ("drug:mechanism=unheard-of", ()),
    ],
)
def test_what_a_drug_is(fact: str, drugs: tuple[str, ...]) -> None:
    """An unconfirmed tier 1 is only listed, and an unconfirmed mechanism does not count."""
    assert drugs == flagged(EVERY_DRUG, fact)


def test_a_rule_about_the_drug_alone_rests_on_the_entries_that_name_it() -> None:
    """A finding always shows where in the record it comes from."""
    finding = said(record(medications=(taking("furosemide"),)), "drug:tier=1")
    assert finding is not None
    assert finding.because == (Evidence("takes:furosemide", "MedicationRequest/furosemide"),)


@pytest.mark.parametrize("route", list(RouteClass))
def test_eye_ear_and_skin_are_no_exposure(route: RouteClass) -> None:
    """A local medicine fires nothing and is listed all the same."""
    chart = record(medications=(taking("furosemide", route=route),))
    answer = assessed(chart, knowing(rule("drug:tier=1")))
    local = route in (RouteClass.OPHTHALMIC, RouteClass.OTIC, RouteClass.TOPICAL)
    assert local == (answer.findings == ())
    assert ["furosemide"] == [name for m in answer.medications for name in m.ingredients]


def test_what_is_not_current_fires_nothing() -> None:
    """An old order is listed, and says nothing."""
    chart = record(medications=(taking("furosemide", current=False),))
    answer = assessed(chart, knowing(rule("drug:tier=1")))
    assert answer.findings == ()
    assert [False] == [m.current for m in answer.medications]


def test_the_route_of_any_entry_counts() -> None:
    """Of two entries, only the one by that route is the evidence."""
    chart = record(
        medications=(
            taking("furosemide", reference="MedicationRequest/a"),
            taking("furosemide", reference="MedicationRequest/b", route=RouteClass.PARENTERAL),
        )
    )
    finding = said(chart, "drug:route=parenteral")
    assert finding is not None
    assert ["MedicationRequest/b"] == [item.reference for item in finding.because]
    assert flagged(chart, "drug:route=inhaled") == ()


def test_not_prescribed_is_what_the_entry_says() -> None:
    """Only a statement that nobody prescribed it makes the fact hold."""
    chart = record(medications=(taking("furosemide", not_prescribed=True), taking("omeprazole")))
    assert flagged(chart, "drug:not-prescribed") == ("furosemide",)


@pytest.mark.parametrize(("mg", "holds"), [("40", False), ("40.5", True), (None, False)])
def test_a_daily_dose_is_above_its_limit_only_where_it_can_be_read(
    mg: str | None, holds: bool
) -> None:
    """At the limit is not above it, and an unreadable dose proves nothing."""
    chart = record(medications=(taking("furosemide", mg=mg),))
    assert holds == bool(flagged(chart, "drug:daily-dose>40mg"))


def test_two_entries_of_a_drug_are_one_drug_at_the_larger_dose() -> None:
    """An order and a statement of 30 mg are not 60 mg."""
    twice = (taking("furosemide", mg="30"), taking("furosemide", mg="20", reference="X/2"))
    chart = record(medications=twice)
    assert flagged(chart, "drug:daily-dose>40mg") == ()
    finding = said(chart, "drug:daily-dose>25mg")
    assert finding is not None
    assert [30.0, 30.0] == [item.value for item in finding.because]


@pytest.mark.parametrize(("days", "holds"), [(364, False), (365, True), (366, True)])
def test_taken_for_counts_from_the_earliest_record(days: int, holds: bool) -> None:
    """A renewal does not restart the clock, and an ended order still tells of the start."""
    first = TODAY - timedelta(days=days)
    chart = record(
        medications=(
            taking("omeprazole", start=TODAY - timedelta(days=3)),
            taking("omeprazole", start=first, current=False, reference="X/old"),
            taking("omeprazole", start=None, reference="X/undated"),
        )
    )
    finding = said(chart, "drug:taken-for>=365d")
    assert holds == (finding is not None)
    if finding is not None:
        assert {first.isoformat()} == {item.date for item in finding.because}


def test_eye_drops_of_years_ago_are_no_start_of_tablets() -> None:
    """A local medicine does not begin an exposure."""
    drops = taking(
        "omeprazole", start=date(2020, 1, 1), route=RouteClass.OPHTHALMIC, reference="X/drops"
    )
    chart = record(medications=(drops, taking("omeprazole", start=TODAY)))
    assert flagged(chart, "drug:taken-for>=365d") == ()


def test_without_a_start_nothing_is_known_of_the_duration() -> None:
    """No date is not a long time."""
    chart = record(medications=(taking("omeprazole"),), problems=(problem("myalgia", onset=TODAY),))
    assert flagged(chart, "drug:taken-for>=1d") == ()
    assert flagged(chart, "drug:onset-after-start<=12wk") == ()


@pytest.mark.parametrize(
    ("condition", "onset", "holds"),
    [
        ("myalgia", date(2026, 1, 1), True),
        ("myalgia", date(2026, 3, 26), True),
        ("myalgia", date(2026, 3, 27), False),
        ("myalgia", date(2025, 12, 31), False),
        ("myalgia", None, False),
        ("dialysis", date(2026, 1, 1), False),
        ("falls", date(2026, 1, 1), False),
    ],
)
def test_onset_is_a_symptom_within_weeks_of_the_start(
    condition: str, onset: date | None, holds: bool
) -> None:
    """Day 84 is within twelve weeks; a symptom before the start, of no muscle, or none, is not."""
    chart = record(
        medications=(taking("furosemide", start=date(2026, 1, 1)),),
        problems=(problem(condition, onset=onset),),
    )
    assert holds == bool(flagged(chart, "drug:onset-after-start<=12wk"))


def test_an_onset_that_lies_ahead_does_not_count() -> None:
    """The day of assessment is the last that can count."""
    chart = record(
        medications=(taking("furosemide", start=TODAY),),
        problems=(problem("myalgia", onset=TODAY + timedelta(days=1)),),
    )
    assert flagged(chart, "drug:onset-after-start<=12wk") == ()


def handed(day: date | None, packages: int = 1, **more: object) -> Dispense:
    """Packages of furosemide."""
    fields: dict[str, object] = {
        "reference": f"MedicationDispense/{day}",
        "ingredients": ("furosemide",),
    }
    fields |= {"handed_over": day, "packages": packages, "route": RouteClass.ORAL}
    return Dispense(**(fields | more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("dispenses", "holds"),
    [
        ((handed(TODAY, 3),), True),
        ((handed(TODAY, 2), handed(date(2025, 11, 2))), True),
        ((handed(TODAY, 2), handed(date(2025, 11, 1))), False),
        ((handed(TODAY, 2), handed(TODAY + timedelta(days=1))), False),
        ((handed(TODAY, 2), handed(None)), False),
        ((handed(TODAY, 2), handed(TODAY, ingredients=("omeprazole",))), False),
        ((handed(TODAY, 2), handed(TODAY, route=RouteClass.TOPICAL)), False),
    ],
)
def test_packages_count_for_twelve_months(dispenses: tuple[Dispense, ...], holds: bool) -> None:
    """Packages of other drugs, other routes, other times or no date do not count."""
    chart = record(medications=(taking("furosemide"),), dispenses=dispenses)
    assert holds == bool(flagged(chart, "drug:dispensed>=3/12mo"))


@pytest.mark.parametrize(
    ("as_of", "months", "last_out"),
    [
        (date(2028, 2, 29), 12, date(2027, 2, 28)),
        (date(2026, 10, 31), 12, date(2025, 10, 31)),
        (date(2026, 7, 31), 1, date(2026, 6, 30)),
        (date(2026, 1, 15), 1, date(2025, 12, 15)),
    ],
)
def test_months_earlier_is_the_same_day_or_the_last_of_a_shorter_month(
    as_of: date, months: int, last_out: date
) -> None:
    """From 29 February, twelve months earlier is 28 February; that day itself is past."""
    knowledge = knowing(rule(f"drug:dispensed>=1/{months}mo"))
    for day, fires in ((last_out, False), (last_out + timedelta(days=1), True)):
        chart = record(medications=(taking("furosemide"),), dispenses=(handed(day),))
        assert fires == bool(assessed(chart, knowledge, as_of).findings)


@pytest.mark.parametrize(
    ("labs", "abnormal", "unknown"),
    [
        ((), (), ("furosemide", "omeprazole")),
        ((result("potassium", "3.2"),), ("furosemide", "omeprazole"), ("omeprazole",)),
        ((result("magnesium", "1.5"),), ("omeprazole", "pindolol"), ("furosemide",)),
        ((result("potassium", "3.2", suspect=True),), (), ("furosemide", "omeprazole")),
        ((result("potassium", "4"), result("magnesium", "2")), (), ()),
    ],
)
def test_the_lab_of_a_drug(
    labs: tuple[object, ...], abnormal: tuple[str, ...], unknown: tuple[str, ...]
) -> None:
    """Abnormal asks every mechanism; unknown only the leading one, so that little is suspected.

    Pindolol's leading mechanism has no laboratory, so that nothing of it is unknown.
    """
    chart = record(medications=EVERY_DRUG.medications, labs=labs)
    assert abnormal == flagged(chart, "drug:lab=abnormal")
    assert unknown == flagged(chart, "drug:lab=unknown")


def test_a_mechanism_without_a_laboratory() -> None:
    """Only a drug with a clinical mechanism has one that no result shows."""
    assert flagged(EVERY_DRUG, "drug:lab=none") == ("furosemide", "pindolol")


@pytest.mark.parametrize("fact", ["drug:tier=1", "drug:lab=none", "drug:group=diuretic"])
def test_a_drug_fact_of_a_mitigation_holds_where_any_drug_has_it(fact: str) -> None:
    """A guard rail asks of the patient; a drug that the knowledge does not know has no facts."""
    offer = mitigation("look", offer_when=[fact], unprompted=True)
    knowledge = knowing(mitigations=(offer,))
    with_it = record(medications=(taking("amoxicillin"), taking("furosemide")))
    without = record(medications=(taking("amoxicillin"), taking("amlodipine")))
    assert ["look"] == [m.id for m in assessed(with_it, knowledge).mitigations]
    assert () == assessed(without, knowledge).mitigations
