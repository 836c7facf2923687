"""Resources that many patients point to: asked for once in a run, and written once."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import Future

Read = Callable[[str], "tuple[bytes, tuple[str, ...]]"]

_MOST_TRIES = 3  # of a resource that could not be had


class Shared:
    """Medications and the like by `Type/id`. Safe to share between threads.

    `read` gives a resource and what it points to itself, or no bytes for one that is not there; it
    may raise. A fault counts for whoever waits for it; after a few of them it stands for the run.
    """

    def __init__(self, read: Read, written: Iterable[str] = ()) -> None:
        self._read = read
        self._written = set(written)
        self._held: dict[str, Future[tuple[bytes, tuple[str, ...]]]] = {}
        self._faults: Counter[str] = Counter()
        self._lock = threading.Lock()

    def needed(self, keys: Iterable[str]) -> dict[str, bytes]:
        """What these lead to, as far as it is there and not written yet."""
        found: dict[str, bytes] = {}
        waiting, seen = list(keys), set(keys)
        while waiting:
            key = waiting.pop()
            raw, further = self._get(key)
            if raw:
                found[key] = raw
            waiting += [one for one in further if one not in seen]
            seen.update(further)
        return found

    def unwritten(self, found: dict[str, bytes]) -> dict[str, bytes]:
        """What of these has not been written since."""
        return {key: raw for key, raw in found.items() if key not in self._written}

    def has_written(self, keys: Iterable[str]) -> None:
        """These, and with them what they point to, are on the disk and need not be held."""
        with self._lock:
            for key in keys:
                self._written.add(key)
                self._held.pop(key, None)

    def _get(self, key: str) -> tuple[bytes, tuple[str, ...]]:
        with self._lock:
            if key in self._written:
                return b"", ()
            future = self._held.get(key)
            mine = future is None
            if future is None:
                future = self._held[key] = Future()
        if mine:
            self._fill(key, future)
        return future.result()

    def _fill(self, key: str, future: Future[tuple[bytes, tuple[str, ...]]]) -> None:
        try:
            future.set_result(self._read(key))
        except BaseException as error:
            with self._lock:
                self._faults[key] += 1
                if self._faults[key] < _MOST_TRIES:
                    self._held.pop(key, None)
            future.set_exception(error)
