"""A call says the same to the reader, whether it came in one pass or piece by piece."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cds_hooks.decode import decode_call
from cds_hooks.errors import HookError
from cds_hooks.whole import WholeReader
from plugin.app import create_app
from plugin.config import Settings
from plugin.model import PatientRecord
from plugin.pipeline import default_pipeline
from plugin.reading.record import read_record
from plugin.reading.shapes import OF_RECORD, Patient
from plugin.reading.source import RawEntry
from plugin.services.intake import Intake, take_in
from plugin.services.parts import parts_of
from tests.benchmarks.charts import CHARTS
from tests.benchmarks.patient import calls_of

TODAY = date(2026, 11, 1)
PIPELINE = default_pipeline(Settings())
PARTS = parts_of(PIPELINE.knowledge)
WHOLE = WholeReader(OF_RECORD)
_ODD: tuple[Any, ...] = (None, "", 5, True, [], {}, "Bundle", "next", [{}], {"relation": "next"})


def _bodies() -> list[bytes]:
    discovery = create_app(Settings()).test_client().get("/cds-services").get_json()
    return [body for chart in CHARTS.values() for body in calls_of(discovery, TODAY, chart, 2)]


BODIES = _bodies()


def _read(body: bytes, whole: WholeReader | None) -> tuple[PatientRecord, int] | str:
    try:
        request = decode_call(body, {"patient-view"}, whole=whole)
        intake: Intake = take_in(request, PARTS)
    except HookError as error:
        return str(error)
    record = read_record(
        intake.entries,
        knowledge=PIPELINE.knowledge,
        resolve=PIPELINE.resolve,
        as_of=TODAY,
        patient=f"Patient/{request.context['patient_id']}",
        extra=intake.missing,
    )
    return record, len(intake.entries)


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in a JSON value, as what holds it and the key there."""
    keys = list(value) if isinstance(value, dict) else range(len(value))
    for key in keys:
        yield value, key
        if isinstance(value[key], dict | list):
            yield from _places(value[key])


def test_sound_calls_are_read_in_one_pass_to_the_same_record() -> None:
    for body in BODIES:
        assert WHOLE.read(body) is not None
        assert _read(body, WHOLE) == _read(body, None)


@given(st.data())
def test_a_call_with_something_odd_is_read_to_the_same_record(data: st.DataObject) -> None:
    call = json.loads(data.draw(st.sampled_from(BODIES)))
    for _ in range(data.draw(st.integers(1, 3))):
        places = list(_places(call["prefetch"]))
        if not places:
            break
        holder, key = places[data.draw(st.integers(0, len(places) - 1))]
        change = data.draw(st.sampled_from(("odd", "gone", "twice", "in a list", "link", "case")))
        if change == "odd":
            holder[key] = data.draw(st.sampled_from(_ODD))
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
    assert _read(body, WHOLE) == _read(body, None)


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
