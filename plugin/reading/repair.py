"""Decoding one resource: fast when it is as FHIR has it, and piece by piece when it is not.

Records come with a number where a code belongs, one object where a list belongs, text where a
concept belongs, and nulls. What can be read for certain is; what stays broken is dropped, and its
path is kept so that the caller can refuse an entry whose meaning it changes.
"""

from __future__ import annotations

import math
import re
import types
from decimal import Decimal
from typing import Any, Union, get_args, get_origin, get_type_hints

import msgspec
import orjson
from msgspec import Raw, Struct
from msgspec.structs import FieldInfo, fields

from knowledge.terminology.concept import Coding
from plugin.reading.elements import CodeableConcept
from plugin.reading.shapes import CLASSES, Resource

_BY_NAME: dict[str, type[Resource]] = {cls.__struct_config__.tag: cls for cls in CLASSES}  # type: ignore[misc]
_OURS = frozenset(name.casefold() for name in _BY_NAME)
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,4})?")
_DECODER: msgspec.json.Decoder[Resource] = msgspec.json.Decoder(Union[CLASSES])  # noqa: UP007
_BROKEN = object()
FAULTS = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)  # of decoding


class Decoded(Struct, frozen=True, gc=False):
    """One entry: its type, what was read of it, and the path of an element that changes meaning.

    `resource` is None for a type that reading does not use, and for what is no resource at all
    (then `broken` says why).
    """

    type: str
    resource: Resource | None
    broken: str = ""


def decode(raw: bytes) -> Decoded:
    """Decode one resource. Never raises."""
    resource = decode_soundly(raw)
    return _repair(raw) if resource is None else Decoded(type(resource).__name__, resource)


def decode_soundly(raw: bytes) -> Resource | None:
    """One resource that is as FHIR has it; None for any other."""
    try:
        return _DECODER.decode(raw)
    except FAULTS:
        return None


class _Head(Struct):
    resourceType: str = ""  # noqa: N815 - FHIR's own name


_HEAD = msgspec.json.Decoder(_Head)


def _other_type(raw: bytes) -> str:
    """The resource type, if it is one that reading does not use; else empty."""
    try:
        name = _HEAD.decode(raw).resourceType
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return ""
    # A name that is ours but for its case or a space is a fault, not another type.
    return "" if name.strip().casefold() in _OURS else name


def _own_type(raw: bytes) -> str:
    """The resource type, if it is one that reading uses; else empty."""
    try:
        name = _HEAD.decode(raw).resourceType
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return ""
    return name if name in _BY_NAME else ""


def _loaded(raw: bytes) -> Any:
    """The JSON as plain values; a number that no float can hold stays text."""
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        return _LARGE.decode(raw)


def _float(text: str) -> float | str:
    number = float(text)
    return number if math.isfinite(number) else text


_LARGE: msgspec.json.Decoder[Any] = msgspec.json.Decoder(float_hook=_float)


def _repair(raw: bytes) -> Decoded:
    other = _other_type(raw)
    if other.strip():
        return Decoded(other, None)
    try:
        data = _loaded(raw)
    except (ValueError, RecursionError):  # so are the decoders' own errors
        # What it is can often still be told, and who reads the card must know of a medication.
        return Decoded(_own_type(raw), None, "it holds a number or a nesting that is not readable")
    if not isinstance(data, dict):
        return Decoded("", None, "not a resource")
    name = data.get("resourceType")
    cls = _BY_NAME.get(name) if isinstance(name, str) else None
    if cls is None:
        return Decoded("", None, "resourceType is missing, or is not the name of a type")
    faults: list[str] = []
    resource = _struct(cls, data, "", faults)
    return Decoded(cls.__name__, resource, _first_that_matters(cls, faults))


def _first_that_matters(cls: type[Resource], faults: list[str]) -> str:
    matter = [path for path in faults if path.partition(".")[0].partition("[")[0] in cls.MEANING]
    return min(matter, default="")


_PLANS: dict[Any, tuple[tuple[FieldInfo, Any], ...]] = {}


def _plan(cls: Any) -> tuple[tuple[FieldInfo, Any], ...]:
    """The fields of a struct, each with its type. Kept, because types never change."""
    if cls not in _PLANS:
        hints = get_type_hints(cls)
        _PLANS[cls] = tuple((field, hints[field.name]) for field in fields(cls))
    return _PLANS[cls]


def _struct(cls: type[Any], data: dict[str, Any], path: str, faults: list[str]) -> Any:
    values: dict[str, Any] = {}
    for field, kind in _plan(cls):
        sent = data.get(field.encode_name)
        if sent is None:
            continue
        place = f"{path}.{field.encode_name}" if path else field.encode_name
        value = _value(kind, sent, place, faults)
        if value is not _BROKEN:
            values[field.name] = value
    return cls(**values)


def _value(kind: Any, sent: Any, path: str, faults: list[str]) -> Any:
    """The value as `kind`, or _BROKEN with the path noted."""
    if get_origin(kind) in (Union, types.UnionType):
        kind = next(option for option in get_args(kind) if option is not type(None))
    if get_origin(kind) is tuple:
        return _tuple(get_args(kind)[0], sent, path, faults)
    value = _single(kind, sent, path, faults)
    if value is _BROKEN:
        faults.append(path)
    return value


def _tuple(kind: Any, sent: Any, path: str, faults: list[str]) -> tuple[Any, ...]:
    items = sent if isinstance(sent, list) else [sent]
    read = [
        _value(kind, item, f"{path}[{index}]", faults)
        for index, item in enumerate(items)
        if item is not None
    ]
    return tuple(item for item in read if item is not _BROKEN)


def _single(kind: Any, sent: Any, path: str, faults: list[str]) -> Any:
    if kind is Raw:
        return Raw(orjson.dumps(sent))
    if isinstance(sent, list) and len(sent) == 1:
        sent = sent[0]  # one thing in a list where there can only be one
    if isinstance(kind, type) and issubclass(kind, Struct):
        return _object(kind, sent, path, faults)
    reader = _PRIMITIVES[kind]
    return reader(sent)


def _object(kind: type[Any], sent: Any, path: str, faults: list[str]) -> Any:
    if isinstance(sent, dict):
        return _struct(kind, sent, path, faults)
    text = _text(sent)
    if kind is CodeableConcept and text is not _BROKEN:
        return CodeableConcept(text=text)
    if kind is Coding and text is not _BROKEN:
        return Coding(code=text)
    return _BROKEN


def _text(sent: Any) -> Any:
    if isinstance(sent, str):
        return sent
    return str(sent) if isinstance(sent, int | float) and not isinstance(sent, bool) else _BROKEN


def _bool(sent: Any) -> Any:
    if isinstance(sent, str):
        return {"true": True, "false": False}.get(sent.strip().lower(), _BROKEN)
    return sent if isinstance(sent, bool) else _BROKEN


def _decimal(sent: Any) -> Any:
    if isinstance(sent, bool) or not isinstance(sent, int | float | str):
        return _BROKEN
    text = str(sent).strip()
    # Python's own idea of a number is wider: underscores, and digits of other scripts.
    return Decimal(text) if _NUMBER.fullmatch(text) else _BROKEN


def _int(sent: Any) -> Any:
    number = _decimal(sent)
    if number is _BROKEN or not number.is_finite() or number != number.to_integral_value():
        return _BROKEN
    return int(number) if number.adjusted() < _MAX_DIGITS else _BROKEN


_MAX_DIGITS = 18
_PRIMITIVES = {str: _text, bool: _bool, int: _int, Decimal: _decimal}
KINDS = {name: cls.KIND for name, cls in _BY_NAME.items()}
