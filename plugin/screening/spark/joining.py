"""Between the stages: what lies in another document than the rows that point to it, as joins."""

from __future__ import annotations

from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as sql

from plugin.screening.spark.rows import ALIAS, COLUMNS, EDGE, KNOWN, OWN, SHARED
from plugin.screening.spark.screening import NEEDS


def own_rows(placed: DataFrame, *, aliases: bool) -> DataFrame:
    """The rows of patients, those under another address of a patient brought to the patient.

    Of two patients that claim one address, the first by key.
    """
    own = placed.where(sql.col("kind") < OWN)
    if not aliases:
        return own
    known = (
        placed.where(sql.col("kind") == ALIAS)
        .groupBy("key")
        .agg(sql.min(sql.struct(sql.col("payload"), sql.col("name"))).alias("patient"))
    )
    return own.join(known, "key", "left").select(
        sql.coalesce("patient.name", "name").alias("name"),
        sql.coalesce("patient.payload", "key").alias("key"),
        *COLUMNS[2:],
    )


def with_shared(own: DataFrame, placed: DataFrame, needs: Any, *, edges: bool) -> DataFrame:
    """The rows of patients, and to each patient's those of what they may share with others.

    `needs` gives the keys that rows point to. Everything that can be reached from there is given;
    which of it counts, the patient's own documents decide.
    """
    wanted = own.select("name", "kind", "payload").mapInPandas(needs, NEEDS).distinct()
    if edges:
        wanted = _reached(wanted, placed)
    shared = placed.where(sql.col("kind") == SHARED).select("key", "payload").distinct()
    known = wanted.join(shared, wanted["need"] == shared["key"]).select(
        "name",
        "key",
        sql.lit(KNOWN).alias("kind"),
        sql.lit(-1).alias("chunk"),
        sql.lit(0).cast("long").alias("place"),
        "payload",
    )
    return own.unionByName(known)


def _reached(wanted: DataFrame, placed: DataFrame) -> DataFrame:
    """What is needed, and what that needs in turn."""
    further = (
        placed.where(sql.col("kind") == EDGE)
        .select(sql.col("key").alias("need"), sql.col("payload").alias("next"))
        .distinct()
    )
    reached = latest = wanted.persist()
    while True:
        latest = (
            latest.join(further, "need")
            .select("name", sql.col("next").alias("need"))
            .distinct()
            .join(reached, ["name", "need"], "left_anti")
            .persist()
        )
        if latest.isEmpty():
            return reached
        reached = reached.union(latest)
