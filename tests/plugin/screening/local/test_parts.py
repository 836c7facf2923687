"""The parts of a run are merged however many there are."""

from __future__ import annotations

import os
import resource
from pathlib import Path

from plugin.screening.local.parts import merged, packed

MORE_THAN_MAY_BE_OPEN = 300


def test_more_parts_than_files_may_be_open_are_merged(tmp_path: Path) -> None:
    """In the order of references; a row may be longer than what is read at once."""
    paths = [tmp_path / f"{number:03}" for number in range(MORE_THAN_MAY_BE_OPEN)]
    for number, path in enumerate(paths):
        rows = (packed(f"Patient/{row}-{number:03}", b"x" * (row * 50_000)) for row in range(4))
        path.write_bytes(b"".join(rows))
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    few = len(os.listdir("/proc/self/fd")) + 20
    resource.setrlimit(resource.RLIMIT_NOFILE, (few, limits[1]))
    try:
        found = [(reference, len(payload)) for reference, payload in merged(paths)]
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
    assert sorted(found) == found
    assert 4 * MORE_THAN_MAY_BE_OPEN == len(found)
    assert {0, 50_000, 100_000, 150_000} == {size for _, size in found}
