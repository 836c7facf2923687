"""What an earlier run wrote, so that no run takes its answers for records."""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path, PurePosixPath

import orjson

from plugin.screening.sinks.left_out import FAILED_KEYS, QUARANTINE_KEYS
from plugin.screening.sinks.names import FAILED, GUIDANCE, ISSUES, QUARANTINE, RESULTS

# How an answer, and the manifest of a run, begin as they are written here; no resource begins so.
_BEGINNINGS = (b'{"schema":"crampcheck.assessment/', b'{\n  "schema": "crampcheck.run/')
_OLD_QUARANTINE_KEYS = ("file", "line", "reason")  # without an offset
_ROWS = {QUARANTINE: (QUARANTINE_KEYS, _OLD_QUARANTINE_KEYS), FAILED: (FAILED_KEYS,)}
_FHIR = frozenset({ISSUES, GUIDANCE})
_OURS = b'"identifier":[{"system":"urn:crampcheck:'
_PACKING = (".gz", ".zst", ".tmp")


def result_files(folder: Path, more: Iterable[str] = ()) -> frozenset[Path]:
    """Every file that a run may write into a folder, whatever formats it is asked for.

    `more` are names that the run itself adds. A run over the same folder skips them.
    """
    return frozenset(
        Path(os.path.realpath(folder / ending))
        for name in (*RESULTS, *more)
        for ending in (name, f"{name}.tmp")
    )


def may_hold_results(file: str) -> bool:
    """Whether a file has the name of a list of ours, so that `is_result` reads its lines whole.

    Any file may hold answers: of those the beginning of a line tells.
    """
    name = _plain(file)
    return name in _ROWS or name in _FHIR


def is_result(file: str, line: bytes) -> bool:
    """True for a line that an earlier run wrote, into whatever folder."""
    if line.startswith(_BEGINNINGS):
        return True
    name = _plain(file)
    keys = _ROWS.get(name)
    if keys is None:
        return name in _FHIR and _OURS in line
    try:
        row = orjson.loads(line)
    except orjson.JSONDecodeError:
        return False
    return isinstance(row, dict) and tuple(row) in keys


@lru_cache(maxsize=256)  # it is asked of each line
def _plain(file: str) -> str:
    name = PurePosixPath(file).name
    for ending in _PACKING:
        name = name.removesuffix(ending)
    return name
