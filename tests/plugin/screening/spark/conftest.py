"""One session of Spark for all tests of this folder that a process has: starting it takes long.

Its executor is a process of its own, whose Python has third-party packages and nothing of ours:
what it runs, was shipped to it.
"""

from __future__ import annotations

import importlib.util
import shutil
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

MASTER = "local-cluster[1,2,1024]"
_PYTHON = """#!{python} -IS
import runpy, sys
sys.path.append({packages!r})
sys.argv = sys.argv[2:]
runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
"""


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    if importlib.util.find_spec("pyspark") is None or not shutil.which("java"):
        pytest.skip("needs pyspark, pandas and Java: pip install 'crampcheck[spark]'")
    from plugin.screening.spark.options import SparkOptions  # noqa: PLC0415
    from plugin.screening.spark.session import opened  # noqa: PLC0415

    folder: Path = tmp_path_factory.mktemp("spark")
    python = folder / "python"
    packages = sysconfig.get_path("purelib")
    python.write_text(_PYTHON.format(python=sys.executable, packages=packages))
    python.chmod(0o700)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYSPARK_PYTHON", str(python))
        patch.delenv("PYTHONPATH", raising=False)
        patch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        patch.setenv("SPARK_HOME", str(_home(folder / "home")))
        with opened(SparkOptions(MASTER), folder) as session:
            session.spark.conf.set("spark.sql.shuffle.partitions", "2")
            yield session.spark


def _home(folder: Path) -> Path:
    """The installed Spark, with a place of ours for what its executors write."""
    folder.mkdir()
    for path in Path(sysconfig.get_path("purelib"), "pyspark").iterdir():
        (folder / path.name).symlink_to(path)
    return folder
