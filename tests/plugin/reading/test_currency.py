"""What is taken now: every status, intent and bound."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from plugin.model import Medication, UnreadReason
from tests.plugin.reading.build import Json, dispense, order, person, read, statement


def _only(resource: Json, as_of: date = date(2026, 11, 1)) -> Medication:
    record = read(person(), resource, as_of=as_of)
    assert () == record.unread
    (medication,) = record.medications
    assert ("furosemide",) == medication.ingredients
    return medication


def _judged(resource: Json) -> tuple[bool, str]:
    medication = _only(resource)
    return medication.current, medication.why_not_current


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("active", (True, "")),
        (" Active ", (True, "")),
        ("on-hold", (False, "on-hold")),
        ("ended", (False, "ended")),
        ("stopped", (False, "stopped")),
        ("completed", (False, "completed")),
        ("cancelled", (False, "cancelled")),
        ("draft", (False, "draft")),
    ],
)
def test_of_orders_only_active_ones_are_current(status: str, expected: tuple[bool, str]) -> None:
    """The others are listed with the reason."""
    assert expected == _judged(order(status=status))


@pytest.mark.parametrize("status", ["stopped", "completed"])
def test_what_is_over_is_over_whatever_its_times_say(status: str) -> None:
    """Also where a dosage is said to go on, or the order to be dispensed for longer."""
    going_on = {
        "timing": {"repeat": {"boundsPeriod": {"start": "2026-10-01", "end": "2027-10-01"}}}
    }
    validity = {"validityPeriod": {"start": "2026-10-01", "end": "2027-10-01"}}
    assert (False, status) == _judged(order(status=status, dosageInstruction=[going_on]))
    assert (False, status) == _judged(order(status=status, dispenseRequest=validity))


@pytest.mark.parametrize(
    ("intent", "more", "expected"),
    [
        ("order", {}, (True, "")),
        ("original-order", {}, (True, "")),
        ("reflex-order", {}, (True, "")),
        ("filler-order", {}, (True, "")),
        ("instance-order", {}, (True, "")),
        ("proposal", {}, (False, "proposal")),
        ("proposal", {"reportedBoolean": True}, (False, "proposal")),
        ("option", {}, (False, "option")),
        ("plan", {}, (False, "plan")),
        ("plan", {"reportedBoolean": False}, (False, "plan")),
        ("plan", {"reportedBoolean": True}, (True, "")),
        ("plan", {"reported": True}, (True, "")),
        ("plan", {"reportedReference": {"reference": "Patient/p1"}}, (True, "")),
    ],
)
def test_a_plan_is_exposure_only_where_it_was_reported(
    intent: str, more: Json, expected: tuple[bool, str]
) -> None:
    """US Core writes what a patient reports as a reported plan; a proposal is nobody's medicine."""
    assert expected == _judged(order(intent=intent, **more))


def test_an_order_without_intent_is_an_order() -> None:
    """HL7's own examples leave it out."""
    resource = order()
    del resource["intent"]
    assert (True, "") == _judged(resource)


def test_do_not_perform_is_the_opposite_of_an_order() -> None:
    """An active order not to give a drug."""
    assert (False, "do-not-perform") == _judged(order(doNotPerform=True))
    assert (True, "") == _judged(order(doNotPerform=False))


