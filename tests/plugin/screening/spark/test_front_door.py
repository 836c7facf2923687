"""The command with a local master, whole: a session of its own, quiet, and gone in the end."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.plugin.screening.run.small import RESULTS, arguments, write_source

REPOSITORY = Path(__file__).parents[4]
CLI = "from plugin.cli.main import run; run()"


@pytest.mark.skipif(
    os.environ.get("CRAMPCHECK_SOAK") != "1", reason="starts a Java of its own: in make soak"
)
@pytest.mark.skipif(
    importlib.util.find_spec("pyspark") is None or not shutil.which("java"),
    reason="needs pyspark, pandas and Java: pip install 'crampcheck[spark]'",
)
def test_java_says_nothing_and_leaves_nothing(tmp_path: Path) -> None:
    source = write_source(tmp_path / "source")
    asked = arguments(source, tmp_path / "out", "--engine", "spark", "--master", "local[1]")
    ran = subprocess.run(
        [sys.executable, "-c", CLI, *asked],
        check=False,
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
    )
    assert (13, "") == (ran.returncode, ran.stdout)
    assert "Java" not in ran.stderr
    assert "WARN" not in ran.stderr
    assert "not all could be screened (2 lines" in ran.stderr
    assert list(RESULTS) == sorted(path.name for path in (tmp_path / "out").iterdir())
