"""What placing needs of a line that is one resource, decoded at once and nothing besides.

The types are those of the reading; a type it does not use, a Bundle, and whatever is not as FHIR
has it fail to decode, and go the long way.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import TypeAlias, Union, get_args

import msgspec
from msgspec import Raw, Struct

from plugin.reading.elements import ABSENT
from plugin.reading.shapes import CLASSES

NO_TYPE = "no type of FHIR"
OTHER_TYPES = "other types"
_NO_NAMES = frozenset({NO_TYPE, OTHER_TYPES})
_MOST_TYPES = 500  # FHIR has some 150
_is_name = re.compile(r"[A-Z][A-Za-z]{1,63}").fullmatch
_OURS = frozenset(str(cls.__struct_config__.tag).casefold() for cls in CLASSES)
FAULTS = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)  # of decoding


class Pointer(Struct, frozen=True, gc=False):
    """A reference to a patient."""

    reference: str = ""


class _Head(Struct, frozen=True, gc=False, tag_field="resourceType"):
    """Any resource."""

    id: str = ""
    subject: Pointer | None = None


class _Either(_Head, frozen=True, gc=False):
    """A resource that may name its patient in two ways."""

    patient: Pointer | None = None


class MedicationRequest(_Either, frozen=True, gc=False, tag=True):
    """An order."""


class MedicationStatement(_Either, frozen=True, gc=False, tag=True):
    """What somebody says is taken."""


class MedicationUsage(_Either, frozen=True, gc=False, tag=True):
    """What the ballots of R5 called MedicationStatement."""


class MedicationDispense(_Either, frozen=True, gc=False, tag=True):
    """What a pharmacy handed over."""


class MedicationAdministration(_Either, frozen=True, gc=False, tag=True):
    """What was given."""


class Condition(_Either, frozen=True, gc=False, tag=True):
    """A problem."""

    code: Raw = ABSENT


class Part(Struct, frozen=True, gc=False):
    """A component of an Observation."""

    code: Raw = ABSENT


class Observation(_Head, frozen=True, gc=False, tag=True):
    """A result."""

    code: Raw = ABSENT
    component: tuple[Part, ...] = ()


class Patient(Struct, frozen=True, gc=False, tag_field="resourceType", tag=True):
    """The person."""

    id: str = ""


Head: TypeAlias = Union[  # noqa: UP007 - msgspec is given it as a value
    MedicationRequest,
    MedicationStatement,
    MedicationUsage,
    MedicationDispense,
    MedicationAdministration,
    Condition,
    Observation,
    Patient,
]
HEADS: tuple[type[Head], ...] = get_args(Head)
_DECODER: msgspec.json.Decoder[Head] = msgspec.json.Decoder(Head)
decode_head = _DECODER.decode
decode_heads = _DECODER.decode_lines  # of lines with newlines between


class _Typed(Struct):
    resourceType: str = ""  # noqa: N815 - FHIR's own name


_typed = msgspec.json.Decoder(_Typed).decode


def other_type(line: bytes) -> str:
    """The type of a resource that the reading does not use; empty for all else.

    A name that is of the reading but for its case or a space is a fault, not another type.
    """
    try:
        name = _typed(line).resourceType
    except FAULTS:
        return ""
    return "" if not name.strip() or name.strip().casefold() in _OURS else name


def add_types(counts: Counter[str], found: Mapping[str, int]) -> None:
    """Add how many there are of each type. The first by the alphabet keep names of their own.

    Which these are does not hang on the order they come in, or on how files are cut: of parts that
    are added up, each has kept what is among the first of the whole.
    """
    for name, count in found.items():
        counts[name] += count
    unnamed = sum(one in counts for one in _NO_NAMES)
    if len(counts) - unnamed <= _MOST_TYPES:
        return  # nearly always
    for name in sorted(counts.keys() - _NO_NAMES)[_MOST_TYPES:]:
        counts[OTHER_TYPES] += counts.pop(name)


def counted_as(name: str) -> str:
    """Under which name a type is counted. What cannot be the name of one is not repeated."""
    return name if _is_name(name) else NO_TYPE
