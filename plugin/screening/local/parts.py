"""The parts that stage 2 leaves: a patient's reference and what the job gave, sorted."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from io import BufferedReader, RawIOBase
from operator import itemgetter
from pathlib import Path
from struct import Struct as Packed
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_HEAD = Packed("<II")
_KEY = itemgetter(0)
_BLOCK = 1 << 16  # bytes of each part that are held


def packed(reference: str, payload: bytes) -> bytes:
    """One row of a part."""
    key = reference.encode("utf-8", "surrogatepass")
    return b"".join((_HEAD.pack(len(key), len(payload)), key, payload))


def read_part(path: Path) -> Iterator[tuple[str, bytes]]:
    """The rows of a part, one at a time."""
    with BufferedReader(_OpenToRead(path), _BLOCK) as file:
        while head := file.read(_HEAD.size):
            yield _row(file, head)


class _OpenToRead(RawIOBase):
    """A file that is open only while a block of it is read: parts may be more than may be open."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self._place = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        with self._path.open("rb", buffering=0) as file:
            file.seek(self._place)
            size = file.readinto(buffer) or 0
        self._place += size
        return size


def merged(paths: Sequence[Path]) -> Iterator[tuple[str, bytes]]:
    """The rows of all parts in the order of references. No reference is in two parts."""
    return heapq.merge(*map(read_part, paths), key=_KEY)


def _row(file: BinaryIO, head: bytes) -> tuple[str, bytes]:
    key, payload = _HEAD.unpack(head)
    return file.read(key).decode("utf-8", "surrogatepass"), file.read(payload)
