"""The folder of work of one run: what lies where, and how a stage leaves it.

A stage writes beside its output what came of it (`...Done`), and that file last. Whatever has such
a file is finished; all else is made anew. Only the user of the run may read any of it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TypeVar

import msgspec
from msgspec import Struct

from plugin.errors import CrampcheckError
from plugin.screening.outcome import Quarantined

Done = TypeVar("Done")
_OURS = 0o600


class Work(Struct, frozen=True):
    """A folder of work, and into how many partitions its patients are divided."""

    folder: str
    partitions: int

    def spill(self, chunk: int) -> Path:
        """The rows of one chunk."""
        return Path(self.folder, f"chunk-{chunk:06}.rows")

    def left_out(self, chunk: int) -> Path:
        """The lines of one chunk that are nobody's; not there where there are none."""
        return Path(self.folder, f"chunk-{chunk:06}.left")

    def chunk_done(self, chunk: int) -> Path:
        return Path(self.folder, f"chunk-{chunk:06}.done")

    @property
    def shared(self) -> Path:
        """The resources that patients share, and the addresses of patients."""
        return Path(self.folder, "shared.sqlite")

    @property
    def moved(self) -> Path:
        """The rows that belong to a patient of another partition."""
        return Path(self.folder, "moved.rows")

    @property
    def join_done(self) -> Path:
        return Path(self.folder, "join.done")

    def part(self, partition: int) -> Path:
        """What came of the patients of one partition, sorted by reference."""
        return Path(self.folder, f"part-{partition:06}.rows")

    def partition_done(self, partition: int) -> Path:
        return Path(self.folder, f"part-{partition:06}.done")


class Segment(Struct, frozen=True, array_like=True):
    """Where in a file of rows those of one partition lie."""

    partition: int
    offset: int
    length: int


class ChunkDone(Struct, frozen=True):
    """What came of one chunk. Lines count from 1 where its part of a file begins."""

    number: int
    file: str  # the first of those that it holds
    lines: int  # blank ones and those in quarantine too
    size: int  # bytes of the lines
    documents: int  # lines that are not blank and have no fault
    placed: int  # those that were given to patients, set aside, quarantined or passed over
    kept: dict[str, int]  # resources by type
    set_aside: dict[str, int]  # resources by type
    quarantined: int  # rows about lines, which lie in a file of their own
    whole: tuple[Quarantined, ...]  # those about the file
    earlier: tuple[str, ...]  # files with answers of an earlier run, which were passed over
    segments: tuple[Segment, ...]


class JoinDone(Struct, frozen=True):
    """What came of looking beyond documents."""

    shared: int  # different resources that patients may share
    aliases: int  # addresses of patients that are not made of their ids
    moved: tuple[Segment, ...]


class PartitionDone(Struct, frozen=True):
    """What came of the patients of one partition."""

    number: int
    patients: int
    entries: int
    size: int  # bytes of the part


@contextmanager
def written(path: Path) -> Iterator[BinaryIO]:
    """A file that has its name when all of it is written. Raises CrampcheckError."""
    beside = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _OURS)
        with os.fdopen(handle, "wb", buffering=1 << 20) as file:
            yield file
        beside.replace(path)
    except OSError as error:
        raise cannot_write(path, error) from error
    finally:
        beside.unlink(missing_ok=True)


def cannot_write(path: Path, error: OSError) -> CrampcheckError:
    """The sentence about a file of work that cannot be written."""
    fault = (error.strerror or "unknown fault").lower()
    return CrampcheckError(
        f"{path}: cannot be written ({fault}); see that the disk has room and the folder is yours."
    )


def leave(path: Path, done: object) -> None:
    """Say that a stage is done: the last thing it does."""
    with written(path) as file:
        file.write(msgspec.msgpack.encode(done))


def left(path: Path, kind: type[Done]) -> Done | None:
    """What an earlier call left; None if it did not come to its end."""
    try:
        return msgspec.msgpack.decode(path.read_bytes(), type=kind)
    except (FileNotFoundError, msgspec.MsgspecError):
        return None


def finished(path: Path, kind: type[Done]) -> Done:
    """What a stage left. Raises CrampcheckError if it has not come to its end."""
    done = left(path, kind)
    if done is None:
        raise CrampcheckError(f"{path}: is not there or damaged; remove the folder and run again.")
    return done
