"""One analysis: source, patients, histories, counts. The local engine does the reading."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct, structs

from knowledge.signal_model import Signals
from plugin.errors import CrampcheckError, InputUnreadable
from plugin.pipeline import Pipeline
from plugin.screening.local.parts import merged
from plugin.screening.local.running import Step, run_local
from plugin.screening.local.work import ChunkDone, Work
from plugin.screening.outcome import Failed, Quarantined
from plugin.screening.placing.partitions import partitions_for
from plugin.screening.signal.analysis import Analysis, analysis_of
from plugin.screening.signal.job import signal_job, unpacked
from plugin.screening.signal.settings import Settings
from plugin.screening.signal.tally import Tally
from plugin.screening.source.chunks import WHOLE, Chunk, plan
from plugin.screening.source.listing import Source, SourceFile, find

WORK = ".crampcheck-signal"  # so that one run at a time can write into a folder
_CHUNK_BYTES = 32 * 1024 * 1024
_UNPACKED = 15  # a packed file becomes about so many times as long


class Analysed(Struct, frozen=True):
    """The analysis, and what could not be part of it."""

    analysis: Analysis
    failed: tuple[Failed, ...]
    quarantined: tuple[Quarantined, ...]


def analyse(
    source: str,
    pipeline: Pipeline,
    signals: Signals,
    settings: Settings,
    *,
    near: Path,
    workers: int = 1,
    leave_out: frozenset[Path] = frozenset(),
    on_step: Callable[[Step], None] = lambda _: None,
) -> Analysed:
    """Analyse every patient of a source. `leave_out` are results, never read back.

    The folder of work is made in the folder `near`, for its user alone, and removed at the end.
    Raises InputUnreadable if the source is missing or holds nothing. Patients and lines that fail
    are listed, not raised.
    """
    found = find(source, leave_out)
    job = signal_job(pipeline, signals, settings)
    tally = Tally(signals.groups, settings)
    failed: list[Failed] = []
    with _folder(near) as folder:
        chunks = plan(_within_reach(found.files, folder), _CHUNK_BYTES)
        work = Work(str(folder), partitions_for(sum(map(_size, chunks))))
        done = run_local(chunks, work, job, workers=workers, on_step=on_step)
        for _, row in merged([work.part(number) for number in range(work.partitions)]):
            read = unpacked(row)
            if isinstance(read, Failed):
                failed.append(read)
            else:
                tally.add(read)
    quarantined = (*_not_read(found), *_quarantined(done.chunks))
    if not tally.patients and not failed:
        raise InputUnreadable(f"{source}: holds no patient; name the NDJSON of an export.")
    version = pipeline.knowledge.version
    analysis = analysis_of(tally, signals, version, len(failed), len(quarantined))
    return Analysed(analysis, tuple(failed), quarantined)


@contextmanager
def _folder(near: Path) -> Iterator[Path]:
    folder = near / WORK
    try:
        near.mkdir(mode=0o700, parents=True, exist_ok=True)
        if folder.exists():  # of a run that was killed: it holds records of patients
            shutil.rmtree(folder)
        folder.mkdir(mode=0o700)
    except OSError as error:
        raise CrampcheckError(
            f"{near}: cannot be written ({(error.strerror or 'unknown fault').lower()}); "
            "name another folder with --out."
        ) from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _within_reach(files: Sequence[SourceFile], folder: Path) -> tuple[SourceFile, ...]:
    """The files, with standard input as one of them: worker processes cannot read that."""
    return tuple(
        SourceFile(file.name, _copied(folder)) if file.path is None else file for file in files
    )


def _copied(folder: Path) -> Path:
    path = folder / "stdin"
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as copy:
        shutil.copyfileobj(sys.stdin.buffer, copy)
    return path


def _size(chunk: Chunk) -> int:
    """About how many bytes a chunk holds; only the number of partitions depends on it."""
    packed = chunk.end == WHOLE and chunk.file.name.endswith((".gz", ".zst"))
    return chunk.size * (_UNPACKED if packed else 1)


def _not_read(found: Source) -> Iterator[Quarantined]:
    for one in found.not_read:
        yield Quarantined(one.name, 0, one.reason)


def _quarantined(chunks: Sequence[ChunkDone]) -> Iterator[Quarantined]:
    """With lines as they count in the file: each chunk counts its own from 1."""
    before: dict[str, int] = {}
    for done in chunks:
        earlier = before.get(done.file, 0)
        for row in done.quarantined:
            yield structs.replace(row, line=row.line + earlier) if row.line else row
        before[done.file] = earlier + done.lines
