"""A small source that is cut into many pieces, so that a run has many steps to be killed at."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from tests.plugin.screening.conftest import AS_OF, golden_resources, ndjson

CHUNK_BYTES = 24_000
PARTITION_BYTES = 60_000
RESULTS = ("assessments.ndjson", "failed.ndjson", "quarantine.ndjson", "run.json", "summary.csv")


def write_source(folder: Path, patients: int = 0) -> Path:
    """Golden patients in two files, one with bad lines; `patients` more who have nothing."""
    folder.mkdir()
    resources = golden_resources()
    half = len(resources) // 2
    more = [{"resourceType": "Patient", "id": f"more-{n}"} for n in range(patients)]
    (folder / "a.ndjson").write_bytes(ndjson(resources[:half]) + b"{oops\n" + ndjson(more))
    (folder / "b.ndjson").write_bytes(b'{"resourceType": "Patient"}\n' + ndjson(resources[half:]))
    return folder


def arguments(source: Path, out: Path, *more: str) -> list[str]:
    """The command line of a run."""
    return ["screen", str(source), "--out", str(out), "--as-of", AS_OF, *more]


def cut_small() -> None:
    """Have every run of this process cut its work into small pieces."""
    from plugin.screening.placing import partitions  # noqa: PLC0415
    from plugin.screening.run import cutting  # noqa: PLC0415

    cutting.CHUNK_BYTES = CHUNK_BYTES
    partitions.PARTITION_BYTES = PARTITION_BYTES


def main(command: Sequence[str]) -> int:
    """The command, with small pieces."""
    from plugin.cli.main import execute  # noqa: PLC0415

    cut_small()
    return execute(command)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
