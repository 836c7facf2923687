"""A run through Spark: it leaves in the work folder what the local engine leaves there.

From there on everything is the same: the sums, the sinks, the names. Patients come out of Spark in
sorted pieces, which are merged like the parts of the local engine.
"""

from __future__ import annotations

import pickle
from collections import Counter
from collections.abc import Iterable
from itertools import groupby
from operator import itemgetter

import msgspec
from pyspark.sql import DataFrame
from pyspark.sql import functions as sql
from pyspark.storagelevel import StorageLevel

from plugin.screening.job import Job
from plugin.screening.local import parts
from plugin.screening.local.left_out import leave_lines
from plugin.screening.local.spill import text_of
from plugin.screening.local.work import JoinDone, PartitionDone, Work, leave, written
from plugin.screening.run.stages import Glance, OnCame, Partition
from plugin.screening.sinks.formats import Format
from plugin.screening.source.chunks import Chunk
from plugin.screening.spark import screening
from plugin.screening.spark.counting import by_chunk
from plugin.screening.spark.joining import own_rows, with_addresses, with_shared
from plugin.screening.spark.listing import Remote
from plugin.screening.spark.reading import placed
from plugin.screening.spark.rows import DONE, Counted
from plugin.screening.spark.session import Session
from plugin.screening.spark.shipping import Shipped
from plugin.screening.spark.writing import write_answers

MOST_PARTS = 200  # files that are open at a time while they are merged
_SORTED = ("name", "key", "chunk", "place")


class Planned(msgspec.Struct, frozen=True):
    """What a run is about. `remote`: the files that Spark has to read, by name."""

    chunks: tuple[Chunk, ...]
    remote: dict[str, Remote]
    partitions: int
    answers: str = ""  # where the executors write them, as in SparkOptions
    formats: tuple[Format, ...] = ()


def run_spark(
    session: Session,
    planned: Planned,
    work: Work,
    job: Job,
    *,
    glance: Glance,
    on_came: OnCame,
) -> None:
    """Do the job for every patient, into the parts of a work folder, as `do_stages` does.

    Nothing that an earlier sitting left is used. Raises what Spark raises.
    """
    shipped = Shipped(session)
    rows = placed(session, shipped, planned.chunks, planned.remote)
    rows = rows.persist(StorageLevel.DISK_ONLY)
    counted = _counted(rows)
    for done, left_out in by_chunk(planned.chunks, planned.remote, counted):
        leave_lines(work, done.number, left_out)
        leave(work.chunk_done(done.number), done)
        on_came(done)
    if any(one.aliases for one in counted):
        persons, disputes = (
            shipped.function(one, b"") for one in (screening.persons, screening.disputes)
        )
        own = with_addresses(rows, persons, disputes)
    else:
        own = own_rows(rows)
    if any(one.shared for one in counted):
        needs = shipped.function(screening.needs, b"")
        edges = any(one.edges for one in counted)
        own = with_shared(own, rows, needs, edges=edges)
    on_came(JoinDone(0, 0, ()))
    count = max(planned.partitions, session.context.defaultParallelism)
    given = session.context.broadcast(pickle.dumps(job))
    outcomes = (
        own.repartition(count, "name")
        .sortWithinPartitions(*_SORTED)
        .mapInPandas(shipped.function(screening.screen, given), screening.OUTCOMES)
    )
    if planned.answers:
        outcomes = outcomes.persist(StorageLevel.DISK_ONLY)
        outcomes = write_answers(outcomes, shipped, planned.answers, planned.formats)
    _collect(_sorted(outcomes, work.partitions), work, glance, on_came)
    rows.unpersist()


def _sorted(outcomes: DataFrame, partitions: int) -> DataFrame:
    """Outcomes in sorted pieces, each with its number. All work is done before the first comes."""
    spread = outcomes.repartition(partitions, "key").sortWithinPartitions("key")
    return spread.select(sql.spark_partition_id().alias("part"), "key", "entries", "payload")


def _counted(rows: DataFrame) -> list[Counted]:
    """What was counted of each chunk: the first thing asked for, so that all is read here."""
    found = rows.where(sql.col("kind") == DONE).select("payload").toLocalIterator()
    return [msgspec.msgpack.decode(bytes(row.payload), type=Counted) for row in found]


def _collect(outcomes: DataFrame, work: Work, glance: Glance, on_came: OnCame) -> None:
    """Write what comes out of Spark into the parts, a partition after the other."""
    found = outcomes.toLocalIterator(prefetchPartitions=True)
    empty = set(range(work.partitions))
    for part, rows in groupby(found, key=itemgetter(0)):
        empty.discard(part)
        _write(part, ((text_of(key), entries, bytes(said)) for _, key, entries, said in rows),
               work, glance, on_came)  # fmt: skip
    for part in sorted(empty):
        _write(part, (), work, glance, on_came)


def _write(
    part: int,
    rows: Iterable[tuple[str, int, bytes]],
    work: Work,
    glance: Glance,
    on_came: OnCame,
) -> None:
    kinds: Counter[str] = Counter()
    entries = size = 0
    with written(work.part(part)) as file:
        for reference, held, payload in rows:
            size += file.write(parts.packed(reference, payload))
            kinds[glance(payload)] += 1
            entries += held
    done = PartitionDone(part, kinds.total(), entries, size)
    leave(work.partition_done(part), done)
    on_came(Partition(done, dict(kinds)))
