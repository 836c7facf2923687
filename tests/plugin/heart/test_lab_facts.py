"""What a laboratory result proves, and when it proves nothing."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from plugin.model import EntryKind, Evidence, LabResult, PatientRecord, Unread
from tests.plugin.heart.little import TODAY, record, result, said, taking, unread

DRUG = (taking("furosemide"),)


def chart(*labs: LabResult, hidden: tuple[Unread, ...] = ()) -> PatientRecord:
    """A patient on furosemide with these results."""
    return record(medications=DRUG, labs=labs, unread=hidden)


def holds(patient: PatientRecord, fact: str) -> bool:
    """Does a rule of this one fact fire?"""
    return said(patient, fact) is not None


@pytest.mark.parametrize(
    ("value", "below", "at_least"),
    [("3.49", True, False), ("3.5", False, True), ("3.50", False, True), ("3.51", False, True)],
)
def test_a_cut_is_half_open(value: str, below: bool, at_least: bool) -> None:
    """No value falls between two bands: at the cut is above it."""
    patient = chart(result("potassium", value))
    assert (below, at_least) == (holds(patient, "potassium<3.5"), holds(patient, "potassium>=3.5"))


def test_a_cut_gives_the_result_as_its_evidence() -> None:
    """The answer shows value, unit and date as the laboratory reported them."""
    finding = said(chart(result("potassium", "3.3", days=7)), "potassium<3.5")
    assert finding is not None
    assert finding.because == (
        Evidence("potassium<3.5", "Observation/potassium", 3.3, "mmol/L", "2026-10-25"),
    )


@pytest.mark.parametrize(
    ("value", "shown"), [("3", 3), ("3.3", 3.3), ("3.30", 3.3), ("<2.0", "<2.0")]
)
def test_evidence_keeps_whole_numbers_whole_and_intervals_as_text(
    value: str, shown: float | str
) -> None:
    """A reader sees what the laboratory wrote."""
    finding = said(chart(result("potassium", value)), ["potassium<3.5"])
    assert finding is not None
    assert [shown] == [item.value for item in finding.because]


@pytest.mark.parametrize(
    ("value", "fact", "proven"),
    [
        (">60", "egfr>=60", True),
        (">60", "egfr>=30", True),
        (">60", "egfr<60", False),
        (">25", "egfr>=30", False),
        (">25", "egfr<30", False),
        ("<30", "egfr<30", True),
        ("<30", "egfr<60", True),
        ("<30", "egfr>=30", False),
        ("<45", "egfr<30", False),
    ],
)
def test_an_interval_proves_only_what_all_of_it_proves(value: str, fact: str, proven: bool) -> None:
    """`>60` proves eGFR >= 60 and nothing about a higher cut."""
    assert proven == holds(chart(result("egfr", value)), fact)


def test_a_closed_interval_does_not_prove_the_cut_at_its_end() -> None:
    """`<=30` may be 30, so it does not prove eGFR < 30."""
    closed = result("egfr", "30", low=None, high=Decimal(30), high_open=False)
    assert not holds(chart(closed), "egfr<30")
    assert holds(chart(closed), "egfr<60")


@pytest.mark.parametrize(
    ("days", "states"),
    [
        (-1, {"unknown"}),
        (0, {"recent"}),
        (30, {"recent"}),
        (31, {"older-than-30d"}),
        (90, {"older-than-30d"}),
        (91, {"unknown"}),
    ],
)
def test_a_result_ages_at_30_and_90_days_and_does_not_count_before_its_day(
    days: int, states: set[str]
) -> None:
    """Day 30 still carries a replacement, day 90 still counts, day 91 is as good as none."""
    patient = chart(result("potassium", "3.3", days=days))
    asked = ("unknown", "suspect", "unread", "recent", "older-than-30d")
    assert states == {state for state in asked if holds(patient, f"potassium:{state}")}
    assert holds(patient, "potassium<3.5") == (states != {"unknown"})


def test_nothing_measured_is_unknown_and_proves_no_cut() -> None:
    """No result is never a normal result."""
    assert holds(chart(), "potassium:unknown")
    assert not holds(chart(), "potassium>=3.5")
    assert not holds(chart(), "potassium<3.5")


def test_only_the_newest_result_counts() -> None:
    """An older low potassium says nothing once a newer one is normal."""
    old = result("potassium", "2.4", days=9, reference="Observation/old")
    new = result("potassium", "4.1", days=2, reference="Observation/new")
    for labs in ((old, new), (new, old)):
        assert not holds(chart(*labs), "potassium<3.5")
        assert holds(chart(*labs), "potassium>=3.5")


def test_results_of_one_day_are_ordered_by_their_instant_across_time_zones() -> None:
    """09:00+05:00 is before 08:10Z."""
    early = result("potassium", "4.4", clock="09:00:00+05:00", reference="Observation/a")
    late = result("potassium", "3.3", clock="08:10:00+00:00", reference="Observation/b")
    assert holds(chart(early, late), "potassium<3.5")


@pytest.mark.parametrize(("dated", "timed"), [("6.4", "3.3"), ("3.3", "6.4")])
def test_of_a_date_alone_and_a_time_of_that_day_neither_is_newer(dated: str, timed: str) -> None:
    """Which of the two is the later one nobody can tell, so a disagreement is suspect."""
    pair = (
        result("potassium", dated, reference="Observation/a"),
        result("potassium", timed, clock="08:00:00+00:00", reference="Observation/b"),
    )
    for labs in (pair, pair[::-1]):
        assert holds(chart(*labs), "potassium:suspect")
        assert not holds(chart(*labs), "potassium<3.5")
        assert not holds(chart(*labs), "potassium>=5.0")


def test_the_latest_time_of_a_day_and_its_date_alone_count_together() -> None:
    """An earlier time of the day has a later one and counts no more."""
    labs = (
        result("potassium", "4.4", clock="06:00:00+00:00", reference="Observation/a"),
        result("potassium", "3.3", clock="18:00:00+00:00", reference="Observation/b"),
        result("potassium", "3.2", reference="Observation/c"),
    )
    finding = said(chart(*labs), "potassium<3.5")
    assert finding is not None
    assert ["Observation/b", "Observation/c"] == [item.reference for item in finding.because]


def test_a_date_alone_counts_by_its_day_beside_times_of_other_days() -> None:
    """A later day is later, with a time or without."""
    for days, clock in ((1, ""), (1, "06:00:00+00:00")):
        old = result("potassium", "4.4", days=2, clock="" if clock else "23:00:00+00:00")
        new = result("potassium", "3.3", days=days, clock=clock, reference="Observation/new")
        assert holds(chart(old, new), "potassium<3.5")


def test_results_of_one_moment_that_disagree_are_suspect() -> None:
    """A disagreement is said, and neither value is taken for true."""
    low = result("potassium", "3.3", reference="Observation/a")
    normal = result("potassium", "4.1", reference="Observation/b")
    finding = said(chart(normal, low), "potassium:suspect")
    assert finding is not None
    assert ["Observation/a", "Observation/b"] == [item.reference for item in finding.because]
    for fact in ("potassium<3.5", "potassium>=3.5", "potassium:recent", "potassium:unknown"):
        assert not holds(chart(normal, low), fact)


def test_results_of_one_moment_on_the_same_side_of_every_cut_count_together() -> None:
    """3.2 and 3.3 prove the same, and both are shown."""
    pair = (
        result("potassium", "3.2", reference="Observation/a"),
        result("potassium", "3.3", reference="Observation/b"),
    )
    finding = said(chart(*pair), "potassium<3.5")
    assert finding is not None
    assert [3.2, 3.3] == [item.value for item in finding.because]
    assert not holds(chart(*pair), "potassium:suspect")


def test_a_cut_needs_every_result_of_the_moment_to_prove_it() -> None:
    """An interval beside a number proves no more than both do."""
    pair = (
        result("egfr", ">25", reference="Observation/a"),
        result("egfr", "45", reference="Observation/b"),
    )
    assert not holds(chart(*pair), "egfr>=30")
    assert not holds(chart(*pair), "egfr:suspect")


def test_a_suspect_result_proves_nothing_and_is_neither_recent_nor_old() -> None:
    """A haemolysed sample is repeated, not acted on."""
    patient = chart(result("potassium", "2.9", suspect=True))
    assert holds(patient, "potassium:suspect")
    for fact in ("potassium<3.5", "potassium:recent", "potassium:older-than-30d"):
        assert not holds(patient, fact)


def hidden_result(**more: object) -> Unread:
    """An unreadable potassium."""
    return unread(EntryKind.LABS, analyte="potassium", **more)


def test_an_unread_result_is_not_an_unknown_one() -> None:
    """Something is there and could not be read: that is said, not taken for nothing."""
    finding = said(chart(hidden=(hidden_result(day=TODAY),)), "potassium:unread")
    assert finding is not None
    assert finding.because == (Evidence("potassium:unread", "Any/x"),)
    assert not holds(chart(hidden=(hidden_result(day=TODAY),)), "potassium:unknown")


@pytest.mark.parametrize(("ago", "counts"), [(0, True), (5, True), (6, False), (None, True)])
def test_an_unread_result_counts_unless_a_readable_one_is_newer(
    ago: int | None, counts: bool
) -> None:
    """A result of today answers for an unreadable one of last week; an undated one stays open."""
    day = None if ago is None else TODAY - timedelta(days=ago)
    patient = chart(result("potassium", "3.3", days=5), hidden=(hidden_result(day=day),))
    assert counts == holds(patient, "potassium:unread")
    assert holds(patient, "potassium<3.5")


def test_an_unread_result_outside_the_window_is_unknown() -> None:
    """Older than 90 days is unknown, read or not."""
    patient = chart(hidden=(hidden_result(day=TODAY - timedelta(days=91)),))
    assert holds(patient, "potassium:unknown")
    assert not holds(patient, "potassium:unread")


def test_an_unread_entry_of_no_analyte_hides_no_lab() -> None:
    """Only a result of the analyte makes the analyte unread."""
    assert holds(chart(hidden=(unread(EntryKind.LABS),)), "potassium:unknown")
