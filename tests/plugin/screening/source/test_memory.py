"""However long a line, and however far a file unpacks: what is held stays small."""

from __future__ import annotations

import gzip
import subprocess
import sys
from pathlib import Path

import pytest
import zstandard

from tests.plugin.golden import PATIENTS

LONG = 200 << 20
# Reads a file and says how many MiB more the process has held than before, with the faults.
PROGRAM = """
import re, sys
from pathlib import Path
from plugin.screening.source.chunks import batches, plan
from plugin.screening.source.listing import SourceFile
# Not ru_maxrss, which a process takes over from the one that started it.
held = lambda: int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) // 1024
before = held()
lines, faults = 0, []
for chunk in plan([SourceFile("a", Path(sys.argv[1]))], 32 << 20):
    for batch in batches(chunk):
        lines += sum(map(bool, batch.lines))
        faults += [fault.offset for fault in batch.faults]
print(held() - before, lines, faults)
"""


def sparse(path: Path) -> None:
    """A line, a hole in the file that reads as one long line of NULs, and a line."""
    with path.open("wb") as stream:
        stream.write(b"{}\n")
        stream.seek(LONG, 1)
        stream.write(b"\n{}\n")


def bomb_of_zstd(path: Path) -> None:
    """200 MiB in a few kB, as one block after the other that is packed into 4 bytes."""
    path.write_bytes(zstandard.compress(b"{}\n" + bytes(LONG) + b"\n{}\n"))


def bomb_of_gzip(path: Path) -> None:
    """200 MiB in 200 kB."""
    path.write_bytes(gzip.compress(b"{}\n" + bytes(LONG) + b"\n{}\n", 1))


@pytest.mark.parametrize("write", [sparse, bomb_of_zstd, bomb_of_gzip])
def test_a_line_of_200_mib_is_not_held(tmp_path: Path, write: object) -> None:
    """Only so much of it as a line may have, 64 MiB, and what is unpacked at once."""
    assert callable(write)
    path = tmp_path / "a"
    write(path)
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(path)],
        capture_output=True,
        check=True,
        env={"PYTHONPATH": str(PATIENTS.parents[1])},
        text=True,
    )
    held, lines, faults = ran.stdout.split(maxsplit=2)
    assert ("2", "[3]\n") == (lines, faults)
    assert int(held) < 150
