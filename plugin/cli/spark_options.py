"""What `screen` is told about Spark."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from plugin.screening.engine_names import SPARK
from plugin.screening.sinks.formats import Chosen, Format

if TYPE_CHECKING:
    from plugin.screening.spark.options import SparkOptions

_Command = Callable[..., Any]
_WRITTEN_BY_SPARK = frozenset({Format.JSON, Format.PARQUET})


def spark_options(command: _Command) -> _Command:
    """`--master` and `--spark-write`; make the options of them with `spark_options_of`."""
    write = click.option(
        "--spark-write",
        default="",
        metavar="URL",
        help="With --engine spark: the executors write the answers themselves, into a folder below "
        "this address (s3a://bucket/answers): --format json, parquet, or both separated by a "
        "comma. The lists of what was left out and run.json are in --out as ever.",
    )
    master = click.option(
        "--master",
        default="",
        envvar="SPARK_MASTER",
        metavar="URL",
        help="With --engine spark: the cluster, as spark-submit takes it (local[4], yarn, "
        "spark://host:7077, k8s://...). If not given, that of SPARK_MASTER, of spark-submit or of "
        "spark-defaults.conf, else all processors of this machine.",
    )
    return master(write(command))


def spark_options_of(
    engine: str, source: str, chosen: Chosen, *, master: str, write: str
) -> SparkOptions | None:
    """The options as the engine takes them; None for another engine.

    Raises SparkMissing where the extra or Java is not there.
    """
    from plugin.screening.spark.options import (  # noqa: PLC0415 - slow, not always needed
        SparkOptions,
        check_installed,
        is_remote,
    )

    if engine != SPARK:
        if is_remote(source):
            raise click.BadParameter(f"{source} is an address that only --engine spark reads.")
        if write:
            raise click.BadParameter("--spark-write is for --engine spark.")
        return None
    if write and not set(chosen.formats) <= _WRITTEN_BY_SPARK:
        raise click.BadParameter(
            "--spark-write writes --format json, parquet, or json,parquet; leave the others out."
        )
    check_installed()
    return SparkOptions(master, write, chosen.formats if write else ())
