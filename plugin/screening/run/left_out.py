"""What a run could give to nobody: whole files first, then by file and line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from msgspec.structs import replace

from plugin.screening.local.left_out import left_out_lines
from plugin.screening.local.work import ChunkDone, Work, finished
from plugin.screening.outcome import Quarantined
from plugin.screening.run.inputs import Input, changed
from plugin.screening.source.chunks import CHANGED
from plugin.screening.source.listing import Source


def whole_files(
    work: Work, chunks: Iterable[int], source: Source, inputs: Sequence[Input]
) -> tuple[Quarantined, ...]:
    """The files of which nothing, or not all, can be trusted, each with a reason once.

    Every chunk of a file may find the same fault of it.
    """
    rows = [Quarantined(missing.name, 0, missing.reason) for missing in source.not_read]
    rows += [Quarantined(name, 0, CHANGED) for name in sorted(changed(source, inputs))]
    for number in chunks:
        rows += finished(work.chunk_done(number), ChunkDone).whole
    return tuple(dict.fromkeys(rows))


def quarantined_lines(work: Work, chunks: Iterable[int]) -> Iterator[Quarantined]:
    """The lines, and entries on them, as they count in their files."""
    file, before = "", 0
    for number in chunks:
        done = finished(work.chunk_done(number), ChunkDone)
        if done.file != file:
            file, before = done.file, 0
        for row in left_out_lines(work, done):
            yield replace(row, line=row.line + before)
        before += done.lines
