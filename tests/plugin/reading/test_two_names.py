"""A medication that is named twice, by itself and by what it points to: no name is dropped."""

from __future__ import annotations

from typing import Any

import pytest

from plugin.model import PatientRecord, UnreadReason
from tests.plugin.reading.build import Json, person, read

ORDER: Json = {
    "resourceType": "MedicationRequest",
    "id": "m1",
    "status": "active",
    "intent": "order",
    "authoredOn": "2026-06-01",
}
DRUG = {"resourceType": "Medication", "id": "x", "code": {"text": "furosemide 40 mg tablet"}}
OTHER = {"text": "lisinopril"}
POINTER = {"reference": "Medication/x"}


def made_of(*parts: Any, text: str = "furosemide 40 mg tablet") -> Json:
    """A Medication with ingredients."""
    named = [
        {"itemCodeableConcept": {"text": one}} if isinstance(one, str) else one for one in parts
    ]
    return {**DRUG, "code": {"text": text} if text else None, "ingredient": named}


def reading_of(*resources: Json, **order: Any) -> PatientRecord:
    """An order as these elements have it, beside other resources."""
    return read(person(), {**ORDER, **order}, *resources)


@pytest.mark.parametrize(
    ("resources", "order"),
    [
        ([DRUG], {"medicationReference": {**POINTER, "display": "lisinopril 10 mg"}}),
        ([DRUG], {"medicationReference": POINTER, "medicationCodeableConcept": OTHER}),
        ([], {
            "medicationReference": {**POINTER, "display": "furosemide"},
            "medicationCodeableConcept": {"text": "lisinopril"},
        }),
        ([DRUG], {"medication": {"concept": {"text": "lisinopril"}, "reference": POINTER}}),
        ([made_of("furosemide", "amiloride")], {"medicationReference": POINTER}),
    ],
    ids=["a display", "concept and Medication", "concept and display", "R5", "ingredients"],
)  # fmt: skip
def test_two_names_of_different_drugs_are_a_conflict(resources: list[Json], order: Json) -> None:
    """Neither is taken, and both are said."""
    record = reading_of(*resources, **order)
    [unread] = record.unread
    assert unread.reason is UnreadReason.CONFLICT
    assert "furosemide" in unread.detail
    assert record.medications == ()


@pytest.mark.parametrize(
    ("resources", "order"),
    [
        ([DRUG], {"medicationReference": {**POINTER, "display": "Lasix"}}),
        ([DRUG], {"medicationReference": {**POINTER, "display": "Medication 4711"}}),
        ([DRUG], {"medicationReference": POINTER, "medicationCodeableConcept": {"text": "Lasix"}}),
        ([made_of("furosemide", "lactose")], {"medicationReference": POINTER}),
        ([made_of("furosemide", {"itemCodeableConcept": {"text": "amiloride"}, "isActive": False})],
         {"medicationReference": POINTER}),
        ([], {"medicationReference": {"reference": "#y"}, "contained": [
            made_of({"itemReference": {"reference": "#x"}}, text="") | {"id": "y"}, DRUG]}),
    ],
    ids=["a brand", "no drug", "both alike", "lactose", "not active", "contained beside it"],
)  # fmt: skip
def test_two_names_of_one_drug_are_that_drug(resources: list[Json], order: Json) -> None:
    """Brand and name, and what is contained beside the Medication."""
    record = reading_of(*resources, **order)
    assert record.unread == ()
    assert [one.ingredients for one in record.medications] == [("furosemide",)]


def test_an_ingredient_that_was_not_sent_is_said_to_be_missing() -> None:
    """Not that there is neither a code nor a text."""
    part = {"itemReference": {"reference": "Substance/9"}}
    record = reading_of(made_of(part, text=""), medicationReference=POINTER)
    assert [one.reason for one in record.unread] == [UnreadReason.REFERENCE_NOT_FOUND]
