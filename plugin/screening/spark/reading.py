"""Stage 1: the chunks of a source become rows in executors, by the way that its files allow."""

from __future__ import annotations

import pickle
import re
from collections.abc import Sequence
from functools import reduce
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as sql

from plugin.screening.source.chunks import Chunk
from plugin.screening.spark.listing import Remote
from plugin.screening.spark.placing import place_chunks, place_files, place_lines
from plugin.screening.spark.rows import SCHEMA
from plugin.screening.spark.session import Session
from plugin.screening.spark.shipping import Shipped

_CHUNK = "chunk binary"
# Spark takes every path for a pattern. Its own option against that, `__globPaths__`, has it read
# each of several files twice.
_MAGIC = re.compile(r"([*?\[\]{}\\])")


def placed(
    session: Session, shipped: Shipped, chunks: Sequence[Chunk], remote: dict[str, Remote]
) -> DataFrame:
    """The rows of all chunks, and of each what was counted.

    `remote`: the files that Spark has to read, by name; the others every executor can open.
    """
    ours = [chunk for chunk in chunks if chunk.file.name not in remote]
    theirs = [(chunk, remote[chunk.file.name]) for chunk in chunks if chunk.file.name in remote]
    found: list[DataFrame] = []
    if ours:
        found.append(_of_chunks(session, shipped, ours))
    if in_whole := [(chunk, file) for chunk, file in theirs if file.in_whole]:
        found.append(_of_files(session, shipped, in_whole))
    if in_pieces := [(chunk, file) for chunk, file in theirs if not file.in_whole]:
        found.append(_of_lines(session, shipped, in_pieces))
    return reduce(DataFrame.unionAll, found)


def _of_chunks(session: Session, shipped: Shipped, chunks: Sequence[Chunk]) -> DataFrame:
    rows = [(bytearray(pickle.dumps(chunk)),) for chunk in chunks]
    spread = session.context.parallelize(rows, len(rows))
    frame = session.spark.createDataFrame(spread, _CHUNK)
    return frame.mapInPandas(shipped.function(place_chunks, b""), SCHEMA)


def _of_files(
    session: Session, shipped: Shipped, files: Sequence[tuple[Chunk, Remote]]
) -> DataFrame:
    found = session.spark.read.format("binaryFile").load(_patterns(files))
    function = shipped.function(place_files, _by_path(files))
    return found.select("path", "content").mapInPandas(function, SCHEMA)


def _of_lines(
    session: Session, shipped: Shipped, files: Sequence[tuple[Chunk, Remote]]
) -> DataFrame:
    # As bytes: what is no UTF-8 must not be replaced on the way.
    read: Any = session.spark.read
    found = read.text(_patterns(files), lineSep="\n").select(
        sql.col("_metadata.file_path").alias("path"),
        sql.col("_metadata.file_block_start").alias("start"),
        sql.col("value").cast("binary").alias("line"),
    )
    return found.mapInPandas(shipped.function(place_lines, _by_path(files)), SCHEMA)


def _by_path(files: Sequence[tuple[Chunk, Remote]]) -> bytes:
    return pickle.dumps({file.path: chunk for chunk, file in files})


def _patterns(files: Sequence[tuple[Chunk, Remote]]) -> list[str]:
    """The paths as patterns that mean these files alone."""
    return [_MAGIC.sub(r"\\\1", file.path) for _, file in files]
