"""Adds up what the stages give, as progress and as seconds."""

from __future__ import annotations

import time
from collections import Counter

from plugin.screening.local.work import ChunkDone
from plugin.screening.run.cutting import Cut
from plugin.screening.run.glance import FAILED
from plugin.screening.run.progress import OnProgress, Progress
from plugin.screening.run.stages import JOINING, READING, SCREENING, Came, Partition

WRITING = "writing"


class Watch:
    """Takes what came of each call of a stage, and tells how far the run is.

    Bytes are counted as they lie in the source, packed or not.
    """

    def __init__(self, cut: Cut, tell: OnProgress) -> None:
        self.seconds: dict[str, float] = {}
        self.resources = 0
        self.earlier: set[str] = set()  # files that hold answers of an earlier run
        self._sizes = {chunk.number: chunk.size for chunk in cut.chunks}
        self._partitions = cut.partitions
        self._tell = tell
        self._since = time.monotonic()
        self._read = self._screened = 0
        self._kinds: Counter[str] = Counter()
        self._lines = self._patients = self._quarantined = 0

    def came(self, came: Came) -> None:
        """One call of a stage came to its end, in this sitting or in an earlier one."""
        if isinstance(came, ChunkDone):
            self._chunk(came)
        elif isinstance(came, Partition):
            self._screened += 1
            self._patients += came.done.patients
            self._kinds.update(came.kinds)
            self._say(SCREENING, self._screened, self._partitions, "partitions")
        else:
            self._say(JOINING, 1, 1, "")

    def writing(self, progress: Progress) -> None:
        """Results are being written."""
        self.spend(WRITING)
        self._tell(progress)

    def spend(self, stage: str) -> None:
        """The time since something was last told of goes to a stage."""
        now = time.monotonic()
        self.seconds[stage] = self.seconds.get(stage, 0.0) + now - self._since
        self._since = now

    def _chunk(self, done: ChunkDone) -> None:
        self._read += self._sizes[done.number]
        self._lines += done.lines
        left_out = done.quarantined + len(done.whole)
        self._quarantined += left_out
        self.resources += sum(done.kept.values()) + sum(done.set_aside.values())
        self.resources += left_out
        self.earlier.update(done.earlier)
        self._say(READING, self._read, sum(self._sizes.values()), "bytes")

    def _say(self, stage: str, done: int, total: int, unit: str) -> None:
        self.spend(stage)
        self._tell(
            Progress(
                stage,
                done,
                total,
                unit=unit,
                lines=self._lines,
                patients=self._patients,
                by_level={kind: n for kind, n in self._kinds.items() if kind != FAILED},
                failed=self._kinds[FAILED],
                quarantined=self._quarantined,
            )
        )
