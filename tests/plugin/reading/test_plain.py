"""Plain orders and results, of which most is looked up, are read as all others are."""

from __future__ import annotations

import json
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import fields, replace

from plugin.model import PatientRecord, UnreadReason
from plugin.reading.gather import entry_of
from plugin.reading.plain import decode_first, opener
from plugin.reading.plain_shapes import PLAIN, PlainOrder, PlainResult
from plugin.reading.record import read_record
from plugin.reading.repair import FAULTS, decode
from plugin.reading.shapes import MedicationRequest, Observation
from plugin.reading.source import RawEntry
from tests.plugin.reading.build import (
    AS_OF,
    RXNORM,
    Json,
    knowledge,
    lab,
    order,
    person,
    read_entries,
    resolver,
    without,
)
from tests.plugin.reading.odd import resources

DAILY = {"text": "Take 1 tablet daily", "timing": {"repeat": {"frequency": 1, "period": 1}}}
BOUNDED = {"timing": {"repeat": {"boundsPeriod": {"end": "2026-10-01"}}}}
NORMAL = [{"low": {"value": 3.5}, "high": {"value": 5.1, "unit": "mmol/L"}, "text": "3.5-5.1"}]
INTERPRETED = [{"coding": [{"code": "L", "display": "Low"}]}]
CODED = {"coding": [{"system": RXNORM, "code": "4603"}], "text": "furosemide"}
ODD: tuple[Json, ...] = (
    order(medicationCodeableConcept=CODED, dosageInstruction=[DAILY], authoredOn="2026-08-15"),
    order(id="m2", status="stopped", reportedBoolean=True, intent="plan"),
    lab(referenceRange=NORMAL, interpretation=INTERPRETED, issued="2026-10-25"),
    lab("2157-6", 900, "U/L", id="o2", referenceRange=[{"high": {"value": 200}}]),
)
RESOLVE = resolver().resolve


def _raw(*sent: Any) -> list[RawEntry]:
    return [RawEntry(json.dumps(one).encode()) for one in sent]


def _long(entry: RawEntry) -> RawEntry:
    """Decoded as it used to be, where that succeeds at once; else it is no plain one anyway."""
    decoded = decode(entry.raw)
    whole = decoded.resource if not decoded.broken else None
    return RawEntry(entry.raw, entry.full_url, "", whole)


def _first(entry: RawEntry) -> RawEntry:
    """Decoded as a batch decodes it."""
    try:
        return RawEntry(entry.raw, entry.full_url, "", decode_first(entry.raw))
    except FAULTS:
        return entry


def _same(*sent: Any, as_of: date = AS_OF) -> PatientRecord:
    """The record, which is the same whichever way each entry went."""
    entries = _raw(person(), *sent)
    found = read_entries(entries, as_of=as_of, patient="p1")
    assert found == read_entries([*map(_long, entries)], as_of=as_of, patient="p1")
    assert found == read_entries([*map(_first, entries)], as_of=as_of, patient="p1")
    return found


def _is_plain(sent: Json) -> bool:
    """Whether it is read in the short way."""
    (opened,) = opener(knowledge(), RESOLVE)(_raw(sent))
    assert (opened.known is None) == (type(opened.resource) not in PLAIN)
    return opened.known is not None


@given(resources(ODD), resources(ODD), st.sampled_from([AS_OF, date(2026, 8, 1), date(2030, 1, 1)]))
def test_whatever_is_written_over_an_entry_both_ways_read_the_same(
    one: Any, other: Any, day: date
) -> None:
    _same(one, as_of=day)
    if not isinstance(other, dict) or not isinstance(one, dict) or one.get("id") != other.get("id"):
        _same(one, other, as_of=day)


@pytest.mark.parametrize(
    ("plain", "whole"), [(PlainOrder, MedicationRequest), (PlainResult, Observation)]
)
def test_every_element_that_reading_uses_is_declared_of_a_plain_one(plain: Any, whole: Any) -> None:
    """One that is not would be skipped in silence."""
    names = {one.encode_name for one in fields(whole)}
    assert names <= {one.encode_name for one in fields(plain)} | {"category"}


@pytest.mark.parametrize(
    "sent",
    [
        order(authoredOn="2026-08-15", dosageInstruction=[DAILY]),
        order(authoredOn="no date"),
        without(order(), "authoredOn"),
        order(status="stopped", authoredOn="2030-01-01"),
        order(authoredOn="2030-01-01"),
        order(id="two words"),
        lab(referenceRange=NORMAL, interpretation=INTERPRETED),
        lab("8302-2", 170, "cm"),
        lab(status="preliminary"),
    ],
)
def test_the_usual_order_or_result_is_plain(sent: Json) -> None:
    assert _is_plain(sent)
    _same(sent)


