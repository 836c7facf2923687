"""The data files as bytes: what is there to read, and what cannot be read and why."""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterator
from pathlib import Path

from msgspec import Struct

from knowledge.faults import Fault, KnowledgeError

# The largest file of ours has 50 kB. What is beyond this is no table that a person keeps.
MOST_BYTES = 4 * 1024 * 1024


class DataFiles(Struct, frozen=True):
    """The content of each file by its path in the folder, and a fault for each that gave none."""

    contents: dict[str, bytes]
    unread: tuple[Fault, ...] = ()


def read_folder(root: Path) -> DataFiles:
    """Read every TOML file below a folder, in the order of their names.

    Raises KnowledgeError if there is no such folder.
    """
    if not _looked_at(root, root.is_dir):
        raise KnowledgeError(str(root), [Fault("", "", "there is no such folder")])
    return read_files((path.relative_to(root).as_posix(), path) for path in root.rglob("*.toml"))


def read_overlay_files(path: Path) -> DataFiles:
    """Read an overlay: one TOML file, or every one in a folder. Names begin with that of `path`.

    Raises KnowledgeError if there is no such file or folder.
    """
    if _looked_at(path, path.is_dir):
        named = (
            (path.name + "/" + p.relative_to(path).as_posix(), p) for p in path.rglob("*.toml")
        )
        return read_files(named)
    if not path.exists():
        raise KnowledgeError(f"{path}", [Fault("", "", "there is no such file or folder")])
    return read_files(iter([(path.name, path)]))


def _looked_at(path: Path, look: Callable[[], bool]) -> bool:
    """What a look tells. Raises KnowledgeError where one may not look."""
    try:
        return look()
    except OSError as error:
        why = (error.strerror or "unknown fault").lower()
        raise KnowledgeError(str(path), [Fault("", "", f"cannot be read ({why})")]) from None


def read_files(named: Iterator[tuple[str, Path]]) -> DataFiles:
    """Read files, each under the name that faults call it by."""
    contents: dict[str, bytes] = {}
    faults: list[Fault] = []
    # Sorted, so that messages and the order of rules do not depend on the file system.
    for name, path in sorted(named):
        try:
            contents[name] = _content(path)
        except OSError as error:
            why = (error.strerror or "unknown fault").lower()
            faults.append(Fault(name, "", f"cannot be read ({why})"))
        except _NotAFileError as error:
            faults.append(Fault(name, "", str(error)))
    return DataFiles(contents, tuple(faults))


class _NotAFileError(Exception):
    """What stands where a data file belongs, as a message."""


def _content(path: Path) -> bytes:
    about = path.stat()
    if stat.S_ISDIR(about.st_mode):
        raise _NotAFileError("is a folder, and a file is needed here")
    if not stat.S_ISREG(about.st_mode):
        raise _NotAFileError("is no regular file, but a pipe, socket or device")
    if about.st_size > MOST_BYTES:
        raise _NotAFileError(
            f"has {about.st_size} bytes, and a data file has {MOST_BYTES} at most: split it, "
            "or look whether it is the right file"
        )
    return path.read_bytes()
