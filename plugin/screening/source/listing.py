"""What a source holds: the files to read, and everything else by name with what became of it."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct

from plugin.errors import InputUnreadable
from plugin.screening.outcome import Failed
from plugin.screening.source.walking import Found, Kind, has_magic, matching, unreadable, walk
from plugin.screening.visible import visible

STDIN = "-"


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
    results: tuple[str, ...] = ()  # which this run will write anew, or an earlier one wrote
    failed: tuple[Failed, ...] = ()  # patients of whom not all could be fetched: in no file

    @property
    def lost(self) -> tuple[tuple[str, str], ...]:
        """What should be there and cannot be read: files and patients, each with its reason."""
        return (
            *((one.name, one.reason) for one in self.not_read),
            *((one.patient, one.reason) for one in self.failed),
        )


def find(source: str, leave_out: frozenset[Path] = frozenset()) -> Source:
    """List what SOURCE holds: a file, a folder, a pattern such as `export/**/*.ndjson`, or `-`.

    A path that is there is never taken for a pattern. `leave_out` are the files of the results,
    never read back. Raises InputUnreadable if SOURCE is not there, cannot be read or holds no file.
    """
    if source == STDIN:
        if sys.stdin is None:
            raise InputUnreadable("standard input is closed; pipe the NDJSON in, or name a file.")
        return Source((SourceFile("standard input", None),))
    path = Path(source)
    if has_magic(source) and not os.path.lexists(path):
        return _by_pattern(source, leave_out)
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            os.scandir(path).close()
        elif stat.S_ISREG(mode):
            path.open("rb").close()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise InputUnreadable(
            f"{source}: no such file or folder; name a folder of NDJSON, one file, a pattern in "
            "quotes, or - for standard input."
        ) from error
    except OSError as error:
        raise InputUnreadable(f"{source}: {unreadable(error)}") from error
    if not stat.S_ISDIR(mode):
        return Source((SourceFile(_said(Path(path.name)), path),))
    found = _sorted(path, walk(path), leave_out)
    if not found.files and not found.not_read:
        raise InputUnreadable(
            f"{source}: the folder holds no file to read{_beside(found)}; put the NDJSON files of "
            "an export in it."
        )
    return found


def _by_pattern(source: str, leave_out: frozenset[Path]) -> Source:
    """What a pattern means. Names are as below the folder that stands before the first `*`."""
    parts = Path(source).parts
    first = next(place for place, part in enumerate(parts) if has_magic(part))
    folder = Path(*parts[:first])
    found = Source()
    if folder.is_dir():
        found = _sorted(folder, matching(folder, parts[first:]), leave_out)
    if not found.files and not found.not_read:
        raise InputUnreadable(
            f"{source}: no file to read has such a name{_beside(found)}; put the pattern in "
            "quotes, and see what is there."
        )
    return found


def _sorted(folder: Path, found: Iterable[Found], leave_out: frozenset[Path]) -> Source:
    names: dict[Kind, list[Path]] = {kind: [] for kind in Kind}
    not_read: list[tuple[Path, str]] = []
    for path, kind in dict(found).items():
        inside = path.relative_to(folder)
        if isinstance(kind, str):
            not_read.append((inside, kind))
        else:
            result = Path(os.path.realpath(path)) in leave_out
            names[Kind.RESULT if result else kind].append(inside)
    for paths in names.values():
        paths.sort()
    return Source(
        files=tuple(SourceFile(_said(inside), folder / inside) for inside in names[Kind.READ]),
        not_read=tuple(NotRead(_said(inside), reason) for inside, reason in sorted(not_read)),
        passed_over=tuple(map(_said, names[Kind.PASSED_OVER])),
        hidden=tuple(map(_said, names[Kind.HIDDEN])),
        results=tuple(map(_said, names[Kind.RESULT])),
    )


def _said(path: Path) -> str:
    """A name as messages have it: any bytes may be a name, and not all of them may be shown."""
    return visible(os.fsencode(path).decode("utf-8", "replace"))


def _beside(found: Source) -> str:
    names = [*found.passed_over, *found.hidden, *found.results]
    return f" (left alone: {', '.join(names)})" if names else ""