@pytest.mark.parametrize(
    "sent",
    [
        order(dosageInstruction=[BOUNDED]),
        order(dosageInstruction=[{"modifierExtension": [{"url": "x"}]}]),
        order(dosageInstruction=[{"text": 5}]),
        order(modifierExtension=[{"url": "x"}]),
        order(implicitRules="http://x"),
        order(doNotPerform=True),
        order(intent="proposal"),
        order(status="unknown"),
        order(status=None),
        order("no such drug"),
        order(note=[{"text": "as told"}]),
        without(order(), "medicationCodeableConcept"),
        lab("2157-6", 900, "U/L"),
        lab(interpretation=[{"text": "haemolysed"}]),
        lab(status="unknown"),
        lab(modifierExtension=[{"url": "x"}]),
        lab(code={"coding": [{"code": "2823-3"}, {"code": "2160-0"}]}),
        lab(note=[{"text": "haemolysed"}]),
        lab(referenceRange=[{"text": 5}]),
    ],
)
def test_any_other_goes_the_long_way(sent: Json) -> None:
    assert not _is_plain(sent)
    _same(sent)


def test_an_order_that_starts_later_is_not_current() -> None:
    """What is known of all such orders does not hold for one that is dated ahead."""
    found = _same(
        order(authoredOn="2030-01-01"),
        order(id="m2", authoredOn="2026-01-01"),
        order(id="m3", status="stopped", authoredOn="2030-01-01"),
    )
    assert ["starts-later", "", "stopped"] == [m.why_not_current for m in found.medications]


TODAY = AS_OF.isoformat()


@pytest.mark.parametrize("space", ["", " ", "\t", "\u00a0"])
@pytest.mark.parametrize(
    "text",
    [
        TODAY, TODAY[:4], TODAY[:7], "2030", f"{TODAY}T23:59:59Z", f"{TODAY}T00:00:00+14:00",
        (AS_OF + timedelta(days=1)).isoformat(), "2026-13-01", "2026-10-1", "1", "x", "\u0662026",
    ],
)  # fmt: skip
def test_whether_an_order_starts_later_is_told_by_comparing_texts(text: str, space: str) -> None:
    """As if every date had been read: what is no date, or has a space around it, among them."""
    _same(order(authoredOn=space + text), order(id="m2", authoredOn=text + space))


@pytest.mark.parametrize(
    "sent",
    [
        None, 5, "3.3 mmol/L", {}, [], [{"value": 3.3}], {"value": "high", "unit": "mmol/L"},
        {"value": 3.3, "unit": 5}, {"value": 3.3, "unit": "mmol/L", "code": None},
        {"value": 1e300, "unit": "mmol/L"}, {"value": 3.3, "unit": "mmol/L", "extension": [1]},
    ],
)  # fmt: skip
def test_a_quantity_that_is_not_as_fhir_has_it_reads_as_it_does_in_any_result(sent: Any) -> None:
    _same(lab(valueQuantity=sent), lab(id="o2"))


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        (lab(unit="furlongs"), UnreadReason.UNIT_NOT_KNOWN),
        (lab(value=None), UnreadReason.VALUE_NOT_READ),
        (lab(valueQuantity={"unit": "mmol/L"}), UnreadReason.VALUE_NOT_READ),
        (lab(valueQuantity={"value": 3, "comparator": "~"}), UnreadReason.VALUE_NOT_READ),
        (lab(effectiveDateTime="2030-01-01"), UnreadReason.DATE_NOT_READ),
        (lab(effectiveDateTime="never"), UnreadReason.DATE_NOT_READ),
    ],
)
def test_a_plain_result_that_cannot_be_used_is_said(sent: Json, reason: UnreadReason) -> None:
    """It is known of which analyte it is; its value and its date are its own."""
    assert _is_plain(sent)
    found = _same(sent)
    assert [reason] == [one.reason for one in found.unread]
    assert not found.labs


def test_a_result_of_no_analyte_leaves_no_trace() -> None:
    found = _same(lab("8302-2", 170, "cm"), lab(id="o2"))
    assert ["Observation/o2"] == [one.reference for one in found.labs]
    assert not found.unread
    assert 1 == found.tally.set_aside


def test_an_entry_that_comes_twice_is_settled_though_it_is_plain() -> None:
    """Of two that differ the newer one counts, which their meta says."""
    older = order(meta={"lastUpdated": "2026-01-01"}, status="stopped")
    newer = order(meta={"lastUpdated": "2026-02-01"})
    found = _same(older, newer)
    assert [True] == [one.current for one in found.medications]
    assert [UnreadReason.SUPERSEDED] == [one.reason for one in found.unread]


def test_who_asks_for_no_plain_entry_is_given_none() -> None:
    entry = _first(_raw(order())[0])
    assert isinstance(entry.resource, PlainOrder)
    assert isinstance(entry_of(entry).resource, MedicationRequest)


def test_what_is_known_is_known_of_one_terminology_and_one_knowledge() -> None:
    """When there are too many of them it starts anew."""
    expected = _same(order(), lab())
    entries = _raw(person(), order(), lab())

    def read(resolve: Any) -> PatientRecord:
        return read_record(
            entries, knowledge=knowledge(), resolve=resolve, as_of=AS_OF, patient="p1"
        )

    for _ in range(20):
        assert expected == read(partial(RESOLVE))
    other = opener(replace(knowledge()), RESOLVE)
    assert other is not opener(knowledge(), RESOLVE)
    assert opener(knowledge(), RESOLVE) is opener(knowledge(), RESOLVE)
    assert expected == read(RESOLVE)
