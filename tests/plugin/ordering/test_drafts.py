"""Orders by their names."""

from __future__ import annotations

import json

import pytest

from plugin.ordering.drafts import drafts_of, select
from plugin.reading.source import RawEntry


@pytest.mark.parametrize(
    "raw", [b"null", b"7", b"[]", b"not JSON", b'{"resourceType":"Basket","id":7}']
)
def test_what_is_no_order_has_no_name_to_select_and_is_not_unsigned(raw: bytes) -> None:
    """It never breaks the finding of others."""
    order = {"resourceType": "MedicationRequest", "id": "d1", "status": "draft"}
    drafts = drafts_of([RawEntry(raw), RawEntry(json.dumps(order).encode())])
    assert [one.unsigned for one in drafts] == [False, True]
    assert select(drafts, ["d1"]).references == {"MedicationRequest/d1"}
    assert select(drafts, ["d1"]).missing == ()


@pytest.mark.parametrize("selection", ["ServiceRequest/x", "https://ehr.example/fhir/Task/x"])
def test_only_what_may_be_a_medication_is_missed(selection: str) -> None:
    """An order of another kind is of no use here."""
    assert select([], [selection]).missing == ()


@pytest.mark.parametrize("selection", ["MedicationRequest/x", "x", "urn:uuid:x", "a/x"])
def test_a_selection_that_is_not_there_is_missed_once(selection: str) -> None:
    """However often it was sent."""
    [one] = select([], [selection, selection]).missing
    assert selection in one.text
