"""Every patient of a source, one at a time in this process, for what is no run.

The rows lie in a folder that is gone in the end. Nothing is set aside by the knowledge, so that
whoever asks may judge by several.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from plugin.screening.local.chunk import read_chunk
from plugin.screening.local.entries import Found
from plugin.screening.local.join import join
from plugin.screening.local.left_out import left_out_lines
from plugin.screening.local.partition import patients_of
from plugin.screening.local.work import Work
from plugin.screening.outcome import Quarantined
from plugin.screening.placing.partitions import partitions_for
from plugin.screening.source.chunks import plan
from plugin.screening.source.listing import Source

_PACKED = 15  # NDJSON of FHIR may pack to so small a part
MOST_NAMED = 1000  # rows of quarantine
_WHOLE = sys.maxsize  # a chunk for each file, so that lines count from its beginning


class Passing:
    """The patients of a source.

    What is no patient's is counted in `left_out` once they have come; the first of it is in
    `quarantined`, as a file of damage may be nothing else.
    """

    def __init__(self, source: Source) -> None:
        self.left_out = 0
        self.quarantined: list[Quarantined] = []
        self._leave_out(Quarantined(one.name, 0, one.reason) for one in source.not_read)
        self._chunks = plan(source.files, _WHOLE)

    def patients(self) -> Iterator[tuple[str, Found]]:
        """Each patient's reference and entries, in no order that means anything."""
        size = sum(chunk.size for chunk in self._chunks) * _PACKED
        with TemporaryDirectory(prefix="crampcheck-") as folder:
            work = Work(str(Path(folder)), partitions_for(size))
            for chunk in self._chunks:
                done = read_chunk(chunk, work)
                self._leave_out(done.whole)
                self._leave_out(left_out_lines(work, done))
            join(work, range(len(self._chunks)))
            for partition in range(work.partitions):
                yield from patients_of(partition, work)

    def _leave_out(self, rows: Iterable[Quarantined]) -> None:
        for row in rows:
            self.left_out += 1
            if len(self.quarantined) < MOST_NAMED:
                self.quarantined.append(row)
