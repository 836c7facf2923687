"""A run of several processes, killed at random moments and started again."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from tests.plugin.golden import PATIENTS
from tests.plugin.screening.run.small import arguments, write_source
from tests.plugin.screening.run.told import same_results, same_where_named

SOAK = os.environ.get("CRAMPCHECK_SOAK") == "1"
CHAINS, KILLS_IN_A_CHAIN = (200, 1) if SOAK else (2, 3)
MORE_PATIENTS = 2000 if SOAK else 200
SMALL = "tests.plugin.screening.run.small"
A_MOMENT = 0.01  # seconds
LONG = 120  # seconds

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/stat").exists(), reason="there is no /proc to find processes in"
)


def start(source: Path, out: Path) -> subprocess.Popen[str]:
    """The command with two worker processes, in a session of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", SMALL, *arguments(source, out, "--workers", "2")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, "PYTHONPATH": str(PATIENTS.parents[1])},
    )


def of_session(session: int) -> list[int]:
    """The processes of a session that are alive."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, _, _, its = path.read_text().rpartition(")")[2].split()[:4]
            if int(its) == session and state not in "ZX":
                found.append(int(path.parent.name))
    return found


def all_gone(session: int) -> bool:
    """Whether the workers of a parent that was killed end by themselves, before long."""
    until = time.monotonic() + LONG
    while of_session(session):
        if time.monotonic() > until:
            return False
        time.sleep(A_MOMENT)
    return True


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, float]:
    """The source, the results of a run that nobody disturbed, and how long it took."""
    folder = tmp_path_factory.mktemp("kills")
    source = write_source(folder / "source", MORE_PATIENTS)
    began = time.monotonic()
    run = start(source, folder / "whole")
    run.communicate(timeout=LONG)
    assert 13 == run.returncode
    return source, folder / "whole", time.monotonic() - began


@pytest.mark.parametrize("seed", range(CHAINS))
def test_killed_at_random_moments_it_ends_with_the_same_bytes(
    undisturbed: tuple[Path, Path, float], tmp_path: Path, seed: int
) -> None:
    """Parent alone or the whole group: no half result, no process and no file is left behind."""
    source, whole, seconds = undisturbed
    out = tmp_path / "out"
    chance = random.Random(seed)  # noqa: S311 - a fixed order, no secret
    for _ in range(KILLS_IN_A_CHAIN):
        run = start(source, out)
        with suppress(subprocess.TimeoutExpired):
            run.wait(chance.uniform(0, seconds))
        if chance.random() < 0.5:
            with suppress(ProcessLookupError):
                os.killpg(run.pid, signal.SIGKILL)
        else:
            run.kill()
        run.communicate(timeout=LONG)
        assert all_gone(run.pid)
        if out.exists():
            same_where_named(whole, out)
    last = start(source, out)
    _, said = last.communicate(timeout=LONG)
    assert "Traceback" not in said
    assert 13 == last.returncode
    assert all_gone(last.pid)
    same_results(whole, out)
