"""Rows on disk: each a patient's key and a payload, with a length before both.

The rows of one partition are a segment of the file of their chunk, so that a chunk leaves one file
whatever the number of partitions. Two segments have numbers of their own: what patients share, and
the addresses of patients.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, compress, count
from operator import ne
from pathlib import Path
from struct import Struct as Packed
from typing import BinaryIO, TypeAlias

import msgspec

from plugin.reading.source import RawEntry
from plugin.screening.local.aside import packed
from plugin.screening.local.work import Segment
from plugin.screening.placing.partitions import partition_of
from plugin.screening.placing.placed import Placed
from plugin.screening.source.lines import Buffer

SHARED = -1
ALIASES = -2
_HEAD = Packed("<BII")  # the kind of a row, the bytes of its key and of its payload
# Lines, each with a newline behind it; an entry of a Bundle; one that patients share; what was set
# aside by its code, of which only ids and places are noted; and why the patient cannot be read.
LINES, ENTRY, NEAR, ASIDE, FAULT = range(5)
_FLUSH = 16 * 1024 * 1024
Owner: TypeAlias = tuple[int, bytes]  # of rows: the partition of a patient, and the key
_pack = msgspec.msgpack.encode
_ENTRY = msgspec.msgpack.Decoder(tuple[bytes, str])
_ALIAS = msgspec.msgpack.Decoder(tuple[str, str])


class Spill:
    """Takes in rows and writes them partition by partition, a few megabytes at a time."""

    def __init__(self, file: BinaryIO, partitions: int) -> None:
        self.segments: list[Segment] = []
        self._file = file
        self._partitions = partitions
        self._rows: dict[int, list[bytes]] = {}
        self._held = self._at = 0

    def owner(self, key: str) -> Owner:
        """A patient by key."""
        return partition_of(key, self._partitions), key.encode("utf-8", "surrogatepass")

    def flush_when_full(self) -> None:
        """Write what is held if that is much."""
        if self._held >= _FLUSH:
            self.flush()

    def lines(self, owners: Sequence[Owner], lines: Sequence[bytes]) -> None:
        """Take in lines, each with its newline and of an owner: those that follow are one row."""
        ends = list(accumulate(map(len, lines), initial=0))
        for first, end in _runs(owners):
            partition, key = owners[first]
            self._add(partition, LINES, key, ends[end] - ends[first], lines[first:end])

    def aside(
        self, owners: Sequence[Owner], ids: list[str], places: list[int], path: bytes
    ) -> None:
        """Take in what was set aside of a file: of each its owner, id, and where it begins."""
        for first, end in _runs(owners):
            partition, key = owners[first]
            noted = packed(ids[first:end], places[first:end], path)
            self._add(partition, ASIDE, key, len(noted), (noted,))

    def take(self, placed: Placed) -> None:
        """Take in what a document holds."""
        for row in placed.rows:
            if row.near or row.full_url or b"\n" in row.raw:
                self.row(row.key, NEAR if row.near else ENTRY, _pack((row.raw, row.full_url)))
            else:
                self.row(row.key, LINES, row.raw)
        for entry in placed.shared:
            self._one(SHARED, ENTRY, b"", _pack((entry.raw, entry.full_url)))
        for alias in placed.aliases:
            self._one(ALIASES, ENTRY, b"", _pack(alias))

    def row(self, key: str, kind: int, payload: bytes) -> None:
        """Take in a row of one patient: of LINES, one, without its newline."""
        partition, name = self.owner(key)
        self._one(partition, kind, name, payload + b"\n" if kind == LINES else payload)

    def flush(self) -> None:
        """Write what is held."""
        for partition, pieces in sorted(self._rows.items()):
            if pieces:
                data = b"".join(pieces)
                self._file.write(data)
                self.segments.append(Segment(partition, self._at, len(data)))
                self._at += len(data)
                pieces.clear()
        self._held = 0

    def _one(self, partition: int, kind: int, key: bytes, payload: bytes) -> None:
        self._add(partition, kind, key, len(payload), (payload,))

    def _add(
        self, partition: int, kind: int, key: bytes, size: int, payload: Iterable[bytes]
    ) -> None:
        """Hold a row; its payload may come in pieces, which have `size` bytes together."""
        pieces = self._rows.get(partition)
        if pieces is None:
            pieces = self._rows[partition] = []
        pieces += (_HEAD.pack(kind, len(key), size), key)
        pieces += payload
        self._held += size


def _runs(owners: Sequence[Owner]) -> Iterator[tuple[int, int]]:
    """Where the same owner begins and ends, one after the other."""
    begun = list(compress(count(1), map(ne, owners[1:], owners)))
    return zip([0, *begun], [*begun, len(owners)], strict=True) if owners else iter(())


def segments(path: Path, found: Iterable[Segment]) -> Iterator[bytes]:
    """The bytes of some segments of a file."""
    with path.open("rb", buffering=0) as file:
        for segment in found:
            yield os.pread(file.fileno(), segment.length, segment.offset)


def rows(data: bytes) -> Iterator[tuple[bytes, int, memoryview]]:
    """The rows of a segment: key, kind, payload."""
    at, end, size, head = 0, len(data), _HEAD.size, _HEAD.unpack_from
    view = memoryview(data)
    while at < end:
        kind, key, payload = head(data, at)
        start = at + size
        middle = start + key
        at = middle + payload
        yield data[start:middle], kind, view[middle:at]


def lines_of(payload: Buffer) -> list[bytes]:
    """The lines of a row, without their newlines."""
    return bytes(payload).removesuffix(b"\n").split(b"\n")


def entry_of(payload: Buffer) -> RawEntry:
    """The entry of a row that is no lines."""
    raw, full_url = _ENTRY.decode(payload)
    return RawEntry(raw, full_url)


def alias_of(payload: Buffer) -> tuple[str, str]:
    """An address of a patient, and the patient's key."""
    return _ALIAS.decode(payload)


def text_of(key: bytes) -> str:
    """A key as text."""
    return key.decode("utf-8", "surrogatepass")
