"""A command and all processes that it starts: their time, and their memory at its peak.

Memory is the sum of each process's proportional share (PSS), sampled: a page that two processes
share counts once.
"""

from __future__ import annotations

import os
import resource
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import perf_counter, sleep
from typing import NamedTuple

_EVERY = 0.05  # seconds
_KIB = 1024
_PROC = Path("/proc")


class Ran(NamedTuple):
    """What a command took: seconds from start to end, those of processors in all its processes,
    and MiB of memory at the peak.
    """

    seconds: float
    processor: float
    peak: float
    out: str


_COMPILED = "PYTHONDONTWRITEBYTECODE"  # with it, modules would be compiled at each start


def run(command: Sequence[str], cwd: Path) -> Ran:
    """Run a command to its end. Raises SystemExit with what it said if it fails."""
    used, started, peak = _processor(), perf_counter(), 0
    known = {name: value for name, value in os.environ.items() if name != _COMPILED}
    with subprocess.Popen(
        command, cwd=cwd, env=known, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        while process.poll() is None:
            peak = max(peak, sum(map(_memory, _tree(process.pid))))
            sleep(_EVERY)
        seconds = perf_counter() - started
        out, said = process.communicate()
    if process.returncode:
        raise SystemExit(f"{' '.join(command)}: failed\n{said}")
    return Ran(seconds, _processor() - used, peak / _KIB / _KIB, out)


def _processor() -> float:
    """Seconds of processors that ended processes below this one have used."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _tree(pid: int) -> Iterator[int]:
    """A process and those below it."""
    yield pid
    try:
        threads = list((_PROC / str(pid) / "task").iterdir())
        children = " ".join((thread / "children").read_text() for thread in threads).split()
    except OSError:  # it ended meanwhile
        return
    for child in children:
        yield from _tree(int(child))


def _memory(pid: int) -> int:
    """The proportional share of a process in bytes; 0 for one that has ended."""
    try:
        lines = (_PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * _KIB for line in lines if line.startswith("Pss:"))
