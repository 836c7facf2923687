"""Which tokens were used, in the memory of one process that has no database.

Several processes need a store that they share, or a token would be good once in each.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

_SWEEP_SECONDS = 60


class MemoryReplay:
    """A ReplayStore for a service of one process."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._used: dict[tuple[str, str], int] = {}
        self._sweep_at = 0.0
        self._lock = threading.Lock()

    def first_use(self, issuer: str, jti: str, expires: int) -> bool:
        """Remember a token until `expires`, Unix seconds. True the first time."""
        with self._lock:
            self._forget(self._clock())
            if (issuer, jti) in self._used:
                return False
            self._used[issuer, jti] = expires
            return True

    def _forget(self, now: float) -> None:
        if now < self._sweep_at:
            return
        self._used = {key: until for key, until in self._used.items() if until > now}
        self._sweep_at = now + _SWEEP_SECONDS