@pytest.mark.parametrize(
    ("elements", "expected"),
    [
        ({"status": "active"}, (True, "")),
        ({"status": "recorded"}, (True, "")),
        (
            {"status": "recorded", "adherence": {"code": {"coding": [{"code": "taking"}]}}},
            (True, ""),
        ),
        (
            {"status": "recorded", "adherence": {"code": {"coding": [{"code": "not-taking"}]}}},
            (False, "not-taking"),
        ),
        (
            {
                "status": "recorded",
                "adherence": {"code": {"coding": [{"code": "stopped-as-directed"}]}},
            },
            (False, "stopped-as-directed"),
        ),
        ({"status": "intended"}, (False, "intended")),
        ({"status": "not-taken"}, (False, "not-taken")),
        ({"status": "on-hold"}, (False, "on-hold")),
        ({"status": "stopped"}, (False, "stopped")),
        ({"status": "completed"}, (False, "completed")),
        ({"status": "active", "taken": "n"}, (False, "not-taken")),
        ({"status": "active", "taken": "y"}, (True, "")),
    ],
)
def test_of_statements_active_and_recorded_ones_are_current(
    elements: Json, expected: tuple[bool, str]
) -> None:
    """R4's and R5's words, and STU3's `taken`."""
    assert expected == _judged(statement(**elements))


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("in-progress", (True, "")),
        ("completed", (False, "completed")),
        ("not-done", (False, "not-done")),
    ],
)
def test_of_administrations_running_ones_are_current(
    status: str, expected: tuple[bool, str]
) -> None:
    """What was given once is over."""
    resource = order(resourceType="MedicationAdministration", status=status)
    assert expected == _judged(resource | {"dosage": {"dose": {"value": 40, "unit": "mg"}}})


def test_a_dispense_is_listed_and_not_current() -> None:
    """It shows that there was a package, not that it is taken."""
    resource = dispense("furosemide 40 MG Oral Tablet")
    assert (False, "dispense") == _judged(resource)


def test_entered_in_error_was_never_true() -> None:
    """Such an entry is set aside as a whole, whatever its type."""
    wrong = {"status": "entered-in-error"}
    record = read(person(), order(**wrong), statement(**wrong), dispense(**wrong))
    assert ((), (), ()) == (record.medications, record.dispenses, record.unread)
    assert 3 == record.tally.set_aside


@pytest.mark.parametrize(
    ("elements", "detail"),
    [
        ({"status": "unknown"}, 'the status is "unknown"'),
        ({"status": "aktiv"}, 'the status is "aktiv"'),
        ({"status": ""}, "the status is missing"),
        ({"intent": "directive"}, 'the intent is "directive"'),
        ({"taken": "unk"}, "whether it is taken is not known"),
        ({"adherence": {"code": {"text": "unknown"}}}, "whether it is taken is not known"),
    ],
)
def test_a_status_that_says_nothing_is_listed_and_said(elements: Json, detail: str) -> None:
    """Not current, because nobody says so; unread, because it may well be."""
    record = read(person(), order(**elements))
    (unread,) = record.unread
    assert (UnreadReason.STATUS_NOT_KNOWN, detail, True) == (
        unread.reason,
        unread.detail,
        unread.current,
    )
    assert [(False, "status-not-known")] == [
        (m.current, m.why_not_current) for m in record.medications
    ]


def _bounds(**bounds: Any) -> list[Json]:
    return [{"timing": {"repeat": bounds}}]


