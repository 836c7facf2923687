"""Whom a Group or a List names: patients, further Groups and Lists, and what is left out and why.

R4, R4B and R5. Of what is left out only numbers are said: a reference may be a person.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

import msgspec
from msgspec import Struct

from plugin.addresses.fhir import Base, own_id
from plugin.fhir_client.faults import FetchFault, Outcome
from plugin.reading.dates import when

PATIENT, GROUP, LIST = "Patient", "Group", "List"
_NESTED = (GROUP, LIST)
_VOID = "entered-in-error"
INACTIVE = "inactive members"
NOT_THEN = "members of another time"
REMOVED = "removed entries"
OTHERS = "that are no patients"
ELSEWHERE = "that name no patient of this server"


class Members(Struct, frozen=True):
    """What one Group or List names: ids of patients, and others as `Group/id`.

    `left_out` counts by reason what is rightly left out, `lost` counts what may be a patient whom
    we cannot ask for.
    """

    patients: tuple[str, ...]
    nested: tuple[str, ...]
    left_out: Counter[str]
    lost: int


class _Group(Struct, rename="camel"):
    actual: Any = None
    membership: Any = None
    member: Any = ()


class _List(Struct):
    status: Any = None
    entry: Any = ()


_TYPE = re.compile(r"\A[A-Z][A-Za-z]+\Z")
_UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def read_members(kind: str, body: bytes, base: Base, as_of: date) -> Members:
    """Read a Group or a List. Raises FetchFault for one that lists nobody by its nature."""
    try:
        named = list(_of_group(body, as_of) if kind == GROUP else _of_list(body))
    except _UNREADABLE:
        raise FetchFault(Outcome.NOT_FHIR, "its members cannot be read") from None
    patients: dict[str, None] = {}
    nested: dict[str, None] = {}
    left_out: Counter[str] = Counter()
    lost = 0
    for reference, why_not in named:
        text = _text(reference)
        if why_not:
            left_out[why_not] += 1
        elif id_ := own_id(base, text, PATIENT):
            patients[id_] = None
        elif inner := next((f"{one}/{i}" for one in _NESTED if (i := own_id(base, text, one))), ""):
            nested[inner] = None
        elif _is_other(reference, text):
            left_out[OTHERS] += 1
        else:
            lost += 1
    return Members(tuple(patients), tuple(nested), left_out, lost)


def _of_group(body: bytes, as_of: date) -> Iterator[tuple[Any, str]]:
    group = msgspec.json.decode(body, type=_Group)
    if group.actual is False or group.membership in ("definitional", "conceptual"):
        raise FetchFault(Outcome.NOT_FHIR, "it describes whom it means, and does not list them")
    for one in _entries(group.member):
        if one.get("inactive") is True:
            yield one.get("entity"), INACTIVE
        else:
            yield one.get("entity"), "" if _is_then(one.get("period"), as_of) else NOT_THEN


def _of_list(body: bytes) -> Iterator[tuple[Any, str]]:
    found = msgspec.json.decode(body, type=_List)
    if found.status == _VOID:
        raise FetchFault(Outcome.NOT_FHIR, "it was entered in error")
    for one in _entries(found.entry):
        yield one.get("item"), REMOVED if one.get("deleted") is True else ""


def _entries(value: Any) -> Iterator[dict[str, Any]]:
    """The objects of a list; what is none of them counts as a member that cannot be read."""
    for one in value if isinstance(value, list) else [value]:
        yield one if isinstance(one, dict) else {}


def _is_then(period: Any, day: date) -> bool:
    """Whether a day may lie in a period. What cannot be read does not end a membership."""
    if not isinstance(period, dict):
        return True
    start, end = (when(text) if isinstance(text := period.get(key), str) else None
                  for key in ("start", "end"))  # fmt: skip
    return not ((start and start.first > day) or (end and end.last < day))


def _text(reference: Any) -> str:
    text = reference.get("reference") if isinstance(reference, dict) else None
    return text if isinstance(text, str) else ""


def _is_other(reference: Any, text: str) -> bool:
    """Whether a reference is to something that is no patient, by its address or its type."""
    kinds = set(text.partition("/_history/")[0].split("/")[-2:-1])
    stated = reference.get("type") if isinstance(reference, dict) else None
    if isinstance(stated, str) and stated and not kinds:
        kinds = {stated}
    return all(map(_TYPE.match, kinds)) and bool(kinds) and not kinds & {PATIENT, *_NESTED}
