"""The short ways of reading end where the long ones do."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from plugin.errors import InputUnreadable
from plugin.model import PatientRecord
from plugin.reading.currency import currency_of
from plugin.reading.dates import day_of, when
from plugin.reading.elements import CodeableConcept, Dosage, Period
from plugin.reading.naming import namer
from plugin.reading.repair import decode
from plugin.reading.shapes import Medicine
from plugin.reading.source import RawEntry
from tests.plugin.reading.build import (
    dispense,
    lab,
    order,
    read,
    read_entries,
    resolver,
    statement,
)
from tests.plugin.reading.odd import resources

TEXTS = (
    "2026", "2026-10", "2026-10-25", " 2026-10-25", "2026-02-30", "0001-01-01", "9999-12-31",
    "2026-10-25T", "1899-10-25T", "9999-12-31T", "2026-10-32T", "2026-10  T", "2026-1-1  T", "",
)  # fmt: skip
TIMES = (
    "", "10:00", "10:00:00Z", "23:59:60Z", "24:00:00Z", "10:60:00Z", "10:00:00.123456+05:30",
    "10:00:00.1234567-08:00", "10:00:00+14:59", "10:00:00+24:00", "10:00:00+0500", "10:00:00,5Z",
    "10:00:00", "10:00:00z", "00:00:00+14:00", "23:59:59-14:00", "10:00:00.Z", "10:00:00Z ",
)  # fmt: skip
TWICE = {"resourceType": "Observation", "id": "twice", "code": {"text": "of nothing that is asked"}}


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("time", TIMES)
def test_a_day_is_that_of_its_instant(text: str, time: str) -> None:
    _same_day(text + time)


@given(st.sampled_from(TEXTS), st.text("0123456789:.+-TZtz ,", max_size=16))
def test_a_day_is_that_of_any_instant(text: str, time: str) -> None:
    _same_day(text + time)


def _same_day(text: str) -> None:
    day, moment = day_of(text), when(text)
    assert (day is None) == (moment is None)
    if day is not None and moment is not None:
        assert (day.first, day.last) == (moment.first, moment.last)


def _read_or_said(*sent: Any) -> PatientRecord | str:
    try:
        return read(*sent)
    except InputUnreadable as error:
        return error.message


@given(st.lists(resources(), max_size=6))
def test_entries_with_names_of_their_own_are_settled_as_any_others(sent: list[Any]) -> None:
    """One thing sent twice sends all of them the long way."""
    alone, beside = _read_or_said(*sent, TWICE), _read_or_said(*sent, TWICE, TWICE)
    if isinstance(alone, PatientRecord) and isinstance(beside, PatientRecord):
        tally = replace(alone.tally, entries=len(sent) + 2, duplicates=alone.tally.duplicates + 1)
        assert beside == replace(alone, tally=tally)
    else:
        assert alone == beside


@given(
    resources((order(authoredOn="2026-08-15"), statement(dateAsserted="2026-08-15"), dispense())),
    st.sampled_from([date(2026, 8, 14), date(2026, 8, 15), date(2027, 1, 1)]),
)
def test_an_entry_with_one_date_is_judged_as_one_with_several(one: Any, day: date) -> None:
    """A period that says nothing sends it the long way."""
    entry = decode(json.dumps(one).encode()).resource
    if isinstance(entry, Medicine):
        long_way = replace(entry, effective_dose_period=Period())
        dosages: tuple[Dosage, ...] = entry.dosages
        assert currency_of(entry, dosages, day) == currency_of(long_way, dosages, day)


def test_as_many_terminologies_as_come_give_the_same_names() -> None:
    """When there are too many it starts anew."""
    expected = read(order(), lab())
    concept = CodeableConcept(text="furosemide 40 MG Oral Tablet")
    for _ in range(20):
        found = namer(lambda asked: resolver().resolve(asked))(concept)
        assert ("furosemide",) == found.resolution.ingredients
    assert expected == read(order(), lab())


def test_entries_that_come_decoded_are_read_as_those_that_come_as_bytes() -> None:
    raw = [json.dumps(one).encode() for one in (order(), lab(), dispense())]
    decoded = [RawEntry(b"", "", "", decode(one).resource) for one in raw]
    assert read_entries([RawEntry(one) for one in raw]) == read_entries(decoded)
