"""Rows on disk: each a patient's key and a payload, with a length before both.

The rows of one partition are a segment of the file of their chunk, so that a chunk leaves one file
whatever the number of partitions. Two segments have numbers of their own: what patients share, and
the addresses of patients.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from struct import Struct as Packed
from typing import BinaryIO

import msgspec

from plugin.reading.source import RawEntry
from plugin.screening.local.work import Segment
from plugin.screening.placing.partitions import partition_of
from plugin.screening.placing.placed import Placed

SHARED = -1
ALIASES = -2
_HEAD = Packed("<BII")  # the kind of a row, the bytes of its key and of its payload
# Lines as they were, with newlines between; an entry of a Bundle; one that patients share; and what
# was set aside by its code, of which only the places are noted.
LINES, ENTRY, NEAR, ASIDE = range(4)
_FLUSH = 16 * 1024 * 1024  # held in memory before it is written
_pack = msgspec.msgpack.encode
_ENTRY = msgspec.msgpack.Decoder(tuple[bytes, str])
_ALIAS = msgspec.msgpack.Decoder(tuple[str, str])


class Target:
    """What one patient has, until the next flush: lines, and places of what was set aside.

    Who adds to either while both are empty lists the target in `Spill.active`.
    """

    __slots__ = ("key", "lines", "partition", "places")

    def __init__(self, key: bytes, partition: int) -> None:
        self.key = key
        self.partition = partition
        self.lines: list[bytes] = []
        self.places: list[bytes] = []


class Spill:
    """Takes in rows and writes them partition by partition, a few megabytes at a time."""

    def __init__(self, file: BinaryIO, partitions: int) -> None:
        self.segments: list[Segment] = []
        self.active: list[Target] = []
        self._file = file
        self._partitions = partitions
        self._rows: dict[int, list[bytes]] = {}
        self._held = self._at = 0

    def target(self, key: str) -> Target:
        """Where to add the lines of a patient."""
        return Target(key.encode(), partition_of(key, self._partitions))

    def flush_when_full(self, read: int) -> None:
        """Write what is held if that is much; `read` bytes more have been read."""
        self._held += read
        if self._held >= _FLUSH:
            self.flush()

    def take(self, placed: Placed) -> None:
        """Take in what a document holds."""
        for row in placed.rows:
            if row.near or row.full_url or b"\n" in row.raw:
                self.row(row.key, NEAR if row.near else ENTRY, _pack((row.raw, row.full_url)))
            else:
                self.row(row.key, LINES, row.raw)
        for entry in placed.shared:
            self._add(SHARED, ENTRY, b"", _pack((entry.raw, entry.full_url)))
        for alias in placed.aliases:
            self._add(ALIASES, ENTRY, b"", _pack(alias))

    def row(self, key: str, kind: int, payload: bytes) -> None:
        """Take in a row of one patient."""
        name = key.encode("utf-8", "surrogatepass")
        self._add(partition_of(key, self._partitions), kind, name, payload)

    def flush(self) -> None:
        """Write what is held."""
        for target in self.active:
            if target.lines:
                self._add(target.partition, LINES, target.key, b"\n".join(target.lines))
                target.lines.clear()
            if target.places:
                self._add(target.partition, ASIDE, target.key, b"".join(target.places))
                target.places.clear()
        self.active.clear()
        for partition, rows in sorted(self._rows.items()):
            if rows:
                length = sum(map(len, rows))
                self._file.writelines(rows)
                self.segments.append(Segment(partition, self._at, length))
                self._at += length
                rows.clear()
        self._held = 0

    def _add(self, partition: int, kind: int, key: bytes, payload: bytes) -> None:
        rows = self._rows.setdefault(partition, [])
        rows += (_HEAD.pack(kind, len(key), len(payload)), key, payload)


def segments(path: Path, found: Iterable[Segment]) -> Iterator[bytes]:
    """The bytes of some segments of a file."""
    with path.open("rb", buffering=0) as file:
        for segment in found:
            yield os.pread(file.fileno(), segment.length, segment.offset)


def rows(data: bytes) -> Iterator[tuple[bytes, int, bytes]]:
    """The rows of a segment: key, kind, payload."""
    at, end, size, head = 0, len(data), _HEAD.size, _HEAD.unpack_from
    while at < end:
        kind, key, payload = head(data, at)
        start = at + size
        middle = start + key
        at = middle + payload
        yield data[start:middle], kind, data[middle:at]


def entry_of(payload: bytes) -> RawEntry:
    """The entry of a row that is no lines."""
    raw, full_url = _ENTRY.decode(payload)
    return RawEntry(raw, full_url)


def alias_of(payload: bytes) -> tuple[str, str]:
    """An address of a patient, and the patient's key."""
    return _ALIAS.decode(payload)


def text_of(key: bytes) -> str:
    """A key as text."""
    return key.decode("utf-8", "surrogatepass")
