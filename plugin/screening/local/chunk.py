"""Stage 1: the lines of one chunk become rows of patients, on disk by partition."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from plugin.screening.local.spill import Spill
from plugin.screening.local.work import ChunkDone, Work, leave, left, written
from plugin.screening.outcome import Quarantined
from plugin.screening.placing.placed import Placed, place
from plugin.screening.sinks import is_result
from plugin.screening.source.chunks import Chunk, batches
from plugin.screening.source.lines import Batch


def read_chunk(chunk: Chunk, work: Work) -> ChunkDone:
    """Read one chunk, or give what an earlier call left. Raises CrampcheckError."""
    done = left(work.chunk_done(chunk.number), ChunkDone)
    if done is not None:
        return done
    with written(work.spill(chunk.number)) as file:
        spill = Spill(file, work.partitions)
        reading = _Reading(chunk, spill)
        reading.read(batches(chunk))
        spill.flush()
    done = reading.done()
    leave(work.chunk_done(chunk.number), done)
    return done


class _Reading:
    """The reading of one chunk: counts, and what went into quarantine."""

    def __init__(self, chunk: Chunk, spill: Spill) -> None:
        self._chunk = chunk
        self._spill = spill
        self._kept: Counter[str] = Counter()
        self._set_aside: Counter[str] = Counter()
        self._quarantined: list[Quarantined] = []
        self._earlier = False
        self._lines = self._size = 0

    def read(self, found: Iterable[Batch]) -> None:
        for batch in found:
            for number, line in enumerate(batch.lines):
                self._document(batch, number, line)
            self._lines = max(self._lines, batch.line + len(batch.lines) - 1)
            self._size += sum(map(len, batch.lines)) + len(batch.lines)
            self._quarantined += [
                Quarantined(batch.file, fault.line, fault.reason, fault.offset)
                for fault in batch.faults
            ]

    def done(self) -> ChunkDone:
        return ChunkDone(
            number=self._chunk.number,
            file=self._chunk.file.name,
            lines=self._lines,
            size=self._size,
            kept=dict(self._kept),
            set_aside=dict(self._set_aside),
            quarantined=tuple(self._quarantined),
            earlier_results=self._earlier,
            segments=tuple(self._spill.segments),
        )

    def _document(self, batch: Batch, number: int, line: bytes) -> None:
        text = line.strip()
        if not text:
            return
        if is_result(batch.file, text):
            self._earlier = True
            return
        placed = place(text)
        self._spill.take(placed)
        self._count(placed)
        if placed.quarantined:
            offset = batch.offset + sum(len(one) + 1 for one in batch.lines[:number])
            self._quarantined += [
                Quarantined(batch.file, batch.line + number, reason, offset)
                for reason in placed.quarantined
            ]

    def _count(self, placed: Placed) -> None:
        self._kept.update(placed.kept)
        self._set_aside.update(placed.set_aside)
