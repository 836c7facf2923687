"""Rows on disk: each a patient's key and a payload, with a length before both.

The rows of one partition are a segment of the file of their chunk, so that a chunk leaves one file
whatever the number of partitions. Two segments have numbers of their own: what patients share, and
the addresses of patients.
"""

from __future__ import annotations

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
RAW, ENTRY, NEAR = 0, 1, 2  # a line as it was; an entry of a Bundle; one that patients share
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
        self._held = 0
        self._at = 0

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
            self._file.write(buffer)
            self.segments.append(Segment(partition, self._at, len(buffer)))
            self._at += len(buffer)
        self._buffers.clear()
        self._held = 0

    def _add(self, partition: int, kind: int, key: bytes, payload: bytes) -> None:
        buffer = self._buffers.setdefault(partition, bytearray())
        buffer += HEAD.pack(kind, len(key), len(payload))
        buffer += key
        buffer += payload
        self._held += HEAD.size + len(key) + len(payload)
        if self._held >= _FLUSH:
            self.flush()


def rows(path: Path, segments: Iterable[Segment]) -> Iterator[tuple[str, int, bytes]]:
    """The rows of some segments of a file: key, kind, payload."""
    with path.open("rb") as file:
        for segment in segments:
            file.seek(segment.offset)
            data = file.read(segment.length)
            at = 0
            while at < len(data):
                kind, key, payload = HEAD.unpack_from(data, at)
                start = at + HEAD.size
                middle, at = start + key, start + key + payload
                yield data[start:middle].decode("utf-8", "surrogatepass"), kind, data[middle:at]


def entry_of(kind: int, payload: bytes) -> RawEntry:
    """The entry of a row."""
    if kind == RAW:
        return RawEntry(payload)
    raw, full_url = _ENTRY.decode(payload)
    return RawEntry(raw, full_url)


def alias_of(payload: bytes) -> tuple[str, str]:
    """An address of a patient, and the patient's key."""
    return _ALIAS.decode(payload)
