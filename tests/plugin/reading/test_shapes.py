"""Shapes that FHIR does not have and EHRs do: read for certain, or said."""

from __future__ import annotations

from typing import Any

import pytest

from plugin.model import UnreadReason
from plugin.reading.source import RawEntry
from tests.nesting import TOO_DEEP, lists
from tests.plugin.reading.build import (
    RXNORM,
    Json,
    lab,
    order,
    person,
    read,
    read_bytes,
    read_entries,
)


def _ingredients(**elements: Any) -> list[tuple[str, ...]]:
    record = read(person(), order(**elements))
    assert () == record.unread
    return [medication.ingredients for medication in record.medications]


@pytest.mark.parametrize(
    "elements",
    [
        {"medicationCodeableConcept": {"coding": [{"system": RXNORM, "code": 4603}]}},
        {"medicationCodeableConcept": {"coding": {"system": RXNORM, "code": "4603"}}},
        {"medicationCodeableConcept": [{"text": "furosemide"}]},
        {"medicationCodeableConcept": "furosemide"},
        {"medicationCodeableConcept": {"text": "furosemide", "coding": None}},
        {
            "medicationCodeableConcept": {
                "text": "furosemide",
                "coding": [None, "x", {"version": {}}],
            }
        },
        {"category": {"text": "outpatient"}},
        {"status": ["active"]},
        {"doNotPerform": "false"},
        {"doNotPerform": None},
        {"dosageInstruction": {"text": "daily"}},
        {"dosageInstruction": [{"text": 5, "route": "oral"}]},
        {"dosageInstruction": [{"timing": {"repeat": {"frequency": "1", "period": "one"}}}]},
        {"dosageInstruction": "daily"},
        {"note": "a note"},
        {"authoredOn": {"date": "2026"}},
        {"meta": "odd"},
        {"unknownElement": {"deep": [1, {"er": None}]}},
        {"contained": {"resourceType": "Basic"}},
    ],
)
def test_what_can_be_read_for_certain_is_read(elements: Json) -> None:
    """A number as code, one where a list belongs, text where a concept belongs, nulls."""
    assert [("furosemide",)] == _ingredients(**elements)


@pytest.mark.parametrize(
    ("elements", "path"),
    [
        ({"status": {"value": "active"}}, "status"),
        ({"status": ["active", "stopped"]}, "status"),
        ({"status": True}, "status"),
        ({"intent": {}}, "intent"),
        ({"doNotPerform": "perhaps"}, "doNotPerform"),
        ({"doNotPerform": 1}, "doNotPerform"),
        ({"medicationCodeableConcept": True}, "medicationCodeableConcept"),
        ({"medicationCodeableConcept": {"text": {}}}, "medicationCodeableConcept.text"),
        (
            {"medicationCodeableConcept": {"coding": [True], "text": "furosemide"}},
            "medicationCodeableConcept.coding[0]",
        ),
        ({"medicationReference": 5}, "medicationReference"),
        ({"subject": ["a", "b"]}, "subject"),
        ({"adherence": "odd"}, "adherence"),
    ],
)
def test_an_element_that_changes_meaning_is_not_dropped(elements: Json, path: str) -> None:
    """The entry is unread, with the path of what is wrong."""
    record = read(person(), order(**elements))
    assert () == record.medications
    assert [(UnreadReason.MALFORMED, f"{path} cannot be read")] == [
        (unread.reason, unread.detail) for unread in record.unread
    ]


def test_a_broken_entry_tells_what_it_can() -> None:
    """Its text, and that it may be current."""
    (unread,) = read(person(), order("furosemide", doNotPerform="perhaps")).unread
    assert ("furosemide", True) == (unread.text, unread.current)


@pytest.mark.parametrize("value", ["3.3", 3.3, [3.3]])
def test_a_number_may_come_as_text(value: Any) -> None:
    """Some servers write decimals as strings to keep their digits."""
    quantity = {"value": value, "unit": "mmol/L", "code": 5}
    (result,) = read(person(), lab(valueQuantity=quantity)).labs
    assert "3.3" == result.reported


@pytest.mark.parametrize("value", [5, "5", 5.0, 5.5, "many", 10**30, True])
def test_whole_numbers_are_whole(value: Any) -> None:
    """A frequency of half a time is dropped, and with it the dose."""
    repeat = {"frequency": value, "period": 1, "periodUnit": "d"}
    dosage = {
        "timing": {"repeat": repeat},
        "doseAndRate": [{"doseQuantity": {"value": 8, "unit": "mg"}}],
    }
    record = read(person(), order(dosageInstruction=[dosage]))
    (dose,) = record.medications[0].doses
    assert {"5": "40", "5.0": "40", "10": None}.get(str(value)) in (None, str(dose.mg))


@pytest.mark.parametrize(
    "line",
    [
        b'{"resourceType":"Observation","valueQuantity":{"value":1e999999999}}',
        b'{"resourceType":"Patient","id":1e400,"birthDate":19600504}',
        b'{"resourceType":"Observation","component":[[[[[[[[]]]]]]]]}',
    ],
)
def test_odd_json_raises_nothing(line: bytes) -> None:
    """Numbers beyond any range, a number as date, lists in lists."""
    assert 1 == read_bytes(line).tally.entries


@pytest.mark.parametrize(
    "raw",
    [
        b'{"resourceType":"Patient","gender":"\\ud800"}',
        b'{"resourceType":"Patient","gender":"\xff"}',
        b'{"resourceType":"Patient","x":' + lists(TOO_DEEP) + b"}",
        b'{"resourceType":"Patient"',
        b"",
    ],
)
def test_an_entry_that_is_no_json_is_malformed(raw: bytes) -> None:
    """A door may take a Bundle apart in its own way."""
    record = read_entries([RawEntry(raw)])
    assert [UnreadReason.MALFORMED] == [unread.reason for unread in record.unread]


def test_medication_usage_is_a_statement() -> None:
    """The ballots of R5 had that name."""
    record = read(person(), order(resourceType="MedicationUsage", status="recorded"))
    assert [("furosemide", True)] == [(m.ingredients[0], m.current) for m in record.medications]