@pytest.mark.parametrize(
    ("elements", "expected"),
    [
        ({"authoredOn": "2026-11-01"}, (True, "")),
        ({"authoredOn": "2026-11-02"}, (False, "starts-later")),
        ({"authoredOn": "2026-11"}, (True, "")),
        ({"authoredOn": "no date"}, (True, "")),
        ({"effectivePeriod": {"end": "2026-10-31"}}, (False, "ended")),
        ({"effectivePeriod": {"end": "2026-11-01"}}, (True, "")),
        ({"effectivePeriod": {"end": "2026-10"}}, (False, "ended")),
        ({"effectivePeriod": {"end": "2026"}}, (True, "")),
        ({"effectivePeriod": {"start": "2026-11-02"}}, (False, "starts-later")),
        ({"effectiveDateTime": "2026-12-01"}, (False, "starts-later")),
        ({"effectiveDateTime": "2020-12-01"}, (True, "")),
        ({"effectiveDosePeriod": {"end": "2026-01-01"}}, (False, "ended")),
        ({"dispenseRequest": {"validityPeriod": {"end": "2020-01-01"}}}, (True, "")),
        ({"dosageInstruction": _bounds(boundsPeriod={"end": "2026-10-31"})}, (False, "ended")),
        ({"dosageInstruction": _bounds(boundsPeriod={"end": "2026-11-01"})}, (True, "")),
        (
            {"dosageInstruction": _bounds(boundsPeriod={"start": "2026-11-02"})},
            (False, "starts-later"),
        ),
        ({"dosageInstruction": _bounds(boundsPeriod={"end": "soon"})}, (True, "")),
        ({"dosageInstruction": [{"timing": {"code": {"text": "QD"}}}]}, (True, "")),
        (
            {
                "dosageInstruction": _bounds(boundsPeriod={"end": "2026-10-01"})
                + _bounds(boundsPeriod={"start": "2026-10-02"})
            },
            (True, ""),
        ),
        (
            {
                "dosageInstruction": _bounds(boundsPeriod={"end": "2026-10-01"})
                + _bounds(boundsPeriod={"start": "2026-12-02"})
            },
            (False, "ended"),
        ),
        (
            {
                "dosageInstruction": [
                    *_bounds(boundsPeriod={"end": "2026-10-01"}),
                    {"text": "then one a day"},
                ]
            },
            (True, ""),
        ),
    ],
)
def test_dates_end_and_start_a_medication(elements: Json, expected: tuple[bool, str]) -> None:
    """An ended bound is over and a later start is not yet; a validity period is no end."""
    assert expected == _judged(order(**elements))


@pytest.mark.parametrize(
    ("authored", "duration", "expected"),
    [
        ("2026-10-29", {"value": 10, "unit": "d", "code": "d"}, True),
        ("2026-10-22", {"value": 10, "code": "d"}, False),
        ("2026-10-23", {"value": 10, "code": "d"}, True),
        ("2026-10-20", {"value": 2, "unit": "weeks"}, True),
        ("2026-10-10", {"value": 2, "unit": "weeks"}, False),
        ("2026-10-31", {"value": 24, "code": "h"}, False),
        ("2026-01-01", {"value": 10, "unit": "fortnight"}, True),
        ("2026-01-01", {"value": -3, "code": "d"}, True),
        ("2026-01-01", {"unit": "d"}, True),
        ("no date", {"value": 10, "code": "d"}, True),
    ],
)
def test_a_duration_ends_a_medication_where_its_start_is_known(
    authored: str, duration: Json, expected: bool
) -> None:
    """Ten days from the order; what is unclear ends nothing."""
    dosage = _bounds(boundsDuration=duration)
    assert expected == _only(order(authoredOn=authored, dosageInstruction=dosage)).current


@pytest.mark.parametrize(
    ("elements", "expected"),
    [
        ({"authoredOn": "2026-08-15T10:00:00Z"}, date(2026, 8, 15)),
        ({"authoredOn": "2026-08"}, date(2026, 8, 1)),
        ({"authoredOn": "2026-08-15", "effectivePeriod": {"start": "2025"}}, date(2025, 1, 1)),
        (
            {
                "authoredOn": "2026-08-15",
                "dosageInstruction": _bounds(boundsPeriod={"start": "2026-08-01"}),
            },
            date(2026, 8, 1),
        ),
        ({"authoredOn": "2026-08-15", "status": "stopped"}, date(2026, 8, 15)),
        ({"authoredOn": "2026-08-15", "status": "cancelled"}, None),
        ({"authoredOn": "2026-08-15", "status": "draft"}, None),
        ({"authoredOn": "2026-08-15", "intent": "proposal"}, None),
        ({"authoredOn": "2026-08-15", "doNotPerform": True}, None),
        ({}, None),
    ],
)
def test_the_start_is_the_earliest_date_of_what_was_taken(
    elements: Json, expected: date | None
) -> None:
    """What never was an exposure is no evidence of a start."""
    assert expected == _only(order(**elements)).start


def test_a_statement_starts_when_it_was_asserted_at_the_latest() -> None:
    """The drug was known to be taken by then."""
    assert date(2025, 3, 1) == _only(statement(dateAsserted="2025-03-01")).start
