"""How long one file of an export may take, however steadily it comes."""

from __future__ import annotations

import time

from plugin.fhir_client.faults import FetchFault, Outcome


class Hours:
    """The end of each file's time. Shared by all threads, a file each."""

    def __init__(self, hours: float) -> None:
        self._hours = hours
        self._ends: dict[str, float] = {}

    def begin(self, name: str) -> None:
        """A file is asked for from now on."""
        self._ends[name] = time.monotonic() + self._hours * 3600

    def look(self, name: str) -> None:
        """Raises FetchFault once the time of a file is over."""
        if time.monotonic() > self._ends[name]:
            raise FetchFault(
                Outcome.TIMED_OUT,
                f"{name} was not here whole after {self._hours:g} hours; wait for longer with "
                "--export-hours",
            )
