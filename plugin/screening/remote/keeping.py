"""Files of the work folder that hold patients' data: for our own user, and whole or not there."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from plugin.errors import CrampcheckError

_OWN_FOLDER, _OWN_FILE = 0o700, 0o600


def make_folder(path: Path) -> Path:
    """A folder that nobody else looks into."""
    with disk_faults():
        path.mkdir(mode=_OWN_FOLDER, parents=True, exist_ok=True)
        path.chmod(_OWN_FOLDER)
    return path


def clear(folder: Path) -> None:
    """Remove a folder with all that is in it."""
    with disk_faults():
        if folder.exists():
            shutil.rmtree(folder)


def write_whole(path: Path, data: bytes) -> None:
    """Write a small file so that a kill leaves the old one or the new one."""
    beside = path.with_name(f"{path.name}.tmp")
    with disk_faults():
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _OWN_FILE)
        with open(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)


def open_own(path: Path, start: int) -> int:
    """A handle to write on from `start`, whatever was behind that."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT, _OWN_FILE)
    os.ftruncate(handle, start)
    os.lseek(handle, start, os.SEEK_SET)
    return handle


def write_all(handle: int, data: bytes) -> None:
    """All of it, however little the system takes at a time."""
    left = memoryview(data)
    while left:
        left = left[os.write(handle, left) :]


def settle(part: Path, path: Path) -> int:
    """Give a file its name once it is on the disk, whatever happens next. Returns its size."""
    with disk_faults():
        if not part.exists():  # nothing came, and that was all of it
            part.touch(_OWN_FILE)
        handle = os.open(part, os.O_RDONLY)
        try:
            os.fsync(handle)
            size = os.fstat(handle).st_size
        finally:
            os.close(handle)
        part.replace(path)
    return size


@contextmanager
def disk_faults() -> Iterator[None]:
    """Says what the disk refused, in a sentence."""
    try:
        yield
    except OSError as error:
        fault = (error.strerror or "unknown fault").lower()
        raise CrampcheckError(
            f"what is downloaded cannot be kept ({fault}); make room or give another --out, and "
            "run it again: it goes on from there."
        ) from None
