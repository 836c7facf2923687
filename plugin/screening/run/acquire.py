"""Brings what a run reads within reach: files stay where they are, a pipe is copied.

A source that has to be fetched (an export, a server) has its place here too: it downloads NDJSON
into the folder of the run, which it can go on with by itself, and hands over files like the rest.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path, PurePath
from typing import Protocol

import msgspec
from msgspec import Struct

from plugin.errors import InputUnreadable
from plugin.screening.run.durable import PRIVATE_FILE, PRIVATE_FOLDER
from plugin.screening.run.inputs import Input, inputs_of
from plugin.screening.run.progress import OnNotice, OnProgress, Progress
from plugin.screening.run.state import FETCHED, FOLDERS
from plugin.screening.source.chunks import opened
from plugin.screening.source.listing import Source, SourceFile, find
from plugin.screening.source.walking import unreadable

_COPIED = "copied"
_AT_ONCE = 1024 * 1024  # bytes


FETCHING = "fetching"


class Remote(Protocol):
    """A source that is no files yet."""

    @property
    def unit(self) -> str:
        """What is counted while it is fetched, in the plural."""
        ...

    def fetch(
        self, folder: Path, say: Callable[[str], None], on_count: Callable[[int, int], None]
    ) -> Source:
        """Its files in a folder, which may hold what an earlier sitting fetched of it.

        `say` gets sentences without their stop, `on_count` how many of how many are here.
        """
        ...

    def give_up(self, folder: Path, say: Callable[[str], None]) -> None:
        """Have the server throw away what an earlier sitting left there, before the folder goes."""
        ...


class Acquired(Struct, frozen=True):
    """The files to read, and what tells whether they are still the same."""

    source: Source
    inputs: tuple[Input, ...]


def acquire(source: str, leave_out: frozenset[Path], work: Path, *, fresh: bool) -> Acquired:
    """Bring a source within reach. `leave_out` are results, `work` is held by this run.

    Raises InputUnreadable if it is not there or holds nothing, OSError if it cannot be copied.
    """
    fetched = work / FETCHED
    found = find(source, leave_out)
    once = next((file for file in found.files if file.read_once), None)
    if fresh or once is None:
        shutil.rmtree(fetched, ignore_errors=True)
    if once is not None:  # it is all there is: what stands in a folder is a file
        return _copied(once, fetched)
    # Folders of work, of whatever run, are ours: nobody needs to be told of them.
    hidden = tuple(name for name in found.hidden if PurePath(name).name not in FOLDERS)
    found = msgspec.structs.replace(found, hidden=hidden)
    return Acquired(found, inputs_of(found))


def acquire_remote(
    remote: Remote, work: Path, *, fresh: bool, on_notice: OnNotice, on_progress: OnProgress
) -> Acquired:
    """Fetch a source, from where an earlier sitting left off. `work` is held by this run.

    Raises FhirServerError, InputUnreadable if it holds nothing, and CrampcheckError if what came
    cannot be kept.
    """
    fetched = work / FETCHED
    if fresh:
        remote.give_up(fetched, on_notice)
        shutil.rmtree(fetched, ignore_errors=True)

    def counted(done: int, total: int) -> None:
        on_progress(Progress(FETCHING, done, total, unit=remote.unit))

    source = remote.fetch(fetched, on_notice, counted)
    return Acquired(source, inputs_of(source))


def _copied(file: SourceFile, folder: Path) -> Acquired:
    """Standard input, or a pipe, as a file of the run. The same bytes again are the same input."""
    folder.mkdir(PRIVATE_FOLDER, exist_ok=True)
    path = folder / _COPIED
    digest = hashlib.sha256()
    size = 0
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE_FILE)
    with open(descriptor, "wb") as copy:
        for data in _blocks(file):
            digest.update(data)
            size += len(data)
            copy.write(data)
    # When it was copied says nothing of it.
    given = Input(file.name, size, 0, digest.hexdigest())
    return Acquired(Source((SourceFile(file.name, path),)), (given,))


def _blocks(file: SourceFile) -> Iterator[bytes]:
    """What it gives, to its end. Raises InputUnreadable; what the copy raises comes through."""
    try:
        with opened(file.path) as stream:
            while data := stream.read(_AT_ONCE):
                yield data
    except OSError as error:
        raise InputUnreadable(f"{file.name}: {unreadable(error)}") from error
