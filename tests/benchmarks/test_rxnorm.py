"""An import stays within its memory, and its benchmark runs. How long it takes is not asserted."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
MOST_MEGABYTES = 2000
SCALE = "1" if os.environ.get("CRAMPCHECK_SOAK") == "1" else "0.01"


def test_an_import_stays_within_its_memory(tmp_path: Path) -> None:
    """A small release in every run; one of full size in `make soak`."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.rxnorm", "--scale", SCALE],
        cwd=REPOSITORY,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    release, imported, looked_up = done.stdout.splitlines()
    assert re.fullmatch(r"release: \d+ MB packed, \d+ MB unpacked", release)
    found = re.fullmatch(r"import: [\d.]+ s, (\d+) MB of memory, index of \d+ MB", imported)
    assert found
    assert 0 < int(found[1]) < MOST_MEGABYTES
    known = re.search(r"\((\d+) of (\d+) known\)$", looked_up)
    assert known
    assert known[1] == known[2] != "0"
