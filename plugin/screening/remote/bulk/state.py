"""What a run remembers of its export, so that one that was killed goes on: no token, ever.

The address of the status is kept, in a file for our own user only: some servers put a secret into
it. The addresses of files are not: they are asked for again.
"""

from __future__ import annotations

from pathlib import Path

import msgspec
from msgspec import Struct

from plugin.screening.remote.keeping import clear, make_folder, write_whole

_NAME = "export.json"


class Missing(Struct, frozen=True):
    """A file of which something is missing, and what."""

    name: str
    reason: str


class Fetched(Struct, frozen=True):
    """An export that lies here whole, by the names of its files.

    `lines` are sentences for the user. `transaction_time` is empty where the server did not say.
    """

    files: tuple[str, ...]
    missing: tuple[Missing, ...]
    lines: tuple[str, ...]
    transaction_time: str


class ExportState(Struct, frozen=True):
    """`status` is where the export is at the server; empty once it was deleted there."""

    about: str
    status: str
    fetched: Fetched | None = None


class FileCard(Struct, frozen=True):
    """What is known of a file that is here in part, or whole (`done`)."""

    mark: str
    validator: str = ""  # an ETag or a date, for If-Range; empty: it cannot be taken up again
    packed: bool = False
    size: int = 0
    lines: int = 0
    done: bool = False


def remembered(folder: Path) -> ExportState | None:
    """What a folder says of an export; None where it says nothing that can be read."""
    try:
        return msgspec.json.decode((folder / _NAME).read_bytes(), type=ExportState)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None


class Memory:
    """The folder of one export: `files` whole, `parts` not yet, and what is known of each."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files, self.parts = folder / "files", folder / "parts"

    def load(self) -> ExportState | None:
        """What was remembered, of whatever export; None where that is nothing, or of use no more.

        What is left of something else is removed.
        """
        state = remembered(self.folder)
        here = state.fetched.files if state and state.fetched else ()
        if state and all((self.files / name).is_file() for name in here):
            return state
        self.forget()
        return None

    def save(self, state: ExportState) -> None:
        """Keep the state, and the folders that it speaks of."""
        for folder in (self.folder, self.files, self.parts):
            make_folder(folder)
        write_whole(self.folder / _NAME, msgspec.json.encode(state))

    def forget(self) -> None:
        """Remove all of it."""
        clear(self.folder)

    def card(self, name: str) -> FileCard | None:
        """What is known of a file."""
        try:
            return msgspec.json.decode((self.parts / f"{name}.json").read_bytes(), type=FileCard)
        except (OSError, msgspec.DecodeError, UnicodeDecodeError):
            return None

    def keep_card(self, name: str, card: FileCard) -> None:
        """Remember what is known of a file."""
        write_whole(self.parts / f"{name}.json", msgspec.json.encode(card))
