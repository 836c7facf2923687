"""An export that an earlier run began and its server still keeps: not to be forgotten in silence.

What lies there is a copy of everybody's data, and only the run that began it, or one of the same
server, can delete it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from plugin.errors import FolderTaken
from plugin.screening.remote.bulk.state import ExportState, remembered
from plugin.screening.run.progress import OnNotice


@contextmanager
def in_place_of_export(folder: Path, on_notice: OnNotice, *, fresh: bool) -> Iterator[None]:
    """What is done with the folder of an export is something else, and takes it away.

    `fresh` allows that, and it is said. Raises FolderTaken where it was not given.
    """
    state = _kept(folder)
    if state and not fresh:
        raise unfinished(state)
    yield
    if state:
        on_notice(f"the export of an earlier run stays at its server, {_origin(state)}")


def keeps_export(folder: Path) -> bool:
    """Whether the folder remembers an export that its server still keeps."""
    return _kept(folder) is not None


def _kept(folder: Path) -> ExportState | None:
    state = remembered(folder)
    return state if state and state.status else None


def unfinished(state: ExportState) -> FolderTaken:
    """Why a run may not begin where it is remembered."""
    return FolderTaken(
        "the output folder belongs to a run that has begun an export and is not done with it; "
        f"{_origin(state)} still keeps that export. Give the command of that run again: it goes "
        "on, and has the export deleted in the end. Or give another --out, or --fresh to forget "
        "the export, which then stays there until it expires."
    )


def _origin(state: ExportState) -> str:
    """Without the path: some servers put a secret into it."""
    try:
        parts = urlsplit(state.status)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "an address that cannot be read"
    return f"{parts.scheme}://{parts.hostname or ''}{port}"
