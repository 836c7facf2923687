"""Files that an earlier run wrote and that no line of theirs gives away: Parquet, FHIR, manifests.

A result is known by its name and by how it begins. A sink that writes such a file adds it here.
Answers and the lists of what was left out are known line by line, whatever their files are called.
"""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

from plugin.screening.source.packing import Damaged, contents

PACKING = (".gz", ".zst")  # endings that a packed file adds to its name
_OURS = rb'\s*\{\s*"schema"\s*:\s*"crampcheck\.'
_BEGINNINGS = {
    "assessments.parquet": rb"PAR1",
    "detected-issues.ndjson": rb'\{"resourceType":"DetectedIssue"',
    "guidance-responses.ndjson": rb'\{"resourceType":"GuidanceResponse"',
    "run.json": _OURS,
    "signal.json": _OURS,
}
_UNFINISHED = ".tmp"
_ENOUGH = 4096  # bytes


def plain_name(path: Path) -> str:
    """The name of a file without the endings that packing adds."""
    name = path.name
    while name.lower().endswith(PACKING):
        name = name.rpartition(".")[0]
    return name


def is_of_an_earlier_run(path: Path) -> bool:
    """Whether a file is a result, in whatever folder. What cannot be read is none."""
    beginning = _BEGINNINGS.get(plain_name(path).removesuffix(_UNFINISHED))
    if beginning is None:
        return False
    with suppress(OSError, Damaged), path.open("rb", buffering=0) as stream:
        return re.match(beginning, next(contents(stream, _ENOUGH), b"")) is not None
    return False
