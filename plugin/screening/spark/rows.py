"""The rows that travel between executors: of patients, of what they share, and what was counted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from io import BytesIO
from typing import Any, TypeAlias

import msgspec
import pandas as pd
from msgspec import Struct

from plugin.reading.source import RawEntry
from plugin.screening.local.spill import Spill, text_of
from plugin.screening.local.work import ChunkDone
from plugin.screening.outcome import Quarantined
from plugin.screening.placing.ownership import ownership
from plugin.screening.placing.partitions import name_of
from plugin.screening.placing.placed import Placed

# Beside the kinds of `local.spill`, which are 0 to 4: what patients share, under each of its keys;
# what that points to; other addresses of a patient, by the patient's name and by their own; what
# was counted of a chunk; and what is shared and may be of use to one patient.
SHARED, EDGE, ALIAS, ADDRESS, DONE, KNOWN = range(10, 16)
OWN = 5  # kinds below are a patient's own
COLUMNS = ("name", "key", "kind", "chunk", "place", "payload")
SCHEMA = "name binary, key binary, kind int, chunk int, place long, payload binary"
Row: TypeAlias = tuple[bytes, bytes, int, int, int, bytes]

_pack = msgspec.msgpack.encode
_NO_FILE = BytesIO()


class Counted(Struct, frozen=True):
    """What came of a chunk, and whether it had what has to be looked at beyond it.

    `start` is where a piece of a file begins that Spark has cut, and else 0.
    """

    done: ChunkDone
    left_out: tuple[Quarantined, ...] = ()  # about lines
    start: int = 0
    size: int = 0  # bytes, with newlines, of such a piece
    shared: bool = False
    edges: bool = False
    aliases: bool = False


class RowSpill(Spill):
    """Takes in rows as the local engine's does, and gives them out instead of writing them."""

    def __init__(self, chunk: int, first: int = 0) -> None:
        super().__init__(_NO_FILE, 1)
        self.shared = self.edges = self.aliases = False
        self._chunk = chunk
        self._place = first
        self._out: list[Row] = []
        self._ready: list[Row] = []

    def flush(self) -> None:
        """Make ready what is held: some megabytes, since each frame costs Spark something."""
        super().flush()
        self._ready += self._out
        self._out.clear()

    def given(self) -> list[Row]:
        """The rows that were made ready since the last time."""
        ready, self._ready = self._ready, []
        return ready

    def take(self, placed: Placed) -> None:
        """Take in what a document holds."""
        shared, aliases = placed.shared, placed.aliases
        placed.shared, placed.aliases = [], []
        super().take(placed)
        for entry in shared:
            self._share(entry)
        for address, patient in aliases:
            self.aliases = True
            self._give(name_of(patient), _key(address), ALIAS, _key(patient))
            self._give(name_of(address), _key(address), ADDRESS, b"")

    def _share(self, entry: RawEntry) -> None:
        self.shared = True
        owned = ownership(entry)
        payload = _pack((entry.raw, entry.full_url))
        for key in owned.keys:
            self._give(b"", _key(key), SHARED, payload)
            for need in owned.needs:
                self.edges = True
                self._give(b"", _key(key), EDGE, _key(need))

    def _add(self, _: int, kind: int, key: bytes, size: int, payload: Iterable[bytes]) -> None:
        self._give(_name(key), key, kind, b"".join(payload))
        self._held += size

    def _give(self, name: bytes, key: bytes, kind: int, payload: bytes) -> None:
        self._out.append((name, key, kind, self._chunk, self._place, payload))
        self._place += 1


def frame(rows: Iterable[Row]) -> pd.DataFrame:
    """Rows as Spark takes them from Python."""
    return pd.DataFrame(list(rows), columns=list(COLUMNS))


def rows_of(frames: Iterable[pd.DataFrame], columns: Iterable[str]) -> Iterator[tuple[Any, ...]]:
    """Rows of frames, wherever those end."""
    wanted = list(columns)
    for one in frames:
        yield from zip(*(one[name] for name in wanted), strict=True)


def _key(key: str) -> bytes:
    return key.encode("utf-8", "surrogatepass")


@lru_cache(maxsize=1 << 16)
def _name(key: bytes) -> bytes:
    return name_of(text_of(key))
