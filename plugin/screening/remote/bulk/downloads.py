"""All files of an export, some at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing

from plugin.screening.remote.bulk.download import Downloader, LinkExpired
from plugin.screening.remote.bulk.manifest import ExportFile
from plugin.screening.remote.bulk.state import FileCard
from plugin.screening.remote.pace import Pace
from plugin.screening.remote.together import side_by_side

AT_ONCE = 4  # connections; EHRs tend to be busy


def fetch_all(
    files: Sequence[ExportFile],
    downloader: Downloader,
    pace: Pace,
    on_file: Callable[[int, int], None],
    at_once: int = AT_ONCE,
) -> tuple[dict[str, FileCard], list[ExportFile]]:
    """The cards of the files that are here by name, and those whose links have expired.

    Raises the first fault of any thread, when the others have stopped.
    """
    here: dict[str, FileCard] = {}
    expired: list[ExportFile] = []
    on_file(0, len(files))
    with closing(side_by_side(files, downloader.fetch, pace, at_once)) as results:
        for file, outcome in results:
            if isinstance(outcome, LinkExpired):
                expired.append(file)
            elif isinstance(outcome, Exception):
                raise outcome
            else:
                here[file.name] = outcome
                on_file(len(here), len(files))
    return here, expired
