"""What `screen` is told about Spark."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from plugin.screening.engine_names import SPARK

if TYPE_CHECKING:
    from plugin.screening.spark.options import SparkOptions

_Command = Callable[..., Any]


def spark_options(command: _Command) -> _Command:
    """`--master`; make the options of it with `spark_options_of`."""
    return click.option(
        "--master",
        default="",
        envvar="SPARK_MASTER",
        metavar="URL",
        help="With --engine spark: the cluster, as spark-submit takes it (local[4], yarn, "
        "spark://host:7077, k8s://...). If not given, that of SPARK_MASTER, of spark-submit or of "
        "spark-defaults.conf, else all processors of this machine.",
    )(command)


def spark_options_of(engine: str, source: str, master: str) -> SparkOptions | None:
    """The options as the engine takes them; None for another engine.

    Raises SparkMissing where the extra or Java is not there.
    """
    from plugin.screening.spark.options import (  # noqa: PLC0415 - slow, not always needed
        SparkOptions,
        check_installed,
        is_remote,
    )

    if engine == SPARK:
        check_installed()
        return SparkOptions(master)
    if is_remote(source):
        raise click.BadParameter(f"{source} is an address that only --engine spark reads.")
    return None
