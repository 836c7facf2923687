"""Stage 1b: what lies in another document than the entries that point to it.

The shared resources are listed by key, on disk. A patient may be known by an address that another
document uses, such as the fullUrl of a Bundle's entry: rows under such an address that lie in
another partition than the patient are moved there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing

from plugin.screening.local.entries import as_they_were, persons_among
from plugin.screening.local.shared import Shared, build
from plugin.screening.local.spill import (
    ALIASES,
    SHARED,
    Spill,
    alias_of,
    entry_of,
    rows,
    segments,
    text_of,
)
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
from plugin.screening.placing.claims import Claim, settled
from plugin.screening.placing.partitions import partition_of


def join(work: Work, chunks: Sequence[int]) -> JoinDone:
    """List what is shared and move what is elsewhere, or give what an earlier call left."""
    done = left(work.join_done, JoinDone)
    if done is not None:
        return done
    work.shared.unlink(missing_ok=True)
    shared, aliases = build(
        work.shared,
        map(entry_of, _payloads(work, chunks, SHARED)),
        map(alias_of, _payloads(work, chunks, ALIASES)),
        _chunks(work, chunks),
        work.partitions,
    )
    done = JoinDone(shared, aliases, _moved(work) if aliases else ())
    leave(work.join_done, done)
    return done


def spilled(work: Work, known: Shared, partition: int) -> Iterator[bytes]:
    """The segments of one partition, in the order of chunks."""
    for chunk, found in known.spilled(partition):
        yield from segments(work.spill(chunk), found)


def joined(work: Work) -> JoinDone:
    """What the stage left. Raises CrampcheckError if it has not come to its end."""
    return finished(work.join_done, JoinDone)


def _chunks(work: Work, chunks: Sequence[int]) -> Iterator[ChunkDone]:
    return (finished(work.chunk_done(number), ChunkDone) for number in chunks)


def _payloads(work: Work, chunks: Sequence[int], partition: int) -> Iterator[memoryview]:
    for done in _chunks(work, chunks):
        found = [one for one in done.segments if one.partition == partition]
        for data in segments(work.spill(done.number), found) if found else ():
            yield from (row[2] for row in rows(data))


def _moved(work: Work) -> tuple[Segment, ...]:
    known = Shared(work.shared, resources=False, aliases=True)
    with closing(known), written(work.moved) as file:
        spill = Spill(file, work.partitions)
        for partition in range(work.partitions):
            elsewhere = {
                address: text_of(first)
                for address, (first, last) in _settled(work, known, partition).items()
                if first == last and partition_of(text_of(first), work.partitions) != partition
            }
            for data in spilled(work, known, partition) if elsewhere else ():
                for key, kind, payload in rows(data):
                    if key in elsewhere:
                        for whole in as_they_were([(kind, payload)]):
                            spill.row(elsewhere[key], *whole)
                spill.flush_when_full()
        spill.flush()
    return tuple(spill.segments)


def _settled(work: Work, known: Shared, partition: int) -> dict[bytes, Claim]:
    said = known.aliases(partition)
    found = (
        (key, (kind, payload))
        for data in (spilled(work, known, partition) if said else ())
        for key, kind, payload in rows(data)
    )
    return settled(said, persons_among(said, found))
