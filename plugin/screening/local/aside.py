"""What was set aside by its code and has to be looked at after all: it is read from its file again.

That is so where another resource of the patient has its id, because then the reading says which of
the versions counts, or that they disagree.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TypeAlias
from zlib import crc32

from plugin.errors import InputUnreadable
from plugin.reading.shapes import Condition, Observation, Resource
from plugin.screening.local.spill import ASIDE_RESULT, PLACE, RAW, is_aside
from plugin.screening.placing.heads import FAULTS, decode_head
from plugin.screening.source.lines import BYTE_ORDER_MARK

# The kind of a row, its place, and the file that it came from.
Aside: TypeAlias = tuple[int, bytes, str]


def read_again(aside: Aside) -> bytes:
    """The line. Raises InputUnreadable if it is not there any more."""
    _, place, name = aside
    offset, hashed, nameless = PLACE.unpack(place)
    path = Path(name)
    try:
        with path.open("rb") as file:
            file.seek(offset)
            line = file.readline().removeprefix(BYTE_ORDER_MARK).strip()
        id_ = decode_head(line).id
    except (OSError, *FAULTS):
        line, id_ = b"", ""
    if not line or (hashed, nameless) != _hashed(id_):
        raise InputUnreadable(
            f"{path.name}: has changed while it was read; screen it again when nothing writes to "
            "it."
        )
    return line


def as_it_was(row: Aside) -> tuple[int, bytes]:
    """Kind and payload of a row as if nothing had been set aside."""
    kind, payload, _ = row
    return (RAW, read_again(row)) if is_aside(kind) else (kind, payload)


def named_twice(asides: Iterable[Aside], kept: Iterable[Resource | None]) -> bool:
    """True where an id of what was set aside may be that of another resource of its type."""
    results: set[int] = set()
    problems: set[int] = set()
    for kind, place, _ in asides:
        _, hashed, nameless = PLACE.unpack(place)
        names = results if kind == ASIDE_RESULT else problems
        if hashed in names and not nameless:
            return True
        names.add(-1 if nameless else hashed)
    for resource in kept:
        if isinstance(resource, Observation):
            if crc32(resource.id.encode()) in results:
                return True
        elif isinstance(resource, Condition) and crc32(resource.id.encode()) in problems:
            return True
    return False


def _hashed(id_: str) -> tuple[int, bool]:
    return (crc32(id_.encode()), False) if id_ else (0, True)


def packed_place(offset: int, id_: str) -> bytes:
    """Where a line begins, with its id: as a row notes it."""
    return PLACE.pack(offset, *_hashed(id_))
