"""Whether a file holds lines of JSON, or one JSON value over many lines.

Its beginning says so. Where the first line is no JSON, it is a bad line or the beginning of a
value that is written over many lines; read on, the one soon leads to what cannot stand in JSON,
and the other to the end of the value.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum, auto
from io import BytesIO

import msgspec
from msgspec import Raw, Struct

from plugin.screening.source.lines import BYTE_ORDER_MARK, is_json
from plugin.screening.source.packing import BLOCK, Damaged, foreign

_CUT_SHORT = "truncated"  # in what msgspec says of JSON that is sound as far as it goes


class Shape(Enum):
    """How the contents of a file are to be read."""

    LINES = auto()
    ONE_VALUE = auto()  # over many lines
    TOO_LONG = auto()  # one value, longer than what is held
    BROKEN_OFF = auto()  # one value, the end of which is missing
    FOREIGN = auto()  # no JSON at all


class Look(Struct, frozen=True):
    """What the beginning of a file says of it."""

    shape: Shape
    text: bytes  # what was read to tell: all of the file for ONE_VALUE
    fault: Exception | None = None  # the blocks broke off behind the text


def look(blocks: Iterator[bytes], limit: int) -> Look:
    """Read as much as it takes to tell: 256 KiB as a rule, `limit` and a block at most."""
    text = BytesIO()
    ended, fault = _read_up_to(min(BLOCK, limit), blocks, text)
    head = text.getvalue()[:BLOCK]
    if foreign(head):
        return Look(Shape.FOREIGN, head)
    if not _may_be_one_value(head):
        return Look(Shape.LINES, text.getvalue(), fault)
    while True:
        if text.tell() <= limit and (ended or fault) and _is_one_value(text):
            return Look(Shape.ONE_VALUE, text.getvalue(), fault)
        if ended or not _goes_on(text, limit):
            return Look(Shape.LINES, text.getvalue(), fault)
        if fault:
            return Look(Shape.BROKEN_OFF, b"", fault)
        if text.tell() > limit:
            return Look(Shape.TOO_LONG, b"")
        ended, fault = _read_up_to(2 * text.tell(), blocks, text)


def _read_up_to(size: int, blocks: Iterator[bytes], text: BytesIO) -> tuple[bool, Exception | None]:
    """Whether the blocks ended, and whether they broke off, before so much had come."""
    try:
        while text.tell() < size:
            block = next(blocks, b"")
            if not block:
                return True, None
            text.write(block)
    except (Damaged, OSError) as error:
        return False, error
    return False, None


def _may_be_one_value(head: bytes) -> bool:
    """Whether the first line begins an object or a list and does not end it."""
    first, newline, _ = head.removeprefix(BYTE_ORDER_MARK).lstrip().partition(b"\n")
    return bool(newline) and first[:1] in (b"{", b"[") and not is_json(first.strip())


def _is_one_value(text: BytesIO) -> bool:
    with text.getbuffer() as view:
        return is_json(view[len(BYTE_ORDER_MARK) :] if _marked(view) else view)


def _goes_on(text: BytesIO, limit: int) -> bool:
    """Whether the whole lines up to the limit begin one JSON value."""
    end = text.getvalue().rfind(b"\n", 0, limit)
    with text.getbuffer() as view:
        try:
            msgspec.json.decode(view[len(BYTE_ORDER_MARK) if _marked(view) else 0 : end], type=Raw)
        except msgspec.DecodeError as error:
            return _CUT_SHORT in str(error)
        except (UnicodeDecodeError, RecursionError):
            return False
    return True


def _marked(view: memoryview) -> bool:
    return view[: len(BYTE_ORDER_MARK)] == BYTE_ORDER_MARK
