"""How the work of a run is cut up, and how many processes it is worth."""

from __future__ import annotations

import os

from plugin.screening.placing.partitions import partitions_for
from plugin.screening.run.acquire import Acquired
from plugin.screening.source.chunks import WHOLE, Chunk, plan, together
from plugin.screening.source.packing import is_packed

CHUNK_BYTES = 32 * 1024 * 1024
# NDJSON of FHIR packs to a tenth or less; only the number of partitions depends on it.
_UNPACKED = 15
# A process that starts costs about as much as reading so much.
_WORTH_A_WORKER = 64 * 1024 * 1024
# What a run holds in memory grows with its processes: with these it stays within 400 MiB.
_MOST_WORKERS = 4


class Cut:
    """The chunks of a source, and how much they hold: the same for the same source."""

    def __init__(self, acquired: Acquired, *, one_by_one: bool = False) -> None:
        """`one_by_one`: each file has chunks of its own, however small it is."""
        chunk_bytes = CHUNK_BYTES
        chunks = plan(acquired.source.files, chunk_bytes)
        self.chunks: tuple[Chunk, ...] = chunks if one_by_one else together(chunks)
        self.chunk_bytes = chunk_bytes
        self.unpacked = sum(chunk.size * _growth(chunk) for chunk in chunks)
        self.partitions = partitions_for(self.unpacked)

    def workers(self, asked: int | None) -> int:
        """As many as asked for; else as the source is worth and the machine has."""
        if asked is not None:
            return asked
        worth = min(len(self.chunks), self.unpacked // _WORTH_A_WORKER)
        return max(1, min(worth, _processors(), _MOST_WORKERS))


def _growth(chunk: Chunk) -> int:
    """How many bytes a byte of the file becomes, about."""
    if chunk.end != WHOLE or chunk.file.path is None:
        return 1
    try:
        with chunk.file.path.open("rb", buffering=0) as stream:
            return _UNPACKED if is_packed(stream.read(16)) else 1
    except OSError:
        return 1


def _processors() -> int:
    """Those that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
