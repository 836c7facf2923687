"""Stage 1b: what lies in another document than the entries that point to it.

The shared resources are listed by key, on disk. A patient may be known by an address that another
document uses, such as the fullUrl of a Bundle's entry: rows under such an address that lie in
another partition than the patient are moved there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing

from plugin.screening.local.shared import Shared, build
from plugin.screening.local.spill import ALIASES, SHARED, Spill, alias_of, entry_of, rows
from plugin.screening.local.work import (
    ChunkDone,
    JoinDone,
    Segment,
    Work,
    finished,
    leave,
    left,
    written,
)
from plugin.screening.placing.partitions import partition_of


def join(work: Work, chunks: Sequence[int]) -> JoinDone:
    """List what is shared and move what is elsewhere, or give what an earlier call left."""
    done = left(work.join_done, JoinDone)
    if done is not None:
        return done
    work.shared.unlink(missing_ok=True)
    shared, aliases = build(
        work.shared,
        (entry_of(kind, payload) for _, kind, payload in spilled(work, chunks, SHARED)),
        (alias_of(payload) for _, _, payload in spilled(work, chunks, ALIASES)),
        work.partitions,
    )
    done = JoinDone(shared, aliases, _moved(work, chunks) if aliases else ())
    leave(work.join_done, done)
    return done


def spilled(work: Work, chunks: Sequence[int], partition: int) -> Iterator[tuple[str, int, bytes]]:
    """The rows of one partition, in the order of chunks."""
    for number in chunks:
        done = finished(work.chunk_done(number), ChunkDone)
        found = [one for one in done.segments if one.partition == partition]
        if found:
            yield from rows(work.spill(number), found)


def joined(work: Work) -> JoinDone:
    """What the stage left. Raises CrampcheckError if it has not come to its end."""
    return finished(work.join_done, JoinDone)


def _moved(work: Work, chunks: Sequence[int]) -> tuple[Segment, ...]:
    known = Shared(work.shared, resources=False, aliases=True)
    with closing(known), written(work.moved) as file:
        spill = Spill(file, work.partitions)
        for partition in range(work.partitions):
            elsewhere = {
                key: patient
                for key, patient in known.aliases(partition).items()
                if partition_of(patient, work.partitions) != partition
            }
            if not elsewhere:
                continue
            for key, kind, payload in spilled(work, chunks, partition):
                if key in elsewhere:
                    spill.copy(elsewhere[key], kind, payload)
        spill.flush()
    return tuple(spill.segments)
