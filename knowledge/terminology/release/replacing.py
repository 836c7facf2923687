"""A file is replaced whole or not at all: written beside, made durable, renamed."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from knowledge.terminology.release.faults import IndexNotWritten


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give an empty file to write; it takes the place of `path` unless the block raises.

    What a killed import left is overwritten. Raises IndexNotWritten where the folder does not
    take the file or another import is under way.
    """
    part = path.with_name(f"{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        held = _locked(part)
    except OSError as error:
        raise _not_written(path, error) from error
    try:
        yield part
        _make_durable(part)
        part.replace(path)
        _make_durable(path.parent)
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        raise _not_written(path, error) from error
    except BaseException:
        with suppress(OSError):
            part.unlink()
        raise
    finally:
        os.close(held)


def _locked(part: Path) -> int:
    """The descriptor of the emptied file, which nobody else writes while it is open."""
    while True:
        held = os.open(part, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # Between the two calls another import may have renamed this very file into its place.
            if part.exists() and os.fstat(held).st_ino == part.stat().st_ino:
                os.ftruncate(held, 0)
                return held
        except BlockingIOError:
            os.close(held)
            raise IndexNotWritten(
                f"{part}: another import is under way; wait until it has ended."
            ) from None
        except BaseException:
            os.close(held)
            raise
        os.close(held)


def _make_durable(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _not_written(path: Path, error: OSError) -> IndexNotWritten:
    why = (error.strerror or str(error) or "unknown fault").lower()
    return IndexNotWritten(
        f"{path}: the index cannot be written ({why}); name a folder with room that you may write "
        "to in CRAMPCHECK_DATA. What was there before is unchanged."
    )
