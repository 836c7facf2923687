"""What a user says about Spark."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
from pathlib import Path

from msgspec import Struct

from plugin.screening.sinks.formats import Format
from plugin.screening.spark.faults import SparkMissing

_MODULES = ("pandas", "pyarrow", "pyspark")
_REMOTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_GATEWAY = "PYSPARK_GATEWAY_PORT"  # set where spark-submit has started Java already


class SparkOptions(Struct, frozen=True):
    """`master` as spark-submit takes it, empty for what Spark is configured with.

    `answers`: where the executors write the answers themselves, empty where they do not, and
    `formats` what they write there.
    """

    master: str = ""
    answers: str = ""
    formats: tuple[Format, ...] = ()


def is_remote(source: str) -> bool:
    """Whether a source is a URI, which Spark reads, such as `s3a://bucket/export`."""
    return _REMOTE.match(source) is not None


def check_installed() -> None:
    """Raises SparkMissing where the extra or Java is not there."""
    missing = [name for name in _MODULES if importlib.util.find_spec(name) is None]
    if missing:
        raise SparkMissing(
            f"--engine spark: {', '.join(missing)} is not installed; "
            "pip install 'crampcheck[spark]'."
        )
    home = os.environ.get("JAVA_HOME")
    java = Path(home, "bin", "java") if home else None
    if _GATEWAY in os.environ or (java.is_file() if java else shutil.which("java")):
        return
    where = f"JAVA_HOME is {home}, and {java} is not there" if home else "Java is not installed"
    raise SparkMissing(f"--engine spark: {where}; Spark needs a Java runtime, 17 or later.")
