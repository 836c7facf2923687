"""A release where it lies: a zip as NLM publishes it, or the folder that it was unpacked into.

Nothing is unpacked to disk. A full release also holds the prescribable subset in a folder of its
own; the whole is read, and the subset only where there is nothing else.
"""

from __future__ import annotations

import os
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from msgspec import Struct

from knowledge.terminology.release.faults import ReleaseUnreadable
from knowledge.terminology.release.layout import CONSO, FILES, FileLayout
from knowledge.terminology.release.rows import Readable

SUBSET = "prescribe"
MOST_BYTES = 16 << 30  # of one file, unpacked; the largest of a full release has about 1 GiB
MOST_PACKED = 200  # bytes unpacked for one that is stored; tables of text have about 15
DEEPEST = 3  # folders below the one that is named
_ENCRYPTED = 0x1
_AGAIN = "fetch the release again from NLM"


class Part(Struct, frozen=True):
    """A file of the release: where it is within the source, and its size when unpacked."""

    path: str
    size: int


class ReleaseSource:
    """An open release. `names` are all its files, for what they say of its version."""

    def __init__(self, path: Path, names: dict[str, int], archive: zipfile.ZipFile | None) -> None:
        self._path = path
        self._archive = archive
        self.name = path.name or path.resolve().name
        self.names = tuple(names)
        self.folder = _folder_of(names, str(path))
        held = {PurePosixPath(name): size for name, size in names.items()}
        self.parts = {
            layout.name: Part(str(name), size)
            for layout in FILES
            for name, size in held.items()
            if name.parent == self.folder and name.name.upper() == layout.name
        }
        for layout in FILES:
            if layout.required and layout.name not in self.parts:
                raise ReleaseUnreadable(
                    f"{path}: {layout.name} is missing beside {CONSO.name}; {_AGAIN}, and give it "
                    "whole."
                )

    @contextmanager
    def open(self, layout: FileLayout) -> Iterator[Readable]:
        """The bytes of a file that is there. Raises ReleaseUnreadable where they are damaged."""
        part = self.parts[layout.name]
        try:
            with self._stream(part) as stream:
                yield stream
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
            raise ReleaseUnreadable(
                f"{self._path}: {part.path} is damaged in the zip ({error}); {_AGAIN}."
            ) from error
        except OSError as error:
            why = (error.strerror or "unknown fault").lower()
            raise ReleaseUnreadable(
                f"{self._path}: {part.path} cannot be read ({why}); check the disk and its rights."
            ) from error

    def _stream(self, part: Part) -> IO[bytes]:
        if self._archive is not None:
            return self._archive.open(part.path)
        return (self._path / part.path).open("rb")


@contextmanager
def open_release(path: Path) -> Iterator[ReleaseSource]:
    """Open a release. Raises ReleaseUnreadable if it is not one that can be read."""
    if os.path.isdir(path):  # False where that cannot be told, which opening it then says
        yield ReleaseSource(path, _files_below(path), None)
        return
    try:
        archive = zipfile.ZipFile(path)
    except zipfile.BadZipFile as error:
        raise ReleaseUnreadable(
            f"{path}: is no zip, or one that ends early ({str(error).lower()}); {_AGAIN}."
        ) from error
    except OSError as error:
        why = (error.strerror or "unknown fault").lower()
        raise ReleaseUnreadable(
            f"{path}: cannot be read ({why}); name the zip of a RxNorm release, or its folder."
        ) from error
    with archive:
        yield ReleaseSource(path, _members(archive, path), archive)


def _members(archive: zipfile.ZipFile, path: Path) -> dict[str, int]:
    found = {}
    for member in archive.infolist():
        name = PurePosixPath(member.filename.replace("\\", "/"))
        if name.is_absolute() or ".." in name.parts:
            raise ReleaseUnreadable(
                f"{path}: holds a file outside of its folder ({member.filename[:100]!r}), so it is "
                f"no release of NLM; {_AGAIN}."
            )
        if member.flag_bits & _ENCRYPTED:
            raise ReleaseUnreadable(f"{path}: {name} is encrypted; NLM's are not. {_AGAIN}.")
        large = member.file_size > MOST_BYTES
        if large or member.file_size > MOST_PACKED * max(member.compress_size, 1 << 10):
            raise ReleaseUnreadable(
                f"{path}: {name} would unpack to {member.file_size} bytes, which no file of a "
                f"release has; {_AGAIN}."
            )
        if not member.is_dir():
            found[member.filename] = member.file_size
    return found


def _files_below(path: Path) -> dict[str, int]:
    found = {}
    try:
        for depth in range(DEEPEST + 1):
            for each in sorted(path.glob("*/" * depth + "*")):
                if each.is_file():
                    found[each.relative_to(path).as_posix()] = each.stat().st_size
    except OSError as error:
        why = (error.strerror or "unknown fault").lower()
        raise ReleaseUnreadable(
            f"{path}: cannot be listed ({why}); check its rights and those of its folders."
        ) from error
    return found


def _folder_of(names: dict[str, int], path: str) -> PurePosixPath:
    """The folder of the release within the source: the one that has RXNCONSO.RRF."""
    folders = [name.parent for name in map(PurePosixPath, names) if name.name.upper() == CONSO.name]
    whole = [folder for folder in folders if SUBSET not in map(str.lower, folder.parts)]
    found = whole or folders
    if not found:
        raise ReleaseUnreadable(
            f"{path}: {CONSO.name} is not in it; name the zip of a RxNorm release as published, or "
            "the folder that it was unpacked into."
        )
    if len(found) > 1:
        both = " and ".join(sorted(map(str, found))[:2])
        raise ReleaseUnreadable(
            f"{path}: holds more than one release ({both}); name the folder of the one to import."
        )
    return found[0]
