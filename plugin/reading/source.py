"""Bytes to entries: a Bundle of any type, NDJSON, a JSON list, or one resource.

Only the envelope is decoded here; each resource stays as its bytes, and is decoded once, later.
What cannot be taken apart is an InputUnreadable that names the place and the remedy.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Protocol

import msgspec
import orjson
from msgspec import Raw, Struct

from plugin.errors import InputUnreadable
from plugin.reading.elements import ABSENT, present
from plugin.reading.shapes import Resource

_BOM = b"\xef\xbb\xbf"
_REMEDY = "Give a FHIR Bundle, one resource, or NDJSON with one resource a line."
_OTHER_FORMATS = {
    b"\x1f\x8b": "is compressed with gzip. Unpack it first.",
    b"PK\x03\x04": "is a ZIP archive. Unpack it first.",
    b"\xff\xfe": "is UTF-16. Save it as UTF-8.",
    b"\xfe\xff": "is UTF-16. Save it as UTF-8.",
    b"<": "is XML or HTML. Ask for FHIR JSON (application/fhir+json).",
}
_BRACKET = re.compile(rb'"(?:[^"\\]|\\.)*"|[][{}]')
_SHORT = 16  # no longer than what may stand for nothing: null, {}, with some spaces
_STEP = {b"[": 1, b"{": 1, b"]": -1, b"}": -1}


class RawEntry(Struct, frozen=True):
    """One resource as sent. `position` says where, for messages: `entry 12`, `line 7, entry 1`."""

    raw: bytes
    full_url: str = ""
    position: str = ""
    resource: Resource | None = None  # not decoded yet


class AnyEntry(Protocol):
    """What reading needs of an entry, whoever took it apart.

    Its JSON, or where that was decoded already, the resource.
    """

    @property
    def raw(self) -> bytes: ...

    @property
    def full_url(self) -> str: ...

    @property
    def resource(self) -> Resource | None: ...


class _Item(Struct, rename="camel", frozen=True):
    full_url: str = ""
    resource: Raw = ABSENT
    request: Raw = ABSENT
    response: Raw = ABSENT


class _Envelope(Struct, rename="camel", frozen=True):
    resource_type: str = ""
    entry: tuple[_Item, ...] = ()
    link: Raw = ABSENT


_ENVELOPE = msgspec.json.Decoder(_Envelope)
_OBJECT = msgspec.json.Decoder(dict[str, Raw])
_LIST = msgspec.json.Decoder(list[Raw])


def split(data: bytes) -> list[RawEntry]:
    """The entries of an input, Bundles in Bundles flattened, in the order they were sent.

    An entry of a Bundle that has a request or a response and no resource is no entry. A Bundle page
    with a `next` link gives one more: what is left of the Bundle, so that reading can say so.
    Raises InputUnreadable.
    """
    data = _readable(data)
    found: list[RawEntry] = []
    try:
        _document(data, "", found)
    except RecursionError:
        raise _too_deep(data, "The JSON") from None
    except msgspec.DecodeError as error:
        lines = data.split(b"\n")
        first = next(line for line in lines if line.strip())
        if "trailing characters" in str(error) and len(lines) > 1 and _is_json(first):
            return _lines(lines)
        raise _malformed(data) from None
    return found


def _readable(data: bytes) -> bytes:
    """The input without byte order mark. Raises InputUnreadable for what is no UTF-8 text."""
    data = data.removeprefix(_BOM)
    start = data.lstrip()
    if not start:
        raise InputUnreadable(f"The input is empty. {_REMEDY}")
    for magic, fault in _OTHER_FORMATS.items():
        if start.startswith(magic):
            raise InputUnreadable(f"The input {fault}")
    try:
        data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        on = f", on line {line}," if _has_lines(data) else ""
        raise InputUnreadable(
            f"The input is not UTF-8: byte {error.start + 1}{on} cannot be decoded. "
            "Save it as UTF-8."
        ) from None
    return data


def _lines(lines: list[bytes]) -> list[RawEntry]:
    """The entries of NDJSON; blank lines are none."""
    found: list[RawEntry] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            _document(line, f"line {number}", found)
        except RecursionError:
            raise _too_deep(line, f"Line {number}") from None
        except msgspec.DecodeError:
            raise _malformed(line, f"Line {number}") from None
    return found


def _document(raw: bytes, position: str, found: list[RawEntry]) -> None:
    """Add the entries of one JSON document."""
    try:
        envelope = _ENVELOPE.decode(raw)
    except msgspec.ValidationError:
        _loose(raw, position, found)
        return
    if envelope.resource_type != "Bundle":
        found.append(RawEntry(raw, position=position))
        return
    _entries(envelope.entry, position, found)
    _more(envelope.link, position, found)


def _entries(items: Iterable[_Item], position: str, found: list[RawEntry]) -> None:
    prefix = f"{position}, entry" if position else "entry"
    for number, item in enumerate(items, 1):
        raw = bytes(item.resource)
        place = f"{prefix} {number}"
        if len(raw) < _SHORT and not present(item.resource):
            if present(item.request) or present(item.response):
                continue
            raw = b"null"
        # The bytes are looked at before they are decoded: a Bundle in a Bundle is rare.
        if b'"Bundle"' in raw and _is_bundle(raw):
            _document(raw, place, found)
        else:
            found.append(RawEntry(raw, item.full_url, place))


def _is_bundle(raw: bytes) -> bool:
    try:
        return _OBJECT.decode(raw).get("resourceType", ABSENT) == Raw(b'"Bundle"')
    except msgspec.DecodeError:
        return False


def _more(link: Raw, position: str, found: list[RawEntry]) -> None:
    if b'"next"' in bytes(link):
        rest = b'{"resourceType":"Bundle","link":' + bytes(link) + b"}"
        found.append(RawEntry(rest, position=position or "the Bundle"))


def _loose(raw: bytes, position: str, found: list[RawEntry]) -> None:
    """A document whose envelope is not as FHIR has it: a list, or a Bundle with odd entries."""
    start = raw.lstrip()[:1]
    if start == b"[":
        prefix = f"{position}, item" if position else "item"
        for number, item in enumerate(_LIST.decode(raw), 1):
            _document(bytes(item), f"{prefix} {number}", found)
        return
    if start != b"{":
        msgspec.json.decode(raw, type=Raw)  # what is no JSON at all is said as such
        if position:  # one line or item among others: said as an entry, and the rest is read
            found.append(RawEntry(raw.strip(), position=position))
            return
        raise InputUnreadable(f"The input is JSON, but no FHIR resource. {_REMEDY}")
    fields = _OBJECT.decode(raw)
    if fields.get("resourceType", ABSENT) != Raw(b'"Bundle"'):
        found.append(RawEntry(raw, position=position))
        return
    entries = bytes(fields.get("entry", ABSENT)).strip()
    if entries in (b"", b"null"):
        entries = b"[]"
    items = _LIST.decode(entries) if entries.startswith(b"[") else [Raw(entries)]
    _entries((_loose_item(item) for item in items), position, found)
    _more(fields.get("link", ABSENT), position, found)


def _loose_item(item: Raw) -> _Item:
    if not bytes(item).lstrip().startswith(b"{"):
        return _Item(resource=item)
    fields = _OBJECT.decode(item)
    url = bytes(fields.get("fullUrl", ABSENT))
    return _Item(
        full_url=msgspec.json.decode(url, type=str) if url.startswith(b'"') else "",
        resource=fields.get("resource", ABSENT),
        request=fields.get("request", ABSENT),
        response=fields.get("response", ABSENT),
    )


def _is_json(line: bytes) -> bool:
    try:
        msgspec.json.decode(line, type=Raw)
    except (msgspec.DecodeError, RecursionError):
        return False
    return True


def _too_deep(data: bytes, where: str) -> InputUnreadable:
    return InputUnreadable(
        f"{where} is nested deeper than any FHIR resource, most so at byte {_deep_byte(data)}. "
        "Look for a fault in what wrote it, and send it again."
    )


def _deep_byte(data: bytes) -> int:
    """Where nesting is at its deepest."""
    depth = deepest = place = 0
    for match in _BRACKET.finditer(data):
        depth += _STEP.get(match[0], 0)
        if depth > deepest:
            deepest, place = depth, match.start() + 1
    return place


def _malformed(data: bytes, where: str = "The JSON") -> InputUnreadable:
    """What is wrong and where: a second parser is asked, because it knows the line and column."""
    end = len(data.decode().rstrip())
    position, line, column, fault = 0, 1, 1, "it cannot be decoded"
    try:
        orjson.loads(data)
    except orjson.JSONDecodeError as error:
        position, line, column, fault = error.pos, error.lineno, error.colno, error.msg
    if position >= end:
        return InputUnreadable(
            f"{where} ends before it is complete, after {len(data)} bytes. Send the whole of it."
        )
    on = f"line {line}, " if where == "The JSON" and _has_lines(data) else ""
    return InputUnreadable(
        f"{where} is malformed at {on}column {column}: {fault}. Correct it there."
    )


def _has_lines(data: bytes) -> bool:
    """False for one line, which may be any of a file: whoever took it from there knows which."""
    return b"\n" in data.strip()
