"""A call is answered the same, whether it is read in one pass or piece by piece, and whether its
orders and results go the short way or the long one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cds_hooks.decode import decode_call
from cds_hooks.errors import HookError
from cds_hooks.model import Sent
from cds_hooks.whole import WholeReader
from plugin.app import create_app
from plugin.cards import cards_for
from plugin.config import Settings
from plugin.model import PatientRecord
from plugin.pipeline import default_pipeline
from plugin.reading.record import read_record
from plugin.reading.repair import decode
from plugin.reading.shapes import Patient
from plugin.reading.source import RawEntry
from plugin.services.intake import Intake, take_in
from plugin.services.parts import parts_of
from tests.benchmarks.charts import CHARTS
from tests.benchmarks.patient import calls_of

TODAY = date(2026, 11, 1)
PIPELINE = default_pipeline(Settings())
PARTS = parts_of(PIPELINE.knowledge)
WHOLE = WholeReader(part.key for part in PARTS)
_ODD: tuple[Any, ...] = (None, "", 5, True, [], {}, "Bundle", "next", [{}], {"relation": "next"})


def _bodies() -> list[bytes]:
    discovery = create_app(Settings()).test_client().get("/cds-services").get_json()
    return [body for chart in CHARTS.values() for body in calls_of(discovery, TODAY, chart, 2)]


BODIES = _bodies()


def _long(sent: Sent) -> RawEntry:
    """Decoded into its full shape, which nothing is looked up for."""
    decoded = decode(sent.raw)
    return RawEntry(sent.raw, sent.full_url, "", None if decoded.broken else decoded.resource)


def _answer(
    body: bytes, whole: WholeReader | None, *, long: bool = False
) -> tuple[PatientRecord, int, list[Any]] | str:
    """What is read of a call, how many entries it brought, and the cards without their ids."""
    try:
        request = decode_call(body, {"patient-view"}, whole=whole)
        intake: Intake = take_in(request, PARTS)
    except HookError as error:
        return str(error)
    entries = list(map(_long, intake.entries)) if long else intake.entries
    patient = f"Patient/{request.context['patient_id']}"
    record = read_record(
        entries,
        knowledge=PIPELINE.knowledge,
        resolve=PIPELINE.resolve,
        as_of=TODAY,
        patient=patient,
        extra=intake.missing,
    )
    found = PIPELINE.assess_entries(entries, TODAY, patient, intake.missing)
    cards = [{**card, "uuid": ""} for card in cards_for(found, PIPELINE.knowledge)]
    return record, len(entries), cards


def _same(body: bytes) -> None:
    found = _answer(body, WHOLE)
    assert found == _answer(body, None)
    assert found == _answer(body, WHOLE, long=True)


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in a JSON value, as what holds it and the key there."""
    keys = list(value) if isinstance(value, dict) else range(len(value))
    for key in keys:
        yield value, key
        if isinstance(value[key], dict | list):
            yield from _places(value[key])


def test_sound_calls_are_read_in_one_pass_to_the_same_answer() -> None:
    for body in BODIES:
        assert WHOLE.read(body) is not None
        _same(body)


@given(st.data())
def test_a_call_with_something_odd_gets_the_same_answer_either_way(data: st.DataObject) -> None:
    call = json.loads(data.draw(st.sampled_from(BODIES)))
    for _ in range(data.draw(st.integers(1, 3))):
        places = list(_places(call["prefetch"]))
        if not places:
            break
        holder, key = places[data.draw(st.integers(0, len(places) - 1))]
        change = data.draw(st.sampled_from(("odd", "gone", "twice", "in a list", "link", "case")))
        if change == "odd":
            holder[key] = deepcopy(data.draw(st.sampled_from(_ODD)))
        elif change == "gone":
            del holder[key]
        elif change == "twice" and isinstance(holder, list):
            holder.append(json.loads(json.dumps(holder[key])))
        elif change == "in a list":
            holder[key] = [holder[key]]
        elif change == "case" and isinstance(holder, dict):
            holder[key.swapcase()] = holder.pop(key)
        elif change == "link" and isinstance(holder, dict):
            holder["link"] = [{"relation": "next"}]
    body = json.dumps(call).encode()
    _same(body)


def _record(*entries: RawEntry) -> PatientRecord:
    return read_record(entries, knowledge=PIPELINE.knowledge, resolve=PIPELINE.resolve, as_of=TODAY)


def test_an_entry_that_came_decoded_is_held_against_one_that_came_as_json() -> None:
    """As when a part was sent with the call, and another was fetched."""
    sent = RawEntry(b"", resource=Patient(id="p", birth_date="1960-01-01"))
    same = RawEntry(b'{"resourceType":"Patient","id":"p","birthDate":"1960-01-01"}')
    record = _record(sent, same)
    assert date(1960, 1, 1) == record.birth_date
    assert (2, 1, 1) == (record.tally.entries, record.tally.read, record.tally.duplicates)
    assert _record(same, sent) == record
    assert _record(sent, sent) == record


def test_an_entry_without_an_id_may_come_decoded() -> None:
    record = _record(RawEntry(b"", resource=Patient(birth_date="1960-01-01")))
    assert date(1960, 1, 1) == record.birth_date
    assert (1, 1) == (record.tally.entries, record.tally.read)


def test_entries_of_ids_that_fhir_does_not_allow_are_told_apart() -> None:
    record = _record(
        RawEntry(b"", resource=Patient(id="a b", birth_date="1960-01-01")),
    )
    assert record.reference == "Patient/a%20b"
