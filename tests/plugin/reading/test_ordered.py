"""Orders about to be signed: which of them would be taken, and since when."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from plugin.model import Medication, PatientRecord, UnreadReason
from plugin.reading.source import RawEntry, split
from tests.plugin.reading.build import AS_OF, Json, bundle, order, read_entries, statement

PAST, FUTURE = {"end": "2026-09-01"}, {"start": "2026-12-01"}


def _bounds(period: Json, mg: int = 40) -> Json:
    dose = {"doseAndRate": [{"doseQuantity": {"value": mg, "unit": "mg"}}]}
    repeat = {"boundsPeriod": period, "frequency": 1, "period": 1, "periodUnit": "d"}
    return {"timing": {"repeat": repeat}, **dose}


def ordered(*resources: Any, around: tuple[Any, ...] = ()) -> PatientRecord:
    """Read these as orders of patient p1; around them lies a chart."""

    def entries(some: tuple[Any, ...]) -> list[RawEntry]:
        return split(bundle(*({"resource": one} for one in some)))

    return read_entries(
        entries(resources), patient="Patient/p1", ordered=True, around=entries(around)
    )


def only(resource: Json) -> Medication:
    """The one medication that is read of an order."""
    record = ordered(resource)
    assert () == record.unread
    (medication,) = record.medications
    return medication


def without(resource: Json, *elements: str) -> Json:
    """The resource without some elements."""
    return {name: value for name, value in resource.items() if name not in elements}


@pytest.mark.parametrize("status", ["draft", " Draft ", "active", ""])
@pytest.mark.parametrize("intent", ["order", "proposal", "plan", "option", "", "wish"])
def test_what_is_about_to_be_signed_counts_as_taken(status: str, intent: str) -> None:
    """With any intent: what is asked is what signing would do."""
    medication = only(order(status=status, intent=intent))
    assert (True, "") == (medication.current, medication.why_not_current)


def test_neither_status_nor_intent_is_needed() -> None:
    """The examples of the standard itself leave them out."""
    assert only(without(order(), "status", "intent")).current


@pytest.mark.parametrize("status", ["on-hold", "stopped", "cancelled", "completed", "ended"])
def test_an_order_that_ends_or_pauses_a_drug_is_no_exposure(status: str) -> None:
    """It is listed with its word."""
    medication = only(order(status=status))
    assert (False, status) == (medication.current, medication.why_not_current)


def test_an_order_not_to_give_a_drug_is_no_exposure() -> None:
    """Whatever its status."""
    for status in ("draft", "active"):
        medication = only(order(status=status, doNotPerform=True))
        assert (False, "do-not-perform") == (medication.current, medication.why_not_current)


def test_an_unknown_status_is_said() -> None:
    """It may stand for anything; the order is listed, and not counted."""
    record = ordered(order(status="pending"))
    assert [UnreadReason.STATUS_NOT_KNOWN] == [one.reason for one in record.unread]
    assert [False] == [one.current for one in record.medications]


def test_an_order_entered_in_error_is_set_aside() -> None:
    """It never was one."""
    record = ordered(order(status="entered-in-error"))
    assert ((), ()) == (record.medications, record.unread)


@pytest.mark.parametrize("status", ["draft", "active"])
def test_an_order_for_later_counts_from_now(status: str) -> None:
    """It is being decided on now."""
    resource = order(status=status, dosageInstruction=[_bounds(FUTURE)], authoredOn="2026-11-30")
    assert only(resource).current


def test_a_draft_with_the_dates_of_the_order_it_was_copied_from_counts() -> None:
    """And its old date tells nothing of when the drug was begun."""
    resource = order(status="draft", authoredOn="2020-01-01", dosageInstruction=[_bounds(PAST)])
    medication = only(resource)
    assert (True, None) == (medication.current, medication.start)


def test_an_active_order_signed_when_its_course_is_over_is_no_exposure() -> None:
    """A verbal order is often signed late."""
    medication = only(order(dosageInstruction=[_bounds(PAST)]))
    assert (False, "ended") == (medication.current, medication.why_not_current)


def test_an_active_order_signed_again_tells_since_when() -> None:
    """As it would in a chart."""
    assert date(2026, 1, 2) == only(order(authoredOn="2026-01-02")).start


def test_of_a_draft_in_steps_those_that_are_over_give_no_dose() -> None:
    """What is left is what would be taken."""
    steps = [_bounds(PAST, 20), _bounds(FUTURE, 80)]
    medication = only(order(status="draft", dosageInstruction=steps))
    assert [Decimal(80)] == [dose.mg for dose in medication.doses]


def test_a_draft_without_timing_has_no_dose_and_counts() -> None:
    """It is not finished."""
    medication = only(order(status="draft", dosageInstruction=[{"text": "as told"}]))
    assert medication.current
    assert [None] == [dose.mg for dose in medication.doses]


def test_among_orders_a_statement_is_judged_as_in_a_chart() -> None:
    """Only an order becomes a drug that is taken by being signed."""
    assert only(statement()).current
    assert not only(statement(status="intended")).current


def test_a_draft_outside_of_orders_is_still_not_current() -> None:
    """In the medication list it is somebody's unfinished thought."""
    entries = split(bundle({"resource": order(status="draft")}))
    (medication,) = read_entries(entries, as_of=AS_OF).medications
    assert (False, "draft") == (medication.current, medication.why_not_current)


def test_a_draft_may_point_to_a_medication_of_the_chart() -> None:
    """Included Medications come with the prefetch; what else lies there is not read twice."""
    drug = {"resourceType": "Medication", "id": "x", "code": {"text": "furosemide 40 MG Tablet"}}
    broken = {"resourceType": "Medication", "id": "y", "code": True}
    pointing = without(order(status="draft"), "medicationCodeableConcept")
    pointing["medicationReference"] = {"reference": "Medication/x"}
    record = ordered(pointing, around=(drug, broken, order(id="m2"), None))
    assert [("furosemide",)] == [one.ingredients for one in record.medications]
    assert () == record.unread
