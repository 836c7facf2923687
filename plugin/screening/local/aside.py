"""What was set aside by its code and has to be looked at after all: it is read from its file again.

That is so where another resource of the patient has its id, because then the reading says which of
the versions counts, or that they disagree.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import msgspec

from plugin.errors import InputUnreadable
from plugin.screening.placing.heads import FAULTS, decode_head
from plugin.screening.source.lines import BYTE_ORDER_MARK, Buffer

_pack = msgspec.msgpack.encode
_PLACES = msgspec.msgpack.Decoder(tuple[list[str], list[int], bytes])


def packed(ids: list[str], places: list[int], path: bytes) -> bytes:
    """The ids of some resources that are set aside, and where their lines begin in their file.

    Its path is as the file system has it.
    """
    return _pack((ids, places, path))


def ids_of(payload: Buffer) -> list[str]:
    """The ids of some resources that were set aside; empty ones for those that have none."""
    return _PLACES.decode(payload)[0]


def read_again(payload: Buffer) -> Iterator[bytes]:
    """The lines that were set aside. Raises InputUnreadable if they are there no more."""
    ids, places, name = _PLACES.decode(payload)
    path = Path(os.fsdecode(name))
    try:
        with path.open("rb") as file:
            for id_, place in zip(ids, places, strict=True):
                file.seek(place)
                line = file.readline().removeprefix(BYTE_ORDER_MARK).strip()
                if decode_head(line).id != id_:
                    raise _changed(path)
                yield line
    except (OSError, *FAULTS) as error:
        raise _changed(path) from error


def _changed(path: Path) -> InputUnreadable:
    return InputUnreadable(
        f"{path.name}: has changed while it was read; screen it again when nothing writes to it."
    )
