"""A file that is written whole before it gets its name, and that a loss of power does not undo."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from plugin.errors import CrampcheckError

FILE_MODE = 0o600  # results are about patients
FOLDER_MODE = 0o700
_BUFFER = 1 << 18
_FULL = frozenset({errno.EDQUOT, errno.EFBIG, errno.ENOSPC})


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Say a fault of writing as a sentence that names the folder. Raises CrampcheckError."""
    try:
        yield
    except OSError as error:
        raise cannot_write(folder, error) from error


def cannot_write(folder: Path, error: OSError) -> CrampcheckError:
    """What is told where results cannot be written."""
    fault = (error.strerror or "unknown fault").lower()
    return CrampcheckError(f"{folder}: cannot be written ({fault}); {remedy(error)}.")


def remedy(error: OSError) -> str:
    """What helps: in a disk that is full another folder may be as full."""
    if error.errno in _FULL:
        return "make room on that disk, or name a folder on another with --out"
    return "name another folder with --out"


def there(path: Path) -> bool:
    """Whether something is there, as far as this user may look; Path.exists raises beyond."""
    return os.path.exists(path)


def make_folder(folder: Path) -> None:
    """Make a folder that its owner alone can read, and those above it; what is there stays."""
    if folder.is_dir():
        return
    if not there(folder.parent):
        make_folder(folder.parent)
    folder.mkdir(mode=FOLDER_MODE, exist_ok=True)


def create(path: Path) -> BinaryIO:
    """Open a new file for its owner alone, in the place of one that an earlier run left."""
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
    return os.fdopen(descriptor, "wb", buffering=_BUFFER)


def finish(stream: BinaryIO) -> None:
    """Close a file so that its content is on disk."""
    stream.flush()
    os.fsync(stream.fileno())
    stream.close()


def settle(folder: Path) -> None:
    """Have the names in a folder on disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
