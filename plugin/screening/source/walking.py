"""Everything that stands in a folder or is meant by a pattern: what it is, by name and kind.

Links to files are followed, links to folders are not: they may lead in a circle, or out of the
source into all of a disk. A folder that a pattern names in full is followed, wherever it is.
"""

from __future__ import annotations

import fnmatch
import os
import stat
from collections.abc import Iterator, Sequence
from enum import Enum
from pathlib import Path
from typing import TypeAlias

from plugin.screening.source.earlier import is_of_an_earlier_run, plain_name

# Files that people keep beside an export, and that cannot hold FHIR as JSON.
NOT_FHIR = frozenset({".csv", ".html", ".log", ".md", ".parquet", ".pdf", ".tsv", ".txt", ".xml"})
LINKED_FOLDER = "is a link to a folder, which is not followed; screen that folder, or copy it here."
DANGLING = "is a link to something that is not there; correct or remove the link."
NO_FILE = "is no regular file, but a pipe, socket or device; put what it gives into a file."
ANY_DEPTH = "**"
_MAGIC = frozenset("*?[")


class Kind(Enum):
    """What becomes of a file by its name and its nature."""

    READ = "files"
    PASSED_OVER = "passed_over"
    HIDDEN = "hidden"
    RESULT = "results"


# A path, and its kind or why it cannot be read.
Found: TypeAlias = tuple[Path, Kind | str]


def has_magic(text: str) -> bool:
    """Whether a path or a part of one is a pattern."""
    return not _MAGIC.isdisjoint(text)


def walk(folder: Path) -> Iterator[Found]:
    """Everything below a folder but plain folders."""
    faults: list[OSError] = []
    for place, folders, files in os.walk(folder, onerror=faults.append):
        for name in files:
            path = Path(place, name)
            yield path, Kind.HIDDEN if _is_hidden(name) else judged(path)
        for name in folders:
            path = Path(place, name)
            if _is_hidden(name):
                yield path, Kind.HIDDEN
            elif path.is_symlink():
                yield path, LINKED_FOLDER
        folders[:] = [name for name in folders if not _is_hidden(name)]
    for fault in faults:
        yield Path(fault.filename), unreadable(fault)


def matching(folder: Path, parts: Sequence[str]) -> Iterator[Found]:
    """What a pattern means: its `parts`, below a folder. A folder that it means is walked.

    `**` stands for folders of any depth. A name that begins with a dot is meant only by a part
    that does. One thing may come more than once.
    """
    part, rest = parts[0], parts[1:]
    if part == ANY_DEPTH and not rest:
        yield from walk(folder)
        return
    if part == ANY_DEPTH:
        yield from matching(folder, rest)
    for path, fault in _named(folder, "*" if part == ANY_DEPTH else part):
        is_folder = path.is_dir()
        if fault:
            yield path, fault
        elif _is_hidden(path.name) and not _is_hidden(part):
            if is_folder or not rest:
                yield path, Kind.HIDDEN
        elif is_folder and path.is_symlink() and has_magic(part):
            yield path, LINKED_FOLDER
        elif part == ANY_DEPTH:
            if is_folder:
                yield from matching(path, parts)
        elif is_folder:
            yield from matching(path, rest or (ANY_DEPTH,))
        elif not rest:
            yield path, judged(path, part)


def _named(folder: Path, part: str) -> Iterator[tuple[Path, str]]:
    """What stands in a folder under the names that a part means, or why that is not known."""
    if not has_magic(part):
        path = folder / part
        if os.path.lexists(path):
            yield path, ""
        return
    try:
        names = os.listdir(folder)
    except OSError as error:
        yield folder, unreadable(error)
        return
    for name in names:
        if fnmatch.fnmatchcase(name, part):
            yield folder / name, ""


def _is_hidden(name: str) -> bool:
    return name.startswith(".")


def judged(path: Path, asked_for: str = "") -> Kind | str:
    """What a file is by its name, or why it cannot be one.

    The part of a pattern it was `asked_for` by may name an ending that is passed over otherwise.
    """
    ending = Path(plain_name(path)).suffix.lower()
    if ending in NOT_FHIR and Path(asked_for).suffix.lower() != ending:
        is_result = path.is_file() and is_of_an_earlier_run(path)
        return Kind.RESULT if is_result else Kind.PASSED_OVER
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return DANGLING
    except OSError as error:
        return unreadable(error)
    if not stat.S_ISREG(mode):
        return NO_FILE
    return Kind.RESULT if is_of_an_earlier_run(path) else Kind.READ


def unreadable(error: OSError) -> str:
    """Why something cannot be read, as the end of a sentence."""
    fault = (error.strerror or "unknown fault").lower()
    return f"cannot be read ({fault}); check the path and its permissions."
