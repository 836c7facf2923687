"""Requests that wait for each other, so that a test sees how many are under way."""

from __future__ import annotations

import threading

PATIENCE = 30  # seconds


class Gate:
    """Opens for good once so many stand before it."""

    def __init__(self, number: int) -> None:
        self._left = number
        self._lock = threading.Lock()
        self._open = threading.Event()

    @property
    def met(self) -> bool:
        return self._open.is_set()

    def meet(self) -> None:
        """Wait for the others."""
        with self._lock:
            self._left -= 1
            if self._left <= 0:
                self._open.set()
        self._open.wait(PATIENCE)
