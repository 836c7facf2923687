"""One session of Spark for all tests of this folder that a process has: starting it takes long."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

NEEDS_SPARK = "needs pyspark, pandas and Java: pip install 'crampcheck[spark]'"


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    if importlib.util.find_spec("pyspark") is None or not shutil.which("java"):
        pytest.skip(NEEDS_SPARK)
    from plugin.screening.spark.options import SparkOptions  # noqa: PLC0415
    from plugin.screening.spark.session import opened  # noqa: PLC0415

    folder: Path = tmp_path_factory.mktemp("spark")
    with opened(SparkOptions("local[2]"), folder) as session:
        session.spark.conf.set("spark.sql.shuffle.partitions", "2")
        yield session.spark


@pytest.fixture(autouse=True)
def our_python(monkeypatch: pytest.MonkeyPatch) -> None:
    """Executors of a local master find the packages beside this Python."""
    monkeypatch.setenv("PYSPARK_PYTHON", os.environ.get("PYSPARK_PYTHON", sys.executable))
