"""One data file -> its entries and its faults. Pure: the bytes are given.

An entry that does not fit its schema stays in the list without a value, so that what refers to it
is not reported as well.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError
from msgspec import Struct, structs

from knowledge.faults import Fault, flatten
from knowledge.layout import VERSION_FILE, Kind, Shape, Table, read_elsewhere, tables_in, tables_of
from knowledge.review import CHANGED, FileReview, Review
from knowledge.schemas.evidence import ReviewSchema
from knowledge.signoff import digest_of


class Entry(Struct, frozen=True):
    """One entry of a file: `value` is None where it could not be read."""

    kind: Kind
    id: str
    file: str
    key: str
    value: Any


class ParsedFile(Struct):
    """What one file gave. `unreadable` are the kinds of which entries may be missing."""

    file: str
    entries: list[Entry]
    faults: list[Fault]
    review: FileReview | None = None
    version: str = ""
    unreadable: frozenset[Kind] = frozenset()


_REVIEW = ReviewSchema()
_REMEDY_UNKNOWN_FILE = "is not a file that the loader knows; knowledge/data/README.md lists them"


def parse_file(file: str, data: bytes) -> ParsedFile:
    """Read one file; `file` is its path in the data folder, with forward slashes."""
    parsed = ParsedFile(file, [], [])
    tables = tables_of(file)
    if tables is None and file != VERSION_FILE and not read_elsewhere(file):
        parsed.faults.append(Fault(file, "", _REMEDY_UNKNOWN_FILE))
        return parsed
    content = read_toml(parsed.file, data, parsed.faults)
    if content is not None:
        _read_content(parsed, tables or (), content)
        return parsed
    parsed.unreadable = frozenset(table.kind for table in tables or ())
    return parsed


def read_toml(file: str, data: bytes, faults: list[Fault]) -> dict[str, Any] | None:
    """The tables of a file; None after adding to the faults what makes it unreadable."""
    try:
        # With or without the mark that editors of Windows put before the text.
        return tomllib.loads(data.decode("utf-8-sig"), parse_float=Decimal)
    except UnicodeDecodeError as error:
        why = f"is not UTF-8 text (byte {error.start})"
    except tomllib.TOMLDecodeError as error:
        why = f"is not valid TOML: {error}"
    except RecursionError:
        why = "is not valid TOML: it is nested too deeply"
    except (ValueError, ArithmeticError):  # numbers that Python refuses before TOML does
        why = "is not valid TOML: it holds a number beyond bounds"
    faults.append(Fault(file, "", why))
    return None


def absent(name: str, message: str) -> ParsedFile:
    """What a file or folder gives that is not there: a fault, and entries that may be missing."""
    kinds = frozenset(table.kind for table in tables_in(name))
    return ParsedFile(name, [], [Fault(name, "", message)], unreadable=kinds)


def not_read(fault: Fault) -> ParsedFile:
    """What a file gives whose content could not be had: its fault, and entries may be missing."""
    kinds = frozenset(table.kind for table in tables_of(fault.file) or ())
    return ParsedFile(fault.file, [], [fault], unreadable=kinds)


def _read_content(parsed: ParsedFile, tables: tuple[Table, ...], content: dict[str, Any]) -> None:
    review = content.pop("review", None)
    if review is None:
        parsed.faults.append(Fault(parsed.file, "review", "is missing: every file has a review"))
    else:
        value = _load(parsed, _REVIEW, review, "review")
        if value is not None:
            signed = {**content, "review": review}
            parsed.review = FileReview(parsed.file, _as_it_stands(value, signed))
    if read_elsewhere(parsed.file):
        return
    if parsed.file == VERSION_FILE:
        parsed.version = _version(parsed, content.pop("version", None))
    for table in tables:
        for key, raw, entry_id in _raw_entries(parsed, table, content.pop(table.kind.value, None)):
            value = _load(parsed, table.schema, raw, key)
            parsed.entries.append(Entry(table.kind, entry_id, parsed.file, key, value))
    allowed = ", ".join(["review", *(table.kind.value for table in tables)])
    for key in content:
        parsed.faults.append(
            Fault(parsed.file, key, f"is not a key of this file; it may hold {allowed}")
        )


def _as_it_stands(review: Review, content: dict[str, Any]) -> Review:
    """A review whose sign-off still stands, or says that the file has changed since."""
    if review.stands and review.digest != digest_of(content):
        return structs.replace(review, status=CHANGED)
    return review


def _version(parsed: ParsedFile, value: Any) -> str:
    if isinstance(value, str) and value.strip():
        return value
    parsed.faults.append(Fault(parsed.file, "version", "must be a text such as 2026.11"))
    return ""


def _raw_entries(
    parsed: ParsedFile, table: Table, raw: Any
) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Key path, raw table and id of each entry; what is not a table is a fault."""
    name = table.kind.value
    for key, value, named in _spread(parsed, table, raw):
        if not isinstance(value, dict):
            parsed.faults.append(Fault(parsed.file, key, "must be a table of keys and values"))
            continue
        if named and table.id_key in value:
            parsed.faults.append(
                Fault(parsed.file, f"{key}.{table.id_key}", f"is given twice: [{name}.{named}]")
            )
        fields = {**value, table.id_key: named} if named else value
        entry_id = fields.get(table.id_key)
        known = entry_id if isinstance(entry_id, str) else ""
        yield (f"{name}.{known}" if known else key), fields, known


def _spread(parsed: ParsedFile, table: Table, raw: Any) -> Iterator[tuple[str, Any, str]]:
    name = table.kind.value
    if raw is None:
        if table.shape is Shape.SINGLE:
            parsed.faults.append(Fault(parsed.file, name, f"is missing: the file needs a [{name}]"))
    elif table.shape is Shape.SINGLE:
        yield name, raw, ""
    elif table.shape is Shape.LIST and isinstance(raw, list):
        for index, value in enumerate(raw):
            yield f"{name}[{index}]", value, ""
    elif table.shape is Shape.NAMED and isinstance(raw, dict):
        for entry_id, value in raw.items():
            yield f"{name}.{entry_id}", value, entry_id
    else:
        written = f"[[{name}]]" if table.shape is Shape.LIST else f"[{name}.<id>]"
        parsed.faults.append(Fault(parsed.file, name, f"must be written as {written}"))


def _load(parsed: ParsedFile, schema: Any, raw: Any, key: str) -> Any:
    try:
        return schema.load(raw)
    except ValidationError as error:
        parsed.faults.extend(
            Fault(parsed.file, path, message) for path, message in flatten(error.messages, key)
        )
        return None
