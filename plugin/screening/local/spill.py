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
from plugin.screening.placing.placed import Placed, Row

SHARED = -1
ALIASES = -2
HEAD = Packed("<BII")  # the kind of a row, the bytes of its key and of its payload
# A line as it was; an entry of a Bundle; one that patients share; and what was set aside by its
# code, of which only the place is noted.
RAW, ENTRY, NEAR, ASIDE_RESULT, ASIDE_PROBLEM = range(5)
PLACE = Packed("<QI?")  # where the line begins; a hash of its id; whether it has none
_FLUSH = 16 * 1024 * 1024  # held in memory before it is written
_pack = msgspec.msgpack.encode
_ENTRY = msgspec.msgpack.Decoder(tuple[bytes, str])
_ALIAS = msgspec.msgpack.Decoder(tuple[str, str])


class Spill:
    """Takes in rows and writes them partition by partition, a few megabytes at a time."""

    def __init__(self, file: BinaryIO, partitions: int) -> None:
        self.segments: list[Segment] = []
        self._file = file
        self._partitions = partitions
        self._buffers: dict[int, bytearray] = {}
        self._at = 0

    def target(self, key: str) -> tuple[bytearray, bytes]:
        """Where to add the rows of a patient, and the key that they begin with."""
        return self._buffer(partition_of(key, self._partitions)), key.encode()

    def flush_when_full(self) -> None:
        """Write what is held if that is much."""
        if sum(map(len, self._buffers.values())) >= _FLUSH:
            self.flush()

    def take(self, placed: Placed) -> None:
        """Take in what a document holds."""
        for row in placed.rows:
            self.row(row)
        for entry in placed.shared:
            self._add(SHARED, ENTRY, b"", _pack((entry.raw, entry.full_url)))
        for alias in placed.aliases:
            self._add(ALIASES, RAW, b"", _pack(alias))

    def row(self, row: Row) -> None:
        """Take in an entry of one patient."""
        kind = NEAR if row.near else ENTRY if row.full_url else RAW
        payload = row.raw if kind == RAW else _pack((row.raw, row.full_url))
        self.copy(row.key, kind, payload)

    def copy(self, key: str, kind: int, payload: bytes) -> None:
        """Take in a row as it was read from another file."""
        name = key.encode("utf-8", "surrogatepass")
        self._add(partition_of(key, self._partitions), kind, name, payload)

    def flush(self) -> None:
        """Write what is held."""
        for partition, buffer in sorted(self._buffers.items()):
            if buffer:
                self._file.write(buffer)
                self.segments.append(Segment(partition, self._at, len(buffer)))
                self._at += len(buffer)
                buffer.clear()

    def _buffer(self, partition: int) -> bytearray:
        return self._buffers.setdefault(partition, bytearray())

    def _add(self, partition: int, kind: int, key: bytes, payload: bytes) -> None:
        buffer = self._buffer(partition)
        buffer += HEAD.pack(kind, len(key), len(payload))
        buffer += key
        buffer += payload


def segments(path: Path, found: Iterable[Segment]) -> Iterator[bytes]:
    """The bytes of some segments of a file."""
    with path.open("rb", buffering=0) as file:
        for segment in found:
            yield os.pread(file.fileno(), segment.length, segment.offset)


def rows(data: bytes) -> Iterator[tuple[bytes, int, bytes]]:
    """The rows of a segment: key, kind, payload."""
    at, end, size, head = 0, len(data), HEAD.size, HEAD.unpack_from
    while at < end:
        kind, key, payload = head(data, at)
        start = at + size
        middle = start + key
        at = middle + payload
        yield data[start:middle], kind, data[middle:at]


def entry_of(kind: int, payload: bytes) -> RawEntry:
    """The entry of a row."""
    if kind == RAW:
        return RawEntry(payload)
    raw, full_url = _ENTRY.decode(payload)
    return RawEntry(raw, full_url)


def is_aside(kind: int) -> bool:
    """True for a row that only notes where something stands."""
    return kind >= ASIDE_RESULT


def alias_of(payload: bytes) -> tuple[str, str]:
    """An address of a patient, and the patient's key."""
    return _ALIAS.decode(payload)


def text_of(key: bytes) -> str:
    """A key as text."""
    return key.decode("utf-8", "surrogatepass")
