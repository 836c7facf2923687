"""All stages of the local engine over one folder of work."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial

from msgspec import Struct

from plugin.screening.job import Job, OnePatient
from plugin.screening.local.chunk import read_chunk
from plugin.screening.local.join import join
from plugin.screening.local.partition import screen_partition
from plugin.screening.local.pool import Pool
from plugin.screening.local.work import ChunkDone, JoinDone, PartitionDone, Work
from plugin.screening.placing.sieve import Sieve
from plugin.screening.source.chunks import Chunk

READING, JOINING, SCREENING = "reading", "joining", "screening"


class LocalDone(Struct, frozen=True):
    """What came of each stage. The parts are in the folder of work."""

    chunks: tuple[ChunkDone, ...]
    joined: JoinDone
    partitions: tuple[PartitionDone, ...]


class Step(Struct, frozen=True):
    """One call of a stage that came to its end: `done` of `total`."""

    stage: str
    done: int
    total: int
    came: ChunkDone | JoinDone | PartitionDone


def run_local(
    chunks: Sequence[Chunk],
    work: Work,
    job: Job,
    *,
    workers: int = 1,
    on_step: Callable[[Step], None] = lambda _: None,
) -> LocalDone:
    """Do the job for every patient of some chunks, into the parts of the folder of work.

    What an earlier call left there is not done again. The folder must be of the same chunks,
    partitions and job. Raises CrampcheckError if a worker dies or the folder cannot be written.
    """
    numbers = tuple(chunk.number for chunk in chunks)
    with closing(Pool(workers, start_process, (job,))) as pool:
        read: list[ChunkDone] = []
        for came in pool.map(partial(read_here, work), chunks):
            read.append(came)
            on_step(Step(READING, len(read), len(chunks), came))
        joined = join(work, numbers)
        on_step(Step(JOINING, 1, 1, joined))
        screened: list[PartitionDone] = []
        for done in pool.map(partial(screen_here, work, numbers), range(work.partitions)):
            screened.append(done)
            on_step(Step(SCREENING, len(screened), work.partitions, done))
    return LocalDone(tuple(read), joined, tuple(screened))


class _Process(Struct, frozen=True):
    """What a process keeps for all calls of stages."""

    sieve: Sieve
    do: OnePatient


_of_process: dict[str, _Process] = {}


def start_process(job: Job) -> None:
    """Make a process ready for the stages: once in each, before its first call."""
    _of_process["it"] = _Process(Sieve(job.knowledge), job.start())


def read_here(work: Work, chunk: Chunk) -> ChunkDone:
    """Stage 1, in a process that was made ready."""
    return read_chunk(chunk, work, _of_process["it"].sieve)


def screen_here(work: Work, chunks: Sequence[int], number: int) -> PartitionDone:
    """Stage 2, in a process that was made ready."""
    return screen_partition(number, work, chunks, _of_process["it"].do)
