"""Stage 1, in executors: lines become rows of patients. The reading of lines is our own."""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator
from io import BytesIO
from itertools import groupby
from operator import itemgetter
from urllib.parse import unquote

import msgspec
import pandas as pd

from plugin.screening.local.chunk import Reading
from plugin.screening.local.left_out import Held
from plugin.screening.local.memory import without_searches
from plugin.screening.source.chunks import LONGEST_LINE, Chunk, batches, whole
from plugin.screening.source.lines import Batch, cut
from plugin.screening.source.packing import BLOCK, contents
from plugin.screening.spark.rows import DONE, Counted, Row, RowSpill, frame, rows_of

_pack = msgspec.msgpack.encode


def place_chunks(_: bytes, frames: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    """Chunks, pickled, of files that every executor can open."""
    for (packed,) in rows_of(frames, ("chunk",)):
        chunk: Chunk = pickle.loads(packed)  # noqa: S301 - our own bytes
        yield from _placed(chunk, batches(chunk))


def place_files(given: bytes, frames: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    """Whole files as Spark read them. `given`: their chunks by path, pickled."""
    chunks: dict[str, Chunk] = pickle.loads(given)  # noqa: S301 - our own bytes
    for path, content in rows_of(frames, ("path", "content")):
        chunk = chunks[path]
        blocks = contents(BytesIO(content), BLOCK)
        yield from _placed(chunk, whole(chunk.file.name, blocks, LONGEST_LINE))


def place_lines(given: bytes, frames: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    """Lines of files that Spark has cut into pieces. `given`: their chunks by path, pickled."""
    chunks: dict[str, Chunk] = pickle.loads(given)  # noqa: S301 - our own bytes
    rows = rows_of(frames, ("path", "start", "line"))
    for (path, start), held in groupby(rows, key=itemgetter(0, 1)):
        chunk = chunks[unquote(path)]  # here, and only here, Spark gives a URI
        blocks = _Blocks(row[2] for row in held)
        found = cut(chunk.file.name, iter(blocks), LONGEST_LINE)
        yield from _placed(chunk, found, start, blocks)


class _Blocks:
    """Lines as the bytes they were, many at a time."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        self.size = 0
        self._lines = lines

    def __iter__(self) -> Iterator[bytes]:
        held: list[bytes] = []
        length = 0
        for line in self._lines:
            held += (line, b"\n")
            length += len(line) + 1
            if length >= BLOCK:
                yield from self._cut(b"".join(held))
                held, length = [], 0
        yield from self._cut(b"".join(held))

    def _cut(self, block: bytes) -> Iterator[bytes]:
        self.size += len(block)
        for start in range(0, len(block), LONGEST_LINE):
            yield block[start : start + LONGEST_LINE]


def _placed(
    chunk: Chunk, found: Iterable[Batch], start: int = 0, blocks: _Blocks | None = None
) -> Iterator[pd.DataFrame]:
    spill = RowSpill(chunk.number, start)
    left_out = Held()
    reading = Reading(chunk, spill, left_out, None)
    with without_searches():
        for batch in found:
            reading.take(batch)
            if rows := spill.given():
                yield frame(rows)
        done = reading.done()
    counted = Counted(
        done,
        tuple(left_out.lines),
        start,
        blocks.size if blocks else 0,
        spill.shared,
        spill.edges,
        spill.aliases,
    )
    last: Row = (b"", b"", DONE, chunk.number, start, _pack(counted))
    yield frame([*spill.given(), last])
