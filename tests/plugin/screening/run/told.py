"""What is compared of two folders of results."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.plugin.screening.run.small import RESULTS

MANIFEST = "run.json"


def manifest(folder: Path) -> dict[str, Any]:
    """The manifest without its times and the number of workers: what a run must repeat."""
    told: dict[str, Any] = json.loads((folder / MANIFEST).read_bytes())
    del told["times"], told["settings"]["workers"]
    return told


def same_results(expected: Path, found: Path) -> None:
    """The same files, byte for byte, and no others."""
    assert sorted(RESULTS) == sorted(path.name for path in found.iterdir())
    same_where_named(expected, found)


def same_where_named(expected: Path, found: Path) -> None:
    """Every result that has its name is complete."""
    for path in found.iterdir():
        if path.name == MANIFEST:
            assert manifest(expected) == manifest(found)
        elif path.name in RESULTS:
            assert (expected / path.name).read_bytes() == path.read_bytes()
