"""One run at a time in a work folder, and no process of an earlier run beside it.

The parent holds `lock` alone; each worker process shares `workers`. When a parent was killed its
workers end by themselves, a moment later: the next run waits for that, so that two processes
never write the same file.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from plugin.errors import FolderTaken
from plugin.screening.run.durable import PRIVATE_FILE, PRIVATE_FOLDER

LOCK = "lock"
WORKERS = "workers"
_PATIENCE = 60.0  # seconds: a worker of a killed parent ends at once, unless its disk hangs
_A_MOMENT = 0.02  # seconds


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold a work folder, which is made if it is not there; nothing of it is removed here.

    Raises FolderTaken where another run has it, OSError where it cannot be made or locked.
    """
    descriptor = _locked(folder)
    try:
        _wait_for_workers(folder)
        yield
    finally:
        os.close(descriptor)


def share(folder: Path) -> int:
    """Called by a worker process when it starts: hold `workers` until the process ends."""
    descriptor = os.open(folder / WORKERS, os.O_RDWR | os.O_CREAT, PRIVATE_FILE)
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    return descriptor


def _locked(folder: Path) -> int:
    path = folder / LOCK
    while True:
        folder.parent.mkdir(PRIVATE_FOLDER, parents=True, exist_ok=True)
        folder.mkdir(PRIVATE_FOLDER, exist_ok=True)
        if folder.is_symlink():  # what lies there would be removed with the work of the run
            raise FolderTaken(f"{folder}: is a link; remove it, or name another folder with --out.")
        folder.chmod(PRIVATE_FOLDER)  # whoever made it
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, PRIVATE_FILE)
        except FileNotFoundError:
            continue  # the run that had it removed the folder just now
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(descriptor)
            raise FolderTaken(
                f"{folder.parent}: another run is writing into this folder; wait for its end, or "
                "name another folder with --out."
            ) from error
        except OSError:
            os.close(descriptor)
            raise
        if _still_there(path, descriptor):
            return descriptor
        os.close(descriptor)


def _still_there(path: Path, descriptor: int) -> bool:
    """Whether the file that is locked is the one that others will find."""
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def _wait_for_workers(folder: Path) -> None:
    descriptor = os.open(folder / WORKERS, os.O_RDWR | os.O_CREAT, PRIVATE_FILE)
    until = time.monotonic() + _PATIENCE
    try:
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError as error:
                if time.monotonic() > until:
                    raise FolderTaken(
                        f"{folder.parent}: processes of an earlier run are still at work on this "
                        "folder; end them, or name another folder with --out."
                    ) from error
                time.sleep(_A_MOMENT)
    finally:
        os.close(descriptor)
