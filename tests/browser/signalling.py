"""A page of `crampcheck signal` over a simulated population."""

from __future__ import annotations

import json
from pathlib import Path

from plugin.cli.main import execute
from tests.plugin.screening.signal.exporting import population


def made(folder: Path, patients: int, seed: int = 7) -> Path:
    """The folder of results."""
    source, out = folder / "export", folder / "out"
    source.mkdir()
    rows = population(patients, seed, cramp_chance=0.4)
    with (source / "all.ndjson").open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
    code = execute(["signal", str(source), "--out", str(out), "--as-of", "2026-11-01"])
    assert 0 == code
    return out
