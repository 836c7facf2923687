"""Cuts the files of a source into chunks that worker processes read, each for itself."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from io import FileIO
from itertools import chain
from pathlib import Path
from typing import BinaryIO, cast

from msgspec import Struct
from msgspec.structs import replace

from plugin.screening.source.lines import BYTE_ORDER_MARK, Batch, Fault, cut, reason_of, said
from plugin.screening.source.listing import SourceFile
from plugin.screening.source.packing import BLOCK, Readable, contents, foreign, is_packed, pieces
from plugin.screening.source.shape import Look, Shape, look
from plugin.screening.source.walking import unreadable

# A patient's Bundle can be tens of MB: a lifetime of claims, with documents inside. Each worker
# holds such a line and what is decoded of it, so that much longer ones would not fit into a run's
# memory; a line of 200 MB is damage rather than a patient.
LONGEST_LINE = 64 << 20
WHOLE = -1  # the end of a chunk that is all of its file
CHANGED = "has changed while it was read; screen it again when nothing writes to it."
_TOO_LONG = "is one JSON value over many lines, longer than {}; write it as one resource a line."
_SMALL = 256 << 10  # bytes of a file
_TOGETHER = 4 << 20  # bytes of small files in one chunk
_BEHIND = 64 << 10  # bytes at a time, behind the end of a range


class Seen(Struct, frozen=True):
    """What tells that a file has changed: its size in bytes and its time of change in ns."""

    size: int
    modified: int


class Chunk(Struct, frozen=True):
    """The lines that begin in the bytes `start` to `end` of a file, or (WHOLE) all of it.

    Packed files are whole, and so are those that are no lines: they are read from the beginning.
    """

    number: int
    file: SourceFile
    start: int = 0
    end: int = WHOLE
    seen: Seen | None = None  # when the chunks were planned
    beside: tuple[Chunk, ...] = ()  # small files that are read with it, one after the other

    @property
    def size(self) -> int:
        """How many bytes it takes, of its files, as they stand on the disk."""
        if self.end != WHOLE:
            return self.end - self.start
        own = self.seen.size if self.seen else 0
        return own + sum(one.size for one in self.beside)


def plan(files: Iterable[SourceFile], chunk_bytes: int) -> tuple[Chunk, ...]:
    """Cut the files into chunks, numbered from 0 in their order.

    A file that cannot be opened is a whole chunk: reading it says why.
    """
    chunks: list[Chunk] = []
    for file in files:
        seen, starts = _starts(file, chunk_bytes)
        ends = [*starts[1:], WHOLE if len(starts) == 1 or not seen else seen.size]
        chunks.extend(
            Chunk(number, file, start, end, seen)
            for number, (start, end) in enumerate(zip(starts, ends, strict=True), len(chunks))
        )
    return tuple(chunks)


def together(chunks: Iterable[Chunk]) -> tuple[Chunk, ...]:
    """The chunks with small files put together, since each chunk has its cost; numbered anew."""
    found: list[list[Chunk]] = []
    room = -1  # bytes; an empty file takes none, but not with a file that is read alone
    for chunk in chunks:
        alone = chunk.end != WHOLE or chunk.seen is None or chunk.size > _SMALL
        if alone or chunk.size > room:
            found.append([])
            room = _TOGETHER
        room = -1 if alone else room - chunk.size
        found[-1].append(chunk)
    return tuple(
        replace(first, number=number, beside=tuple(rest))
        for number, (first, *rest) in enumerate(found)
    )


def _starts(file: SourceFile, chunk_bytes: int) -> tuple[Seen | None, Sequence[int]]:
    """What a file is like now, and where its chunks begin."""
    seen = None
    if file.path is not None and not file.read_once:
        with suppress(OSError), file.path.open("rb", buffering=0) as stream:
            seen = _seen(stream)
            if seen and seen.size > chunk_bytes and _is_plain_lines(stream):
                return seen, range(0, seen.size, chunk_bytes)
    return seen, (0,)


def _is_plain_lines(stream: FileIO) -> bool:
    start = stream.read(BLOCK)
    if is_packed(start):
        return False
    rest = iter(lambda: stream.read(BLOCK), b"")
    return look(chain([start], rest), LONGEST_LINE).shape is Shape.LINES


def batches(chunk: Chunk, limit: int = LONGEST_LINE) -> Iterator[Batch]:
    """The lines of a chunk, many at a time. What cannot be read is a fault; never raises.

    `limit` is the most bytes of a line, or of one value over many lines, that are held.
    """
    name = chunk.file.name
    try:
        with opened(chunk.file.path) as stream:
            seen = chunk.seen or _seen(stream)
            if chunk.end == WHOLE:
                yield from whole(name, contents(stream, min(BLOCK, limit)), limit)
            else:
                blocks = _range(stream, chunk.start, chunk.end, min(BLOCK, limit))
                yield from cut(name, blocks, limit, chunk.start, chunk.end)
            if _seen(stream) != seen:
                yield _of_the_file(name, CHANGED)
    except OSError as error:
        yield _of_the_file(name, unreadable(error))


def _range(stream: Readable, start: int, end: int, at_most: int) -> Iterator[bytes]:
    """The bytes from one before `start`, a block that ends at `end`, and what comes behind it."""
    place = cast("FileIO", stream).seek(max(start - 1, 0))
    while place < end and (block := stream.read(min(at_most, end - place))):
        place += len(block)
        yield block
    while block := stream.read(min(at_most, _BEHIND)):
        yield block


def whole(name: str, blocks: Iterator[bytes], limit: int) -> Iterator[Batch]:
    """A file from its beginning, by its shape."""
    seen = look(blocks, limit)
    if seen.shape is Shape.FOREIGN:
        yield _of_the_file(name, foreign(seen.text))
    elif seen.shape is Shape.TOO_LONG:
        yield _of_the_file(name, _TOO_LONG.format(said(limit)))
    elif seen.shape is Shape.BROKEN_OFF:
        yield _of_the_file(name, reason_of(seen.fault))
    elif seen.shape is Shape.ONE_VALUE:
        yield _one_value(name, seen.text)
        if seen.fault:
            yield _of_the_file(name, reason_of(seen.fault))
    else:
        yield from cut(name, _again(seen, blocks, min(BLOCK, limit)), limit)


def _again(seen: Look, blocks: Iterator[bytes], size: int) -> Iterator[bytes]:
    """The blocks from the beginning, after some of them have been looked at."""
    yield from pieces(seen.text, size)
    if seen.fault:
        raise seen.fault
    yield from blocks


def _one_value(name: str, text: bytes) -> Batch:
    """The place is that of the first line that is not blank."""
    begun = text.removeprefix(BYTE_ORDER_MARK).lstrip()
    before = len(text) - len(begun)
    return Batch(name, 1 + text.count(b"\n", 0, before), before, [begun.rstrip()])


def _of_the_file(name: str, reason: str) -> Batch:
    return Batch(name, 0, 0, [], (Fault(0, 0, reason),))


def _seen(stream: Readable) -> Seen | None:
    """None for what is no regular file: it cannot be read twice, and has no time of change."""
    try:
        status = os.fstat(cast("BinaryIO", stream).fileno())
    except OSError:  # standard input that is no file of the system
        return None
    if not stat.S_ISREG(status.st_mode):
        return None
    return Seen(status.st_size, status.st_mtime_ns)


@contextmanager
def opened(path: Path | None) -> Iterator[Readable]:
    """The stream of a file, of standard input for None. Raises OSError."""
    if path is None:
        yield sys.stdin.buffer
        return
    with path.open("rb", buffering=0) as stream:
        yield stream
