"""Between the stages: what lies in another document than the rows that point to it, as joins."""

from __future__ import annotations

from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as sql

from plugin.screening.spark.rows import ADDRESS, ALIAS, COLUMNS, EDGE, KNOWN, OWN, SCHEMA, SHARED
from plugin.screening.spark.screening import CLAIMS, NEEDS


def with_addresses(placed: DataFrame, persons: Any, disputes: Any) -> DataFrame:
    """The rows of patients, those under another address of a patient brought to the patient.

    What lies under an address that two patients claim stays there, with a FAULT. `persons` gives
    what is claimed by Patients among rows, `disputes` the faults.
    """
    own = own_rows(placed)
    claims = _settled(placed, own, persons)
    one = sql.col("first.patient") == sql.col("last.patient")
    brought = own.join(claims.where(one), "key", "left").select(
        sql.coalesce("first.name", "name").alias("name"),
        sql.coalesce("first.patient", "key").alias("key"),
        *COLUMNS[2:],
    )
    nobodys = brought.select("name", "key").distinct().join(claims.where(~one), "key")
    told = nobodys.select("name", "key", "first.patient", sql.col("last.patient").alias("other"))
    return brought.unionByName(told.mapInPandas(disputes, SCHEMA))


def own_rows(placed: DataFrame) -> DataFrame:
    """The rows of patients as they were placed."""
    return placed.where(sql.col("kind") < OWN)


def _settled(placed: DataFrame, own: DataFrame, persons: Any) -> DataFrame:
    """The first and the last patient that claims an address, as `placing.claims.settled` has it."""
    names = placed.where(sql.col("kind") == ADDRESS).select("name").distinct()
    found = own.join(names, "name", "left_semi").select("name", "key", "kind", "payload")
    known = found.mapInPandas(persons, CLAIMS)
    said = placed.where(sql.col("kind") == ALIAS).select(
        "key", sql.col("payload").alias("patient"), "name", sql.lit(False).alias("by_id")
    )
    also = known.join(said.select("key").distinct(), "key", "left_semi")
    patient = sql.struct("patient", "name")
    return (
        said.unionByName(also)
        .groupBy("key")
        .agg(
            sql.min(patient).alias("first"),
            sql.max(patient).alias("last"),
            sql.max("by_id").alias("by_id"),
        )
        .where(~sql.col("by_id"))
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
