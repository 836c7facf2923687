"""The parts that stage 2 leaves: a patient's reference and what the job gave, sorted."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from operator import itemgetter
from pathlib import Path
from struct import Struct as Packed
from typing import BinaryIO

_HEAD = Packed("<II")
_KEY = itemgetter(0)


def packed(reference: str, payload: bytes) -> bytes:
    """One row of a part."""
    key = reference.encode("utf-8", "surrogatepass")
    return b"".join((_HEAD.pack(len(key), len(payload)), key, payload))


def read_part(path: Path) -> Iterator[tuple[str, bytes]]:
    """The rows of a part, one at a time."""
    with path.open("rb", buffering=1 << 16) as file:
        while head := file.read(_HEAD.size):
            yield _row(file, head)


def merged(paths: Sequence[Path]) -> Iterator[tuple[str, bytes]]:
    """The rows of all parts in the order of references. No reference is in two parts."""
    return heapq.merge(*map(read_part, paths), key=_KEY)


def _row(file: BinaryIO, head: bytes) -> tuple[str, bytes]:
    key, payload = _HEAD.unpack(head)
    return file.read(key).decode("utf-8", "surrogatepass"), file.read(payload)
