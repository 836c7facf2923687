"""Ctrl-C while worker processes run, and while they start."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.plugin.cli.conftest import Run, crampcheck
from tests.plugin.golden import PATIENTS
from tests.plugin.screening.conftest import AS_OF, Export, export, golden_resources, lines

__all__ = ["crampcheck", "export"]  # fixtures that the tests below name

# Tests that run in the background ignore Ctrl-C; the command must not inherit that.
RUN = (
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    "from plugin.cli.main import run; run()"
)
ENOUGH = 4000  # rounds of interrupts: a worker that lives through these is deaf
A_MOMENT = 0.005  # seconds
TASKS = Path("/proc/self/task")

pytestmark = pytest.mark.skipif(not TASKS.is_dir(), reason="there is no /proc to find workers in")


@contextmanager
def _started(source: Path, out: Path) -> Iterator[subprocess.Popen[str]]:
    """The command in a process group of its own, of which nothing is left in the end."""
    with subprocess.Popen(
        [sys.executable, "-c", RUN, "screen", str(source), "--out", str(out), "--as-of", AS_OF,
         "--workers", "2"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, "PYTHONPATH": str(PATIENTS.parents[1])},
    ) as parent:  # fmt: skip
        try:
            yield parent
        finally:
            with suppress(ProcessLookupError):
                os.killpg(parent.pid, signal.SIGKILL)


def _workers(parent: int) -> list[int]:
    """The worker processes that a process has started."""
    try:
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        commands = {int(pid): Path(f"/proc/{pid}/cmdline").read_bytes() for pid in children}
    except OSError:  # one ended while we looked
        return []
    return [pid for pid, command in commands.items() if b"spawn_main" in command]


def test_a_worker_is_deaf_to_interrupts_from_its_first_moment(
    crampcheck: Run, export: Export, tmp_path: Path
) -> None:
    """Struck over and over while it loads its modules and works, it does what it was asked to."""
    source = export({"all.ndjson": golden_resources()})
    crampcheck("screen", source, "--out", tmp_path / "one", "--as-of", AS_OF)
    struck = 0
    with _started(source, tmp_path / "two") as parent:
        for _ in range(ENOUGH):
            if parent.poll() is not None:
                break
            for worker in _workers(parent.pid):
                with suppress(ProcessLookupError):
                    os.kill(worker, signal.SIGINT)
                    struck += 1
            time.sleep(A_MOMENT)
        _, said = parent.communicate(timeout=60)
    assert struck > 0
    assert "Traceback" not in said
    assert 0 == parent.returncode
    assert lines(tmp_path / "one" / "assessments.ndjson") == lines(
        tmp_path / "two" / "assessments.ndjson"
    )


@pytest.mark.parametrize("later", [0, 0.2, 0.4])
def test_control_c_ends_with_one_sentence(export: Export, tmp_path: Path, later: float) -> None:
    """The whole group is struck while workers start: no traceback, no half result."""
    # So many that no machine is through with them before it is struck.
    source = export(
        {"a.ndjson": [{"resourceType": "Patient", "id": str(n)} for n in range(20_000)]}
    )
    with _started(source, tmp_path / "out") as parent:
        while parent.poll() is None and not _workers(parent.pid):
            time.sleep(A_MOMENT)
        time.sleep(later)
        os.killpg(parent.pid, signal.SIGINT)
        out, said = parent.communicate(timeout=60)
    assert (130, "") == (parent.returncode, out)
    assert said.startswith("crampcheck: stopped. What was done is kept")
    assert 1 == said.count("\n")
    assert [".crampcheck-run"] == [path.name for path in (tmp_path / "out").iterdir()]
