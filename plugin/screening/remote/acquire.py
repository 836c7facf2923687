"""A remote source as a run takes it: asked for, fetched into a folder, handed over as files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from plugin.config import Settings
from plugin.errors import InputUnreadable
from plugin.screening.remote.bulk.fetch import USUAL, Bounds, Telling, fetch_export, give_up_export
from plugin.screening.remote.bulk.request import ExportRequest
from plugin.screening.remote.server import Server
from plugin.screening.source.listing import Source


class Remote(Struct, frozen=True):
    """An export of a FHIR server, as a user asks for it."""

    server: Server
    settings: Settings
    request: ExportRequest
    bounds: Bounds = USUAL
    unit: str = "files"

    def fetch(
        self,
        folder: Path,
        say: Callable[[str], None],
        on_count: Callable[[int, int], None] = lambda _done, _total: None,
    ) -> Source:
        """The files of the export in a folder of the run, which it can go on with by itself.

        Raises FhirServerError, InputUnreadable if it is empty, and CrampcheckError if the folder
        cannot be written.
        """
        source = fetch_export(
            self.server,
            self.settings,
            self.request,
            folder,
            telling=Telling(say, on_count),
            bounds=self.bounds,
        )
        if not source.files and not source.not_read:
            since = f" that changed since {self.request.since}" if self.request.since else ""
            raise InputUnreadable(
                f"{self.server.base.origin}: the export is empty; the server has nothing of these "
                f"types{since} that this client may read."
            )
        return source

    def give_up(self, folder: Path, say: Callable[[str], None]) -> None:
        """Delete the export of an earlier run at the server, or say that it could not be."""
        give_up_export(self.server, self.settings, self.request, folder, Telling(say))
