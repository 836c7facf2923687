"""Stage 1: the lines of one chunk become rows of patients, on disk by partition."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from heapq import merge
from operator import attrgetter

from plugin.screening.local.fast import Fast
from plugin.screening.local.left_out import Held, LeftOut
from plugin.screening.local.memory import without_searches
from plugin.screening.local.spill import Spill
from plugin.screening.local.work import ChunkDone, Work, leave, left, written
from plugin.screening.outcome import Quarantined
from plugin.screening.placing.heads import add_types
from plugin.screening.placing.placed import place
from plugin.screening.placing.sieve import Sieve
from plugin.screening.sinks import is_result
from plugin.screening.source.chunks import WHOLE, Chunk, batches
from plugin.screening.source.lines import Batch
from plugin.screening.source.packing import is_packed

_MAGIC = 16  # bytes that tell a packed file
_BY_LINE = attrgetter("line", "offset")


def read_chunk(chunk: Chunk, work: Work, sieve: Sieve | None = None) -> ChunkDone:
    """Read one chunk, or give what an earlier call left. Raises CrampcheckError.

    With a sieve, what it does not keep is only noted, with its place in the file.
    """
    done = left(work.chunk_done(chunk.number), ChunkDone)
    if done is not None:
        return done
    with without_searches(), ExitStack() as stack:
        spill = Spill(stack.enter_context(written(work.spill(chunk.number))), work.partitions)
        reading = Reading(chunk, spill, LeftOut(work, chunk.number, stack), sieve)
        reading.read()
        done = reading.done()
    leave(work.chunk_done(chunk.number), done)
    return done


class Reading:
    """The reading of one chunk: counts, and what went into quarantine.

    Lines are counted within each of its files.
    """

    def __init__(
        self, chunk: Chunk, spill: Spill, left_out: LeftOut | Held, sieve: Sieve | None
    ) -> None:
        self._chunk = chunk
        self._spill = spill
        self._left_out = left_out
        self._sieve = sieve
        self._fast = Fast(spill)
        self._kept: Counter[str] = Counter()
        self._set_aside: Counter[str] = Counter()
        self._earlier: list[str] = []
        self._lines = self._size = self._documents = self._slowly = 0

    def read(self) -> None:
        """Take in the lines of all files. Raises CrampcheckError."""
        lines = 0
        for chunk in (self._chunk, *self._chunk.beside):
            path = os.fsencode(chunk.file.path or "")
            self._fast.begin(self._sieve if _can_be_read_again(chunk) else None, path)
            self._lines = 0
            for batch in batches(chunk):
                self.take(batch)
            lines += self._lines
        self._lines = lines

    def take(self, batch: Batch) -> None:
        """Take in the lines of one batch.

        What the fast way leaves goes the long way, in the same order.
        """
        faults = [
            Quarantined(batch.file, fault.line, fault.reason, fault.offset, fault.ends)
            for fault in batch.faults
        ]
        faults.sort(key=_BY_LINE)
        self._left_out.take(merge(faults, self._placed(batch), key=_BY_LINE))
        if batch.is_tidy:
            size, documents = batch.size, len(batch.raw)
        else:
            size = sum(map(len, batch.lines)) + len(batch.lines)
            documents = sum(map(bool, batch.lines))
        self._documents += documents
        self._spill.flush_when_full()
        self._lines = max(self._lines, batch.line + len(batch.raw) - 1)
        self._size += size

    def done(self) -> ChunkDone:
        self._spill.flush()
        return ChunkDone(
            number=self._chunk.number,
            file=self._chunk.file.name,
            lines=self._lines,
            size=self._size,
            documents=self._documents,
            placed=self._slowly + self._fast.kept().total() + self._fast.set_aside.total(),
            kept=dict(sorted((self._kept + self._fast.kept()).items())),
            set_aside=dict(sorted((self._set_aside + self._fast.set_aside).items())),
            quarantined=self._left_out.count,
            whole=tuple(self._left_out.whole),
            earlier=tuple(dict.fromkeys(self._earlier)),
            segments=tuple(self._spill.segments),
        )

    def _placed(self, batch: Batch) -> Iterator[Quarantined]:
        """Place the lines of a batch. Gives what can be given to nobody, line by line."""
        for number in self._fast.take(batch):
            for reason in self._document(batch, number):
                yield Quarantined(batch.file, batch.line + number, reason, batch.offsets[number])

    def _document(self, batch: Batch, number: int) -> list[str]:
        """Place one line the long way. Gives why parts of it, or all, are nobody's."""
        line = batch.lines[number]
        if not line:  # blank, or it has a fault
            return []
        self._slowly += 1
        if is_result(batch.file, line):
            self._earlier.append(batch.file)
            return []
        placed = place(line)
        self._spill.take(placed)
        self._kept.update(placed.kept)
        add_types(self._set_aside, Counter(placed.set_aside))
        return placed.quarantined


def _can_be_read_again(chunk: Chunk) -> bool:
    """True where a line can be found by its place: the file is there, and plain."""
    if chunk.file.path is None:
        return False
    if chunk.end != WHOLE:
        return True
    try:
        with chunk.file.path.open("rb") as file:
            return not is_packed(file.read(_MAGIC))
    except OSError:
        return False
