"""Orders and results of the shape that nearly all have, in fewer steps than the rest.

What such an entry says follows from a few of its elements, which recur between patients, and from
its id, its date and its value. The former are taken as bytes and looked up; what they mean was
found by the long way once. An entry of which anything is otherwise goes the long way itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from functools import partial
from typing import Union

import msgspec

from knowledge.model import Knowledge
from plugin.reading.context import Entry, Reading, is_id, shown_reference
from plugin.reading.elements import ABSENT
from plugin.reading.gather import entry_of, named
from plugin.reading.labs import common_result
from plugin.reading.medications import common_order
from plugin.reading.memo import remembered
from plugin.reading.naming import Resolve
from plugin.reading.plain_shapes import PLAIN, PlainOrder, PlainResult
from plugin.reading.references import Directory
from plugin.reading.repair import FAULTS, decode_soundly
from plugin.reading.shapes import CLASSES, MedicationRequest, Observation, Resource
from plugin.reading.source import AnyEntry

# What a resource is decoded as at first: plain, where it may be.
FIRST = (*PLAIN, *(cls for cls in CLASSES if cls not in (MedicationRequest, Observation)))
_FIRST: msgspec.json.Decoder[Resource] = msgspec.json.Decoder(Union[FIRST])  # noqa: UP007
# One resource, or one on each line; plain where it may be. Raises what `repair.FAULTS` names.
decode_first, decode_lines = _FIRST.decode, _FIRST.decode_lines
_BETWEEN = b"\0"  # in no JSON, so that what is looked up comes apart again
_LONGEST = 2000  # bytes of it: a concept, and how it is taken
_ORDER = (b"status", b"intent", b"medicationCodeableConcept", b"dosageInstruction")
_RESULT = (b"status", b"code", b"referenceRange", b"interpretation")
_KEEP = 8  # terminologies held at a time; a process uses one, tests a few
Opener = Callable[[Iterable[AnyEntry]], list[Entry]]
_KNOWN: dict[Resolve, tuple[Knowledge, Opener]] = {}


def opener(knowledge: Knowledge, resolve: Resolve) -> Opener:
    """A function that decodes entries: as plain ones with what is known of them, if they are."""
    held = _KNOWN.get(resolve)
    if held is not None and held[0] is knowledge:
        return held[1]
    if len(_KNOWN) >= _KEEP:
        _KNOWN.clear()
    reading = Reading(knowledge, resolve, date.min, Directory())
    made = partial(
        _opened,
        orders=remembered(partial(_order, reading=reading), _LONGEST),
        results=remembered(partial(_result, reading=reading), _LONGEST),
    )
    _KNOWN[resolve] = knowledge, made
    return made


def _opened(
    entries: Iterable[AnyEntry],
    orders: Callable[[bytes], object],
    results: Callable[[bytes], object],
) -> list[Entry]:
    opened: list[Entry] = []
    for sent in entries:
        one = sent.resource
        if one is None:
            try:
                one = decode_first(sent.raw)
            except FAULTS:
                opened.append(entry_of(sent))
                continue
        if type(one) is PlainOrder:
            order = one.status, one.intent, one.medication_codeable_concept, one.dosage_instruction
            type_, known = "MedicationRequest", orders(_BETWEEN.join(order))
        elif type(one) is PlainResult:
            result = one.status, one.code, one.reference_range, one.interpretation
            type_, known = "Observation", results(_BETWEEN.join(result))
        else:
            opened.append(named(sent, one, type(one).__name__))
            continue
        if known is None or one.implicit_rules or one.modifier_extension is not ABSENT:
            opened.append(entry_of(sent))
            continue
        raw, url, id_ = sent.raw, sent.full_url, one.id
        reference = f"{type_}/{id_}" if is_id(id_) else shown_reference(type_, id_, raw)
        opened.append(Entry(raw, type_, reference, one, "", (url,) if url else (), known))
    return opened


def _order(asked: bytes, reading: Reading) -> object:
    order = _again(b"MedicationRequest", _ORDER, asked)
    return common_order(order, reading) if isinstance(order, MedicationRequest) else None


def _result(asked: bytes, reading: Reading) -> object:
    result = _again(b"Observation", _RESULT, asked)
    return common_result(result, reading) if isinstance(result, Observation) else None


def _again(type_: bytes, names: tuple[bytes, ...], asked: bytes) -> Resource | None:
    """A resource of nothing but what was asked about; None where that is not as FHIR has it."""
    pieces = asked.split(_BETWEEN)
    told = [b'"resourceType":"' + type_ + b'"']
    told += [b'"' + name + b'":' + one for name, one in zip(names, pieces, strict=True) if one]
    return decode_soundly(b"{" + b",".join(told) + b"}")
