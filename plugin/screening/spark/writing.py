"""Answers that the executors write themselves, as NDJSON or Parquet, wherever Spark can write.

For outputs that are too large to pass through one machine. What is needed of each patient for the
sums still comes back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

import msgspec
import pandas as pd
import pyarrow as pa
from msgspec import structs
from pyspark.sql import DataFrame

from plugin.errors import CrampcheckError
from plugin.screening.hidden import only_unread
from plugin.screening.job import outcome_of
from plugin.screening.outcome import Failed, Screened
from plugin.screening.sinks.columns import COLUMNS
from plugin.screening.sinks.columns import rows as answers_as_rows
from plugin.screening.sinks.formats import Format
from plugin.screening.sinks.names import ASSESSMENTS, PARQUET
from plugin.screening.spark.rows import rows_of
from plugin.screening.spark.screening import OUTCOMES
from plugin.screening.spark.session import Session
from plugin.screening.spark.shipping import Shipped

NAMES = {Format.JSON: ASSESSMENTS, Format.PARQUET: PARQUET}
_LINES = "value string"
_pack = msgspec.msgpack.encode


class AnswersThere(CrampcheckError):  # noqa: N818
    """There are answers already where the executors are to write."""

    exit_code: ClassVar[int] = 2


def check_free(session: Session, address: str, formats: Iterable[Format]) -> None:
    """Raises AnswersThere before any work is done in vain, and what Java raises of an address."""
    java = session.context._jvm
    for one in formats:
        path = java.org.apache.hadoop.fs.Path(_place(address, one))
        system = path.getFileSystem(session.context._jsc.hadoopConfiguration())
        if system.exists(path):
            raise AnswersThere(
                f"--spark-write: {_place(address, one)} is there already; remove it, or name "
                "another place."
            )


def write_answers(
    outcomes: DataFrame, shipped: Shipped, address: str, formats: Iterable[Format]
) -> DataFrame:
    """Write the answers in folders below an address. Returns what the sums need of each patient.

    A folder is complete when it holds `_SUCCESS`.
    """
    for one in formats:
        if one is Format.JSON:
            lines = outcomes.mapInPandas(shipped.function(answer_lines, b""), _LINES)
            lines.write.text(_place(address, one))
        else:
            table = outcomes.mapInArrow(shipped.function(answer_table, b""), _schema())
            table.write.parquet(_place(address, one), compression="zstd")
    return outcomes.mapInPandas(shipped.function(sums, b""), OUTCOMES)


def answer_lines(_: bytes, frames: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    """In executors: the answers as lines."""
    for one in frames:
        yield pd.DataFrame({"value": [each.line.decode() for each in _screened(one["payload"])]})


def answer_table(_: bytes, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """In executors: the answers as the columns of `assessments.parquet`."""
    for one in batches:
        if answers := list(_screened(one.column("payload").to_pylist())):
            yield from answers_as_rows(answers).to_batches()


def sums(_: bytes, frames: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    """In executors: outcomes without their answers."""
    for one in frames:
        held = [
            (key, entries, _pack(_without_answer(outcome_of(payload))))
            for key, entries, payload in rows_of([one], ("key", "entries", "payload"))
        ]
        yield pd.DataFrame(held, columns=["key", "entries", "payload"])


def _without_answer(outcome: Screened | Failed) -> Screened | Failed:
    if isinstance(outcome, Failed):
        return outcome
    line = only_unread(outcome)
    return structs.replace(outcome, line=line, rules=(), ingredients=(), mitigations=())


def _screened(payloads: Iterable[bytes]) -> Iterator[Screened]:
    return (one for one in map(outcome_of, payloads) if isinstance(one, Screened))


def _schema() -> Any:
    from pyspark.sql.pandas.types import from_arrow_schema  # noqa: PLC0415

    return from_arrow_schema(COLUMNS)


def _place(address: str, one: Format) -> str:
    return f"{address.rstrip('/')}/{NAMES[one]}"
