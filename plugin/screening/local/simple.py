"""Chunks of one file each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from plugin.screening.source.documents import documents
from plugin.screening.source.listing import SourceFile


class Chunk(Struct, frozen=True):
    """A file."""

    number: int
    file: SourceFile
    start: int = 0
    end: int = -1


class Fault(Struct, frozen=True):
    """A line that is not there, and why."""

    line: int
    offset: int
    reason: str


class Batch(Struct, frozen=True):
    """Lines of a file."""

    file: str
    line: int
    offset: int
    lines: list[bytes]
    faults: tuple[Fault, ...] = ()


def plan(files: Sequence[SourceFile], _: int) -> tuple[Chunk, ...]:
    """One chunk a file."""
    return tuple(Chunk(number, file) for number, file in enumerate(files))


def batches(chunk: Chunk) -> Iterator[Batch]:
    """One line at a time."""
    for one in documents(chunk.file):
        if one.error:
            yield Batch(one.file, one.line, 0, [], (Fault(one.line, 0, one.error),))
        else:
            yield Batch(one.file, one.line, 0, [one.raw])
