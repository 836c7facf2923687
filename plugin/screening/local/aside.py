"""What was set aside by its code and has to be looked at after all: it is read from its file again.

That is so where another resource of the patient has its id, because then the reading says which of
the versions counts, or that they disagree.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from struct import Struct as Packed
from zlib import crc32

from plugin.errors import InputUnreadable
from plugin.reading import shapes
from plugin.reading.plain_shapes import PlainResult
from plugin.reading.shapes import Resource
from plugin.screening.placing.heads import FAULTS, Condition, Head, decode_head
from plugin.screening.source.lines import BYTE_ORDER_MARK

# Where a line begins, a hash of its id (0 if it has none), and which of the two types it is.
_PLACE = Packed("<QIB")
_RESULT, _PROBLEM = 0, 1
_KINDS: dict[type[Resource], int] = {
    shapes.Observation: _RESULT,
    PlainResult: _RESULT,
    shapes.Condition: _PROBLEM,
}


def place_of(offset: int, head: Head) -> bytes:
    """Where a resource stands that is set aside, and what tells whether another has its id."""
    return _PLACE.pack(offset, _hash_of(head.id), type(head) is Condition)


def read_again(places: bytes, name: str) -> Iterator[bytes]:
    """The lines at some places of a file. Raises InputUnreadable if they are there no more."""
    path = Path(name)
    try:
        with path.open("rb") as file:
            for offset, hashed, _ in _PLACE.iter_unpack(places):
                file.seek(offset)
                line = file.readline().removeprefix(BYTE_ORDER_MARK).strip()
                if _hash_of(decode_head(line).id) != hashed:
                    raise _changed(path)
                yield line
    except (OSError, *FAULTS) as error:
        raise _changed(path) from error


def named_twice(places: Iterable[bytes], kept: Iterable[Resource]) -> bool:
    """True where an id of what was set aside may be that of another resource of its type."""
    found: set[tuple[int, int]] = set()
    for packed in places:
        for _, hashed, kind in _PLACE.iter_unpack(packed):
            name = hashed, kind
            if hashed and name in found:
                return True
            found.add(name)
    for resource in kept:
        kind = _KINDS.get(type(resource))
        if kind is not None and resource.id and (_hash_of(resource.id), kind) in found:
            return True
    return False


def _hash_of(id_: str) -> int:
    """The same in every process; 0 for no id, and for nothing else."""
    return (crc32(id_.encode()) or 1) if id_ else 0


def _changed(path: Path) -> InputUnreadable:
    return InputUnreadable(
        f"{path.name}: has changed while it was read; screen it again when nothing writes to it."
    )
