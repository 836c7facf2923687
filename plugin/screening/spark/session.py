"""A Spark session for one run: quiet, and gone when the run is.

What Java prints goes into a log in the work folder, so that nothing of it reaches a terminal.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pyspark import SparkConf, SparkContext
from pyspark.java_gateway import launch_gateway
from pyspark.sql import SparkSession

from plugin.screening.run.durable import PRIVATE_FILE, PRIVATE_FOLDER
from plugin.screening.spark.faults import in_sentences
from plugin.screening.spark.options import SparkOptions

LOG = "spark.log"
_LOCAL_FILES = "spark-local"
_DEFAULT_MASTER = "local[*]"
_BATCH_BYTES = 32 * 1024 * 1024  # of lines that travel between Java and Python at a time
_QUIET = {
    "spark.app.name": "crampcheck",
    "spark.log.level": "ERROR",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}
_NEEDED = {"spark.sql.execution.arrow.maxBytesPerBatch": str(_BATCH_BYTES)}


def is_here(master: str) -> bool:
    """Whether the executors of a master are this machine's, within the one Java process."""
    return master == "local" or master.startswith("local[")


class Session:
    """A session, and what is known of where it runs."""

    def __init__(self, spark: SparkSession, log: Path) -> None:
        self.spark = spark
        self.context: SparkContext = spark.sparkContext
        self.log = log
        self.is_here = is_here(self.context.master)


@contextmanager
def opened(options: SparkOptions, folder: Path) -> Iterator[Session]:
    """Start Spark, or join what spark-submit has started. Raises SparkFailed.

    `folder` is the work folder: logs, and the files of a local master, lie in it.
    """
    if SparkContext._active_spark_context is not None:  # of a notebook, which goes on using it
        yield Session(_ready(SparkContext._active_spark_context), folder / LOG)
        return
    log = folder / LOG
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE_FILE)
    try:
        with in_sentences("cannot be started; check --master", log):
            session = Session(_ready(_started(options, folder, descriptor)), log)
        yield session
    finally:
        _stop()
        _end_java()
        os.close(descriptor)


def _stop() -> None:
    context = SparkContext._active_spark_context
    with suppress(Exception):  # it may be gone already: that was said
        if context is not None:
            context.stop()


def _ready(context: SparkContext) -> SparkSession:
    spark = SparkSession(context)
    for key, value in _NEEDED.items():
        spark.conf.set(key, value)
    return spark


def _started(options: SparkOptions, folder: Path, log: int) -> SparkContext:
    # Java knows what spark-submit and spark-defaults.conf say: only then the master is known.
    conf = SparkConf(loadDefaults=False)
    conf.setAll(_QUIET.items())
    master = options.master or os.environ.get("SPARK_MASTER", "")
    if master:
        conf.set("spark.master", master)
    gateway = launch_gateway(conf, {"stdout": log, "stderr": log})
    SparkContext._ensure_initialized(gateway=gateway)  # what SparkContext does itself, but quiet
    ready = SparkConf(_jvm=SparkContext._jvm)
    for key, value in conf.getAll():
        ready.set(key, value)
    if not ready.contains("spark.master"):
        ready.set("spark.master", _DEFAULT_MASTER)
    if is_here(str(ready.get("spark.master", ""))):
        os.environ["PYSPARK_PYTHON"] = sys.executable
        ready.setAll(_of_one_machine(folder).items())
    return SparkContext(conf=ready, gateway=gateway)


def _of_one_machine(folder: Path) -> dict[str, str]:
    """A local master listens on loopback alone, and its files are ours to remove."""
    files = folder / _LOCAL_FILES
    files.mkdir(PRIVATE_FOLDER, exist_ok=True)
    return {
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.local.dir": str(files),
        "spark.pyspark.python": sys.executable,
    }


def _end_java() -> None:
    """End the Java process that was started here, so that the next run starts its own."""
    gateway = SparkContext._gateway
    process = getattr(gateway, "proc", None)
    if gateway is None or process is None:
        return
    with suppress(Exception):
        gateway.shutdown()
    with suppress(OSError):
        process.stdin.close()
    process.terminate()
    process.wait()
    SparkContext._gateway = SparkContext._jvm = None
