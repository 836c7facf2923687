"""One pace for all threads that ask a server: evenly spread, and slower when it is busy."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

PER_SECOND = 10.0  # requests; EHRs serve clinicians at the same time
BURST = 5.0  # requests that may go at once after a rest
_SLOWEST = 0.1
_WORTH_TELLING = 10.0  # seconds of waiting
_RECOVERY = 1.05


class Stopped(Exception):  # noqa: N818
    """The run is to end: whoever waits stops waiting."""


class Pace:
    """At most `per_second` requests over all threads.

    After a 429 or 503 nobody asks until the server's `Retry-After` has passed, and then at half the
    pace, which comes back with each answer that is fine. `stop` wakes all who wait.
    """

    def __init__(
        self,
        per_second: float = PER_SECOND,
        stop: threading.Event | None = None,
        clock: Callable[[], float] = time.monotonic,
        tell: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.stop = stop or threading.Event()
        self.per_second = per_second  # now
        self._most = per_second
        self._clock, self._tell = clock, tell
        self._lock = threading.Lock()
        self._next = 0.0  # when the next one would be due, were they evenly spread
        self._held_until = 0.0

    def wait(self) -> None:
        """Return when one more request may go. Raises Stopped."""
        self.pause(self._slot() - self._clock())
        while (left := self._held_until - self._clock()) > 0:
            self.pause(left)

    def pause(self, seconds: float) -> None:
        """Wait so long. Raises Stopped as soon as the run is to end."""
        if self.stop.wait(max(0.0, seconds)) if seconds > 0 else self.stop.is_set():
            raise Stopped

    def busy(self, seconds: float) -> None:
        """The server asks to be left alone for so long."""
        with self._lock:
            now = self._clock()
            if now >= self._held_until:  # one busy moment slows down once, however many hear of it
                self.per_second = max(_SLOWEST, self.per_second / 2)
                if seconds >= _WORTH_TELLING:
                    self._tell(f"the server is busy; it is asked again in {seconds:.0f} seconds")
            self._held_until = max(self._held_until, now + seconds)

    def fine(self) -> None:
        """The server answered."""
        with self._lock:
            self.per_second = min(self._most, self.per_second * _RECOVERY)

    def _slot(self) -> float:
        with self._lock:
            now = self._clock()
            slot = max(self._next, now - BURST / self.per_second)
            self._next = slot + 1 / self.per_second
            return slot
