"""What a chunk has that is nobody's, row by row on disk: a file of damage may be all such lines.

The rows lie beside the spill, and hold no patient data. There is no file where there are none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from typing import BinaryIO

import msgspec

from plugin.screening.local.work import ChunkDone, Work, written
from plugin.screening.outcome import Quarantined

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Quarantined).decode


class LeftOut:
    """Takes the rows of one chunk, by line. `whole` are those about the file as such: few."""

    def __init__(self, work: Work, chunk: int, stack: ExitStack) -> None:
        self.count = 0
        self.whole: list[Quarantined] = []
        self._path = work.left_out(chunk)
        self._stack = stack
        self._file: BinaryIO | None = None

    def take(self, rows: Iterable[Quarantined]) -> None:
        """Keep some rows, which come behind those before. Raises CrampcheckError."""
        for row in rows:
            if not row.line:
                self.whole.append(row)
                continue
            if self._file is None:
                self._file = self._stack.enter_context(written(self._path))
            self._file.write(_encode(row) + b"\n")
            self.count += 1


class Held:
    """Takes the rows of one chunk as `LeftOut` does, and holds them: for who sends them on."""

    def __init__(self) -> None:
        self.lines: list[Quarantined] = []
        self.whole: list[Quarantined] = []

    @property
    def count(self) -> int:
        """How many rows are about lines."""
        return len(self.lines)

    def take(self, rows: Iterable[Quarantined]) -> None:
        """Keep some rows, which come behind those before."""
        for row in rows:
            (self.lines if row.line else self.whole).append(row)


def leave_lines(work: Work, chunk: int, rows: Iterable[Quarantined]) -> None:
    """Write the rows of a chunk that are about lines. Raises CrampcheckError."""
    with ExitStack() as stack:
        LeftOut(work, chunk, stack).take(rows)


def left_out_lines(work: Work, done: ChunkDone) -> Iterator[Quarantined]:
    """The rows of a chunk that are about lines, which count from its beginning."""
    if done.quarantined:
        with work.left_out(done.number).open("rb") as file:
            yield from map(_decode, file)
