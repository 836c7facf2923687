"""How much an export may take up on the disk."""

from __future__ import annotations

import threading

from plugin.fhir_client.faults import FetchFault, Outcome

_GIBIBYTE = 1024**3


class Room:
    """How many bytes the files may take up together. Shared by all threads."""

    def __init__(self, gibibytes: float) -> None:
        self._gibibytes = gibibytes
        self._sizes: dict[str, int] = {}
        self._taken = 0
        self._lock = threading.Lock()

    def take(self, name: str, size: int) -> None:
        """A file has this size now. Raises FetchFault where there is no room for it."""
        with self._lock:
            self._taken += size - self._sizes.get(name, 0)
            self._sizes[name] = size
            if self._taken > self._gibibytes * _GIBIBYTE:
                raise FetchFault(
                    Outcome.TOO_LARGE,
                    f"its export is larger than {self._gibibytes:g} GiB; allow more with "
                    "--export-gigabytes if that is right",
                )
