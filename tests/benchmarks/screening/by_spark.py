"""Screening through Spark on this machine: what a run costs before its first line, and each line.

The fixed cost is that of a run over one patient: Java, the session, the processes, the jobs.
"""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Callable
from pathlib import Path

from tests.benchmarks.screening.tree import Ran

MASTER = "local[2]"
OPTIONS = ("--engine", "spark", "--master", MASTER)


def is_installed() -> bool:
    """Whether there is a Spark to measure."""
    return importlib.util.find_spec("pyspark") is not None and shutil.which("java") is not None


def report(screen: Callable[[Path], Ran], whole: Path, one: Path, lines: int, bare: float) -> None:
    """Print what came of a run over everything, and of one over a single patient."""
    fixed, ran = screen(one), screen(whole)
    took = ran.seconds - fixed.seconds
    print(f"Spark {MASTER}: fixed cost {fixed.seconds:.1f} s (a run over one patient)")
    print(f"Spark {MASTER}: {took / lines * 1e6:.2f} us a line beyond that")
    print(f"Spark {MASTER}: throughput as a ratio to the bare loop {bare / took:.3f} without it,")
    print(f"Spark {MASTER}: {bare / ran.seconds:.3f} with it")
    print(f"Spark {MASTER}: peak memory of all processes {ran.peak:.0f} MiB", flush=True)
