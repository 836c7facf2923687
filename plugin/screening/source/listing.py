"""What a source holds: the files to read, and everything else by name with what became of it.

Links to files are followed, links to folders are not: they may lead in a circle, or out of the
source into all of a disk.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from enum import Enum
from pathlib import Path

from msgspec import Struct

from plugin.errors import InputUnreadable
from plugin.screening.visible import visible

STDIN = "-"
# Files that people keep beside an export, and that cannot hold FHIR as JSON.
NOT_FHIR = frozenset({".csv", ".html", ".log", ".md", ".pdf", ".tsv", ".txt", ".xml"})
LINKED_FOLDER = "is a link to a folder, which is not followed; screen that folder, or copy it here."
DANGLING = "is a link to something that is not there; correct or remove the link."
NO_FILE = "is no regular file, but a pipe, socket or device; put what it gives into a file."


class SourceFile(Struct, frozen=True):
    """A file of the source, by the name that messages use; `path` is None for standard input."""

    name: str
    path: Path | None

    @property
    def read_once(self) -> bool:
        """True for what is no file on a disk: standard input, a pipe. Copy it to read it again."""
        return self.path is None or (self.path.exists() and not self.path.is_file())


class NotRead(Struct, frozen=True):
    """A file or folder of the source that cannot be read, and why."""

    name: str
    reason: str


class Source(Struct, frozen=True):
    """The files to read, and by name what is left alone. Each is sorted by name."""

    files: tuple[SourceFile, ...] = ()
    not_read: tuple[NotRead, ...] = ()
    passed_over: tuple[str, ...] = ()  # by the ending of their names
    hidden: tuple[str, ...] = ()  # their names, or those of their folders, begin with a dot
    results: tuple[str, ...] = ()  # what this very run will write anew


class _Kind(Enum):
    READ = "files"
    PASSED_OVER = "passed_over"
    HIDDEN = "hidden"
    RESULT = "results"


def find(source: str, leave_out: frozenset[Path] = frozenset()) -> Source:
    """List what SOURCE holds. `leave_out` are the files of the results, never read back.

    Raises InputUnreadable if SOURCE is not there, cannot be read or is a folder without a file.
    """
    if source == STDIN:
        if sys.stdin is None:
            raise InputUnreadable("standard input is closed; pipe the NDJSON in, or name a file.")
        return Source((SourceFile("standard input", None),))
    path = Path(source)
    try:
        if not stat.S_ISDIR(path.stat().st_mode):
            return Source((SourceFile(_said(Path(path.name)), path),))
        os.scandir(path).close()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise InputUnreadable(
            f"{source}: no such file or folder; name a folder of NDJSON, one file, or - for "
            "standard input."
        ) from error
    except OSError as error:
        raise InputUnreadable(f"{source}: {unreadable(error)}") from error
    found = _listed(path, leave_out)
    if not found.files and not found.not_read:
        raise InputUnreadable(
            f"{source}: the folder holds no file to read{_beside(found)}; put the NDJSON files of "
            "an export in it."
        )
    return found


def unreadable(error: OSError) -> str:
    """Why something cannot be read, as the end of a sentence."""
    fault = (error.strerror or "unknown fault").lower()
    return f"cannot be read ({fault}); check the path and its permissions."


def _listed(folder: Path, leave_out: frozenset[Path]) -> Source:
    names: dict[_Kind, list[Path]] = {kind: [] for kind in _Kind}
    not_read: list[tuple[Path, str]] = []
    for path, found in _walk(folder):
        inside = path.relative_to(folder)
        if isinstance(found, str):
            not_read.append((inside, found))
        else:
            result = Path(os.path.realpath(path)) in leave_out
            names[_Kind.RESULT if result else found].append(inside)
    for paths in names.values():
        paths.sort()
    return Source(
        files=tuple(SourceFile(_said(inside), folder / inside) for inside in names[_Kind.READ]),
        not_read=tuple(NotRead(_said(inside), reason) for inside, reason in sorted(not_read)),
        passed_over=tuple(map(_said, names[_Kind.PASSED_OVER])),
        hidden=tuple(map(_said, names[_Kind.HIDDEN])),
        results=tuple(map(_said, names[_Kind.RESULT])),
    )


def _walk(folder: Path) -> Iterator[tuple[Path, _Kind | str]]:
    """Everything below a folder but plain folders: what it is, or why it cannot be read."""
    faults: list[OSError] = []
    for place, folders, files in os.walk(folder, onerror=faults.append):
        for name in (*folders, *files):
            path = Path(place, name)
            if name.startswith("."):
                yield path, _Kind.HIDDEN
            elif name in files:
                yield path, _judged(path)
            elif path.is_symlink():
                yield path, LINKED_FOLDER
        folders[:] = [name for name in folders if not name.startswith(".")]
    for fault in faults:
        yield Path(fault.filename), unreadable(fault)


def _judged(path: Path) -> _Kind | str:
    """What a file is by its name, or why it cannot be one."""
    plain = path.with_suffix("") if path.suffix.lower() == ".gz" else path
    if plain.suffix.lower() in NOT_FHIR:
        return _Kind.PASSED_OVER
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return DANGLING
    except OSError as error:
        return unreadable(error)
    return _Kind.READ if stat.S_ISREG(mode) else NO_FILE


def _said(path: Path) -> str:
    """A name as messages have it: any bytes may be a name, and not all of them may be shown."""
    return visible(os.fsencode(path).decode("utf-8", "replace"))


def _beside(found: Source) -> str:
    names = [*found.passed_over, *found.hidden, *found.results]
    return f" (left alone: {', '.join(names)})" if names else ""
