"""What counts as a first prescription and as a first record of cramps."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.screening.signal.dating import FirstDay
from plugin.screening.signal.history import History
from plugin.screening.signal.settings import ConditionDate, OutcomeKind
from tests.plugin.screening.signal.conftest import (
    Read,
    Resource,
    cramps,
    dispense,
    malaria,
    order,
    ordinal,
    read,
    statement,
)

__all__ = ["read"]

HCTZ = "hydrochlorothiazide 25 MG Oral Tablet"
THIAZIDE = "thiazide-and-thiazide-like"
ADVAIR = "fluticasone propionate 0.1 MG/ACTUAT / salmeterol 0.05 MG/ACTUAT Dry Powder Inhaler"
ICD = "http://hl7.org/fhir/sid/icd-10-cm"


def first(day: str) -> FirstDay:
    return FirstDay(ordinal(day))


@pytest.mark.parametrize("status", ["active", "completed", "stopped", "on-hold", "ended"])
def test_an_order_that_is_over_was_a_prescription_all_the_same(read: Read, status: str) -> None:
    found = read([order(HCTZ, "2020-03-05", status=status)])
    assert ordinal("2020-03-05") == found.starts[THIAZIDE]


@pytest.mark.parametrize(
    "change",
    [
        {"status": "draft"},
        {"status": "entered-in-error"},
        {"status": "cancelled"},
        {"intent": "proposal"},
        {"intent": "plan"},
        {"doNotPerform": True},
    ],
    ids=str,
)
def test_what_was_never_an_exposure_is_no_prescription(read: Read, change: dict[str, Any]) -> None:
    """And is not a fault either."""
    found = read([order(HCTZ, "2020-03-05", **change)])
    assert ({}, (), 0, None) == (found.starts, found.unclear, found.unread, found.begins)


def test_the_first_of_orders_dispenses_and_statements_counts(read: Read) -> None:
    """By the day handed over, the day written, or the beginning of taking it."""
    renewals = [order(HCTZ, "2021-01-05"), dispense(HCTZ, "2020-06-07T10:00:00+02:00")]
    assert ordinal("2020-06-07") == read(renewals).starts[THIAZIDE]
    taking = statement(HCTZ, effectivePeriod={"start": "2019-02-03"}, dateAsserted="2021-01-01")
    assert ordinal("2019-02-03") == read([*renewals, taking]).starts[THIAZIDE]


@pytest.mark.parametrize("status", ["preparation", "declined", "cancelled"])
def test_a_package_that_was_not_handed_over_is_no_prescription(read: Read, status: str) -> None:
    assert {} == read([dispense(HCTZ, "2020-06-07", status=status)]).starts


def test_a_drug_counts_for_each_group_that_it_is_of(read: Read) -> None:
    """Furosemide is a loop diuretic and a diuretic, and no thiazide."""
    found = read([order("furosemide 40 mg tablet", "2020-01-02")])
    assert {"loop-diuretic", "any-diuretic"} == found.starts.keys()


def test_an_inhaler_with_a_steroid_is_told_from_one_without(read: Read) -> None:
    """Each has its own first day; the two together have the earlier."""
    found = read([order(ADVAIR, "2021-01-02"), order("salmeterol inhaler", "2020-05-06")])
    days = {
        id_: found.starts.get(id_) for id_ in ("laba-alone", "laba-with-inhaled-corticosteroid")
    }
    assert {
        "laba-alone": ordinal("2020-05-06"),
        "laba-with-inhaled-corticosteroid": ordinal("2021-01-02"),
    } == days
    assert ordinal("2020-05-06") == found.starts["long-acting-beta-agonist"]


@pytest.mark.parametrize(
    "drug",
    [
        "atenolol 50 MG / chlorthalidone 25 MG Oral Tablet",  # with a diuretic
        "timolol 5 MG/ML Ophthalmic Solution",  # eye drops
        "pindolol 5 MG Oral Tablet",  # intrinsic sympathomimetic activity
    ],
)
def test_no_control_is_a_beta_blocker_with_a_linked_drug_in_the_eye_or_with_isa(
    read: Read, drug: str
) -> None:
    assert "control-beta-blocker" not in read([order(drug, "2020-01-02")]).starts
    assert "control-beta-blocker" in read([order("atenolol 50 mg tablet", "2020-01-02")]).starts


def test_no_control_is_an_anticholinergic_with_a_beta_agonist_or_by_mouth(read: Read) -> None:
    name = "control-inhaled-anticholinergic"
    both = "albuterol 0.1 MG/ACTUAT / ipratropium bromide 0.02 MG/ACTUAT Metered Dose Inhaler"
    assert name not in read([order(both, "2020-01-02")]).starts
    assert name not in read([order("glycopyrrolate 1 MG Oral Tablet", "2020-01-02")]).starts
    assert name in read([order("tiotropium inhalation capsule", "2020-01-02")]).starts


def test_a_drug_that_is_linked_to_nothing_only_begins_the_record(read: Read) -> None:
    found = read([order("amoxicillin 500 mg capsule", "2018-01-02"), order(HCTZ, "2020-03-05")])
    assert ordinal("2018-01-02") == found.begins
    assert {"any-diuretic", THIAZIDE} == found.starts.keys()


def test_the_data_begin_with_the_first_record_that_was_made(read: Read) -> None:
    """Not with what a later record tells of years ago: that was not new when it was recorded."""
    told = statement(HCTZ, effectivePeriod={"start": "1995-01-02"}, dateAsserted="2018-03-04")
    found = read([told, cramps("1999-01-02", "2018-05-06")])
    assert ordinal("2018-03-04") == found.begins
    assert (ordinal("1995-01-02"), first("1999-01-02")) == (found.starts[THIAZIDE], found.cramp)


@pytest.mark.parametrize(
    "change",
    [
        {"clinicalStatus": {"coding": [{"code": "resolved"}]}},
        {"category": [{"coding": [{"code": "encounter-diagnosis"}]}]},
        {"abatementDateTime": "2020-03-01"},
        {"code": {"text": "Nocturnal leg cramps"}},
    ],
    ids=str,
)
def test_a_diagnosis_of_an_encounter_or_that_is_over_is_a_record_of_cramps(
    read: Read, change: dict[str, Any]
) -> None:
    assert first("2020-02-03") == read([cramps("2020-02-03", **change)]).cramp


@pytest.mark.parametrize(
    "change",
    [
        {"verificationStatus": {"coding": [{"code": "refuted"}]}},
        {"verificationStatus": {"coding": [{"code": "entered-in-error"}]}},
        {"code": {"coding": [{"system": ICD, "code": "M79.10"}]}},  # myalgia
        {"code": {"text": "no cramps"}},
    ],
    ids=str,
)
def test_what_was_denied_or_is_something_else_is_no_record_of_cramps(
    read: Read, change: dict[str, Any]
) -> None:
    assert FirstDay() == read([cramps("2020-02-03", **change)]).cramp


def test_the_onset_counts_or_the_day_it_was_recorded_as_chosen(read: Read) -> None:
    """Each stands in for the other where that is missing."""
    both = [cramps("2020-02-03", "2020-09-09")]
    assert first("2020-02-03") == read(both).cramp
    recorded = ConditionDate.RECORDED
    assert first("2020-09-09") == read(both, condition_date=recorded).cramp
    assert first("2020-09-09") == read([cramps(recorded="2020-09-09")]).cramp
    assert first("2020-02-03") == read([cramps("2020-02-03")], condition_date=recorded).cramp


def test_quinine_stands_for_cramps_except_with_malaria_on_record(read: Read) -> None:
    quinine = order("quinine sulfate 324 MG Oral Capsule", "2020-04-05")
    assert first("2020-04-05") == read([quinine]).cramp
    assert FirstDay() == read([quinine, malaria("2015-01-01")]).cramp
    later = cramps("2021-01-01")
    assert first("2021-01-01") == read([quinine, malaria("2015-01-01"), later]).cramp


@pytest.mark.parametrize(
    ("kind", "day"),
    [
        (OutcomeKind.ANY, "2020-02-03"),
        (OutcomeKind.DIAGNOSIS, "2020-05-06"),
        (OutcomeKind.DRUG, "2020-02-03"),
    ],
)
def test_cramps_are_diagnoses_quinine_or_either_as_chosen(
    read: Read, kind: OutcomeKind, day: str
) -> None:
    record = [cramps("2020-05-06"), order("quinine sulfate 324 MG Oral Capsule", "2020-02-03")]
    assert first(day) == read(record, outcome=kind).cramp


@pytest.mark.parametrize("less_exact", ["2020", "2020-03", ""])
def test_a_first_day_that_is_not_known_is_not_made_up(read: Read, less_exact: str) -> None:
    """A month, a year or no date, where it may be the first: no start, and it is counted."""
    found = read([order(HCTZ, less_exact), order(HCTZ, "2020-03-15")])
    assert THIAZIDE not in found.starts
    assert ("any-diuretic", THIAZIDE) == found.unclear
    assert (1, 0) == (found.undated + found.coarse, found.unread)
    found = read([cramps(less_exact), cramps("2020-03-15")])
    assert FirstDay(unclear=True) == found.cramp


@pytest.mark.parametrize("day", ["2020-03-15", "2020-04-01"])
def test_a_month_that_cannot_be_earlier_than_a_day_does_not_matter(read: Read, day: str) -> None:
    """One that is later, or begins on that very day; the day after that it may be earlier."""
    found = read([order(HCTZ, "2020-04"), order(HCTZ, day)])
    assert (ordinal(day), ()) == (found.starts[THIAZIDE], found.unclear)
    found = read([order(HCTZ, "2020-04"), order(HCTZ, "2020-04-02")])
    assert THIAZIDE in found.unclear


def test_a_day_and_its_month_on_one_record_are_the_same(read: Read) -> None:
    told_twice = statement(HCTZ, effectivePeriod={"start": "2020-03"}, dateAsserted="2020-03-15")
    assert ordinal("2020-03-15") == read([told_twice]).starts[THIAZIDE]


def test_what_is_dated_after_the_as_of_date_is_left_out_and_counted(read: Read) -> None:
    found = read([order(HCTZ, "2027-01-01"), cramps("2026-11-02"), cramps("2026-11-01")])
    assert ({}, first("2026-11-01"), 2) == (found.starts, found.cramp, found.later)


@pytest.mark.parametrize(
    ("resource", "unread"),
    [
        (order("Zzyxoprolam 3 mg", "2020-01-01"), 1),
        (order(HCTZ, "2020-01-01", status="whatever"), 1),
        (order(HCTZ, "2020-01-01", modifierExtension=[{"url": "urn:x", "valueBoolean": True}]), 1),
        (order(HCTZ, "2020-01-01", subject={"reference": "Patient/other"}), 1),
        ({"resourceType": "Bundle", "link": [{"relation": "next", "url": "https://x"}]}, 1),
        (order("No known medications", "2020-01-01"), 0),
        ({"resourceType": "Immunization", "id": "i"}, 0),
    ],
    ids=["name", "status", "modifier", "of another", "further pages", "none known", "of no use"],
)
def test_what_cannot_be_read_is_counted_and_is_no_prescription(
    read: Read, resource: Resource, unread: int
) -> None:
    found = read([resource])
    assert ({}, FirstDay(), unread) == (found.starts, found.cramp, found.unread)


def test_the_least_age_is_reached_on_a_birthday(read: Read) -> None:
    """A birth date of a year only is taken as its last day; one of 29 February comes of age in
    March; none is none.
    """
    person = {"resourceType": "Patient", "id": "p"}
    assert read([person]).of_age is None
    assert ordinal("2010-12-31") == read([{**person, "birthDate": "1992"}]).of_age
    assert ordinal("2022-03-01") == read([{**person, "birthDate": "2004-02-29"}]).of_age
    assert ordinal("2042-05-06") == read([{**person, "birthDate": "1992-05-06"}], min_age=50).of_age


def test_a_day_before_birth_is_no_date(read: Read) -> None:
    """1900-01-01 means "not known": it neither begins the data nor is a first prescription.

    Else a drug that is years old would pass the run-in as new.
    """
    old = order("amoxicillin 500 MG Oral Capsule", "1900-01-01")
    resources = [old, order(HCTZ, "1900-01-01"), order("furosemide 40 MG", "2020-03-05")]
    resources += [order(HCTZ, "2021-01-01"), cramps("1900-01-01", "2020-06-01")]
    found = read([*resources, {"resourceType": "Patient", "id": "p", "birthDate": "1950-03"}])
    assert ordinal("2020-03-05") == found.begins
    assert THIAZIDE in found.unclear
    assert THIAZIDE not in found.starts
    assert {"loop-diuretic": ordinal("2020-03-05")} == found.starts
    assert found.cramp.unclear
    assert (2, 0) == (found.undated, found.coarse)
    unborn = read(resources)
    assert ordinal("1900-01-01") == unborn.begins
    assert 0 == unborn.undated
    later = {"resourceType": "Patient", "id": "p", "birthDate": "2050-03-01"}
    assert unborn == read([*resources, later]), "nobody is born after the as-of date"
    at_birth = {"resourceType": "Patient", "id": "p", "birthDate": "1950-03"}
    assert ordinal("1950-03-31") == read([order(HCTZ, "1950-03-31"), at_birth]).begins


RECORD = [
    order(HCTZ, "2020-03-05"),
    order(HCTZ, "2021-03-05"),
    order(ADVAIR, "2019-01-02"),
    dispense("furosemide 40 mg tablet", "2022-01-01"),
    order("simvastatin 20 mg tablet"),
    cramps("2020-07-01"),
    cramps("2021-08"),
    {"resourceType": "Patient", "id": "p", "birthDate": "1950-01-02"},
]


@given(order_=st.permutations(RECORD), again=st.lists(st.sampled_from(RECORD), max_size=4))
def test_order_and_repeats_of_resources_change_nothing(
    read: Read, order_: list[Resource], again: list[Resource]
) -> None:
    assert read(RECORD) == read([*order_, *again])


def test_a_patient_without_anything_has_an_empty_history(read: Read) -> None:
    assert History("Patient/p", None, None, {}, (), FirstDay(), 0, 0, 0, 0) == read([])
