"""The command in a process of its own, which a test may kill."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.plugin.golden import PATIENTS
from tests.plugin.screening.conftest import AS_OF

# Tests that run in the background ignore Ctrl-C; the command must not inherit that.
RUN = (
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    "from plugin.cli.main import run; run()"
)
PATIENCE = 60  # seconds


@contextmanager
def started(url: str, out: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    """A screening of what a server has; nothing is left of it in the end."""
    command = ["screen", url, "--out", str(out), "--as-of", AS_OF, *options]
    with subprocess.Popen(
        [sys.executable, "-c", RUN, *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, "PYTHONPATH": str(PATIENTS.parents[1])},
    ) as process:
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def until(holds: Callable[[], object], process: subprocess.Popen[str]) -> None:
    """Wait for something to be; fail if the command ends before."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end
        time.sleep(0.01)
