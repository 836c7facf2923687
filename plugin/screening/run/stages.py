"""The stages of the local engine, one after the other, over the processes of a run.

What an earlier sitting left is taken as it is: only the rest is handed out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

from msgspec import Struct

from plugin.screening.job import Job, OnePatient
from plugin.screening.local.chunk import read_chunk
from plugin.screening.local.entries import Found, done_with
from plugin.screening.local.join import join
from plugin.screening.local.partition import screen_partition
from plugin.screening.local.parts import read_part
from plugin.screening.local.work import ChunkDone, JoinDone, PartitionDone, Work, left
from plugin.screening.placing.sieve import Sieve
from plugin.screening.run.workers import hands
from plugin.screening.source.chunks import Chunk

READING, JOINING, SCREENING = "reading", "joining", "screening"


class Partition(Struct, frozen=True):
    """What came of a partition, and how many of its payloads are of which kind."""

    done: PartitionDone
    kinds: dict[str, int]


Came: TypeAlias = ChunkDone | JoinDone | Partition
# The kind of a payload, such as a level: for whoever watches.
Glance: TypeAlias = Callable[[bytes], str]
OnCame: TypeAlias = Callable[[Came], None]


class Kit:
    """What every process of a run has."""

    def __init__(
        self,
        work: Work,
        job: Job,
        glance: Glance,
        started: OnePatient | None = None,
    ) -> None:
        self.work = work
        self.glance = glance
        self._job = job
        self._do = started
        self._sieve: Sieve | None = None

    def __reduce__(self) -> tuple[type[Kit], tuple[Work, Job, Glance]]:
        return Kit, (self.work, self._job, self.glance)

    @property
    def do(self) -> OnePatient:
        """The job, started in this process when it is first asked for."""
        if self._do is None:
            self._do = self._job.start()
        return self._do

    @property
    def sieve(self) -> Sieve:
        """What the job needs of a source, the same."""
        if self._sieve is None:
            self._sieve = Sieve(self._job.knowledge)
        return self._sieve


def do_stages(
    chunks: Sequence[Chunk],
    work: Work,
    job: Job,
    glance: Glance,
    *,
    workers: int,
    on_came: OnCame,
    started: OnePatient | None = None,
) -> None:
    """Do the job for every patient of some chunks, into the parts of a work folder that is held.

    `glance` tells of a payload of the job what is worth counting on the way; `started` is the job
    as it was started in this process, if it was.
    Raises CrampcheckError if a process dies or the folder cannot be written.
    """
    numbers = tuple(chunk.number for chunk in chunks)
    kit = Kit(work, job, glance, started)
    with hands(workers, Path(work.folder), kit) as crew:
        unread: list[Chunk] = []
        for chunk in chunks:
            if was_read := left(work.chunk_done(chunk.number), ChunkDone):
                on_came(was_read)
            else:
                unread.append(chunk)
        for read in crew.do(_read, unread):
            on_came(read)
        was_joined = left(work.join_done, JoinDone)
        on_came(was_joined or join(work, numbers))
        waiting: list[int] = []
        for number in range(work.partitions):
            if was_screened := left(work.partition_done(number), PartitionDone):
                on_came(Partition(was_screened, _kinds(kit, number)))
            else:
                waiting.append(number)
        for screened in crew.do(_screen, waiting):
            on_came(screened)


def _read(kit: Kit, chunk: Chunk) -> ChunkDone:
    return read_chunk(chunk, kit.work, kit.sieve)


def _screen(kit: Kit, number: int) -> Partition:
    kinds: Counter[str] = Counter()
    do, glance = kit.do, kit.glance

    def counted(reference: str, found: Found) -> bytes:
        payload = done_with(do, reference, found)
        kinds[glance(payload)] += 1
        return payload

    done = screen_partition(number, kit.work, counted)
    return Partition(done, dict(kinds))


def _kinds(kit: Kit, number: int) -> dict[str, int]:
    return dict(Counter(kit.glance(payload) for _, payload in read_part(kit.work.part(number))))
