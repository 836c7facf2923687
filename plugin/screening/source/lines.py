"""Cuts blocks of bytes into lines, many at a time, each with its number and its place.

A line ends with a newline, or where the bytes end. What stands around it (blanks, the carriage
return of Windows, a byte order mark at the beginning of a file) is taken off. Nothing is held but
one block and the line that has not ended yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from io import BytesIO
from itertools import accumulate
from operator import itemgetter
from typing import TypeAlias

import msgspec
from msgspec import Struct

from plugin.screening.source.packing import Damaged
from plugin.screening.source.walking import unreadable

Buffer: TypeAlias = bytes | memoryview
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_ENDS = itemgetter(0, -2, -1)
_BRACES = {tuple(b"{}\n")}
TOO_LONG = "the line is longer than {} and was passed over; write one resource a line."


class Fault(Struct, frozen=True):
    """What could not be read and why. `line` 0 is the whole file; it may come more than once."""

    line: int
    offset: int
    reason: str
    ends: bool = False  # what follows in the file could not be read


class Batch(Struct, frozen=True, dict=True):
    """Lines that follow each other. A blank line is empty and keeps its place.

    `line` and `offset` are those of the first: counted from 1 at the beginning of the chunk, and
    in bytes of the unpacked file. The last line of a chunk is `line + len(lines) - 1` of its last
    batch that has any. A line that has a fault is empty too. `lines` is made when it is asked for:
    most lines are placed as they stand.
    """

    file: str
    line: int
    offset: int
    raw: list[bytes]  # the lines as they stand, each with its newline where one was read with it
    faults: tuple[Fault, ...] = ()
    text: bytes = b""  # of which they are the beginning; empty for what is no line

    @property
    def size(self) -> int:
        """How many bytes the lines have, as they stand."""
        return sum(map(len, self.raw))

    @cached_property
    def is_tidy(self) -> bool:
        """True if nothing stands around the lines but their newlines, and each is an object."""
        return are_objects(self.raw)

    @cached_property
    def lines(self) -> list[bytes]:
        """The lines without what stands around them."""
        lines = [line.strip() for line in self.raw]
        if self.offset == 0 and self.text.startswith(BYTE_ORDER_MARK):
            lines[0] = lines[0].removeprefix(BYTE_ORDER_MARK).strip()
        return lines

    @cached_property
    def offsets(self) -> list[int]:
        """Where each line begins."""
        return list(accumulate(map(len, self.raw), initial=self.offset))[:-1]


def cut(
    file: str, blocks: Iterable[bytes], limit: int, start: int = 0, end: int | None = None
) -> Iterator[Batch]:
    """The lines that begin at the bytes `start` to `end`, or all of them.

    Blocks are not longer than `limit`. They may go on behind the `end`, and one begins there. With
    a `start` above 0 they begin one byte earlier: what stands before the first newline belongs to
    the range before. Where the blocks break off (Damaged, OSError) a fault says so, after all that
    came before.
    """
    cutter = _Cutter(file, limit, start, end)
    try:
        for block in blocks:
            yield from cutter.take(block)
            if cutter.done:
                return
    except (Damaged, OSError) as error:
        yield from cutter.broken_off(reason_of(error))
    else:
        yield from cutter.rest()


class _Cutter:
    """Where the cutting stands: the line that has begun, held unless it is too long."""

    def __init__(self, file: str, limit: int, start: int, end: int | None) -> None:
        self.done = False
        self._file = file
        self._limit = limit
        self._end = end
        self._begun = start == 0  # or the first newline of the range has come
        self._line = 1
        self._offset = self._read = max(start - 1, 0)
        self._held = BytesIO()
        self._length = 0  # of the line that has begun

    def take(self, block: bytes) -> Iterator[Batch]:
        """The lines that end in this block."""
        beyond = self._end is not None and self._read >= self._end
        if beyond and not self._length:
            self.done = True
            return
        self._read += len(block)
        block = self._since_begun(block)
        if self._length:
            first, newline, block = block.partition(b"\n")
            self._hold(first)
            self.done = beyond and (bool(newline) or self._length > self._limit)
            if newline or self.done:
                yield self._held_line()
            if self.done or not newline:
                return
        # Not block.split: it looks at each byte, where this looks for the next newline.
        lines = BytesIO(block).readlines()
        rest = b"" if block.endswith(b"\n") or not lines else lines.pop()
        if lines:
            yield self._batch(lines, block, len(block) - len(rest))
        if rest:
            self._hold(rest)

    def rest(self) -> Iterator[Batch]:
        """The line that the bytes end with, if no newline stands there."""
        if self._length:
            yield self._held_line()

    def broken_off(self, reason: str) -> Iterator[Batch]:
        """The last line where all of it has come, and the fault behind it."""
        if self._length > self._limit or _is_whole(self._held.getvalue()):
            yield self._held_line()
        place = self._offset if self._begun else self._read
        torn = [b""] if self._length else []
        yield Batch(
            self._file, self._line, place, torn, (Fault(self._line, place, reason, ends=True),)
        )

    def _since_begun(self, block: bytes) -> bytes:
        """What is left of a block behind the first newline of the range."""
        if self._begun:
            return block
        _, newline, after = block.partition(b"\n")
        self._begun = bool(newline)
        self._offset = self._read - len(after)
        return after

    def _hold(self, part: bytes) -> None:
        self._length += len(part)
        if self._length <= self._limit:
            self._held.write(part)
        else:
            self._held = BytesIO()

    def _held_line(self) -> Batch:
        """The line that has begun, ended here; its place with a fault if it was too long."""
        text, length = self._held.getvalue(), self._length
        self._held, self._length = BytesIO(), 0
        if length <= self._limit:
            return self._batch([text], text, length + 1)
        fault = Fault(self._line, self._offset, TOO_LONG.format(said(self._limit)))
        return self._batch([b""], b"", length + 1, (fault,))

    def _batch(
        self, lines: list[bytes], text: bytes, length: int, faults: tuple[Fault, ...] = ()
    ) -> Batch:
        batch = Batch(self._file, self._line, self._offset, lines, faults, text)
        self._line += len(lines)
        self._offset += length
        return batch


def are_objects(rows: Sequence[bytes]) -> bool:
    """True if each row begins with a brace and ends with one and a newline.

    Then no JSON value goes on from one to the next: within a value, no brace that opens follows
    one that closes.
    """
    try:
        return set(map(_ENDS, rows)) == _BRACES
    except IndexError:  # a blank one
        return False


def reason_of(fault: Exception | None) -> str:
    """Why a stream broke off."""
    return unreadable(fault) if isinstance(fault, OSError) else str(fault)


def said(size: int) -> str:
    """A number of bytes as people say it."""
    return f"{size >> 20} MiB" if size >= 1 << 20 else f"{size} bytes"


def _is_whole(text: bytes) -> bool:
    """Whether a line that was cut off holds a whole JSON object or list all the same."""
    return text.strip()[:1] in (b"{", b"[") and is_json(text)


def is_json(text: Buffer) -> bool:
    """Whether bytes hold one JSON value. UTF-8 is not checked."""
    try:
        msgspec.json.decode(text, type=msgspec.Raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return False
    return True
