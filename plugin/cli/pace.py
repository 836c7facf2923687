"""How fast a run goes, and what is said of it: on a bar, or as lines of a log."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

from plugin.cli.screened import by_level
from plugin.screening.counted import counted
from plugin.screening.run.progress import Progress

EVERY = 30.0  # seconds between two lines of one stage
_MB = 1_000_000
_NO_TIME = 0.05  # seconds: what is done in less has no pace to speak of


class Pace:
    """Counts from the first report of each stage: what was done before took no time of ours."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._stage = ""
        self._began = self._told = 0.0
        self._first: Progress | None = None

    def see(self, progress: Progress) -> None:
        """Take note of a report."""
        if progress.stage != self._stage:
            self._stage, self._first, self._began = progress.stage, progress, self._clock()

    def a_second(self, progress: Progress, count: Callable[[Progress], int]) -> float:
        """How many in a second, 0 where that cannot be said yet."""
        spent = self._clock() - self._began
        if self._first is None or spent < _NO_TIME:
            return 0.0
        return (count(progress) - count(self._first)) / spent

    def line(self, progress: Progress) -> str:
        """A line for a log: when a stage begins and ends, and every 30 seconds. Else empty."""
        began = progress.stage != self._stage
        self.see(progress)
        ended = progress.done == progress.total
        if not (began or ended or self._clock() - self._told >= EVERY):
            return ""
        self._told = self._clock()
        now = datetime.now(UTC).isoformat(timespec="seconds")
        share = f" {100 * progress.done // progress.total}%" if progress.total else ""
        detail = said(progress, self)
        return f"{now} {progress.stage}{share}" + (f": {detail}" if detail else "")


def said(progress: Progress, pace: Pace) -> str:
    """`120,000 lines, 210,000 lines/s, 270.1 MB/s, 3 quarantined`."""
    parts: list[str] = []
    if progress.unit == "bytes":
        parts.append(counted(progress.lines, "line", form=","))
        if lines := pace.a_second(progress, lambda one: one.lines):
            parts.append(f"{lines:,.0f} lines/s")
        if size := pace.a_second(progress, lambda one: one.done):
            parts.append(f"{size / _MB:,.1f} MB/s")
    elif progress.unit == "partitions":
        parts.append(counted(progress.patients, "patient", form=","))
        if patients := pace.a_second(progress, lambda one: one.patients):
            parts.append(f"{patients:,.0f} patients/s")
    elif progress.unit:
        parts.append(f"{progress.done:,} of {progress.total:,} {progress.unit}")
    if levels := by_level(progress.by_level):  # none where nobody is given one
        parts.append(levels)
    if progress.failed:
        parts.append(f"{progress.failed:,} failed")
    if progress.quarantined:
        parts.append(f"{progress.quarantined:,} quarantined")
    return ", ".join(parts)
