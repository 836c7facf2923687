"""What stands at a URI that Spark can read: files by name, and what is left alone."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Any

from msgspec import Struct

from plugin.errors import InputUnreadable
from plugin.screening.run.acquire import Acquired
from plugin.screening.run.inputs import Input
from plugin.screening.source.earlier import PACKING, plain_name
from plugin.screening.source.listing import Source, SourceFile
from plugin.screening.source.walking import NOT_FHIR
from plugin.screening.spark.faults import kind_of, said_of_path
from plugin.screening.spark.session import Session
from plugin.screening.visible import visible

# Up to here Spark gives a file to one executor in whole, and all of our own reading works on it.
WHOLE_BYTES = 64 * 1024 * 1024
_MOST_PACKED = (2 << 30) - 1024  # bytes: a value of Spark's is not longer
_HIDDEN = (".", "_")  # as Spark has it: names that begin so are its own


class Remote(Struct, frozen=True):
    """A file that Spark reads, by its path as Spark has it: nothing in it is percent-encoded."""

    path: str
    size: int
    in_whole: bool


class Listed(Struct, frozen=True):
    """What stands at a URI, for a run, and how Spark is to read each file, by name."""

    acquired: Acquired
    files: dict[str, Remote]


def list_remote(session: Session, source: str) -> Listed:
    """List a file, a folder or a pattern. Raises InputUnreadable if nothing is there to read."""
    from py4j.protocol import Py4JError  # noqa: PLC0415

    try:
        found = _statuses(session, source)
    except Py4JError as error:
        raise InputUnreadable(
            f"{source}: Spark cannot list it ({kind_of(error)}: {said_of_path(error)}); check the "
            "address, the permissions, and that Spark has what reads such addresses."
        ) from error
    files: dict[str, Remote] = {}
    inputs: list[Input] = []
    passed_over: list[str] = []
    hidden: list[str] = []
    for name, status in sorted(found, key=lambda one: one[0]):
        path = PurePosixPath(name)
        said = visible(name)
        if any(part.startswith(_HIDDEN) for part in path.parts):
            hidden.append(said)
        elif Path(plain_name(Path(path.name))).suffix.lower() in NOT_FHIR:
            passed_over.append(said)
        else:
            files[said] = _remote(status)
            inputs.append(Input(said, int(status.getLen()), int(status.getModificationTime())))
    if not files:
        beside = f" (left alone: {', '.join(passed_over + hidden)})" if passed_over + hidden else ""
        raise InputUnreadable(f"{source}: there is no file to read{beside}; check the address.")
    listed = Source(
        files=tuple(SourceFile(name, None) for name in files),
        passed_over=tuple(passed_over),
        hidden=tuple(hidden),
    )
    return Listed(Acquired(listed, tuple(inputs)), files)


def _statuses(session: Session, source: str) -> list[tuple[str, Any]]:
    """The files at a URI, each with its name below it."""
    java = session.context._jvm
    path = java.org.apache.hadoop.fs.Path(source)
    system = path.getFileSystem(session.context._jsc.hadoopConfiguration())
    matches = system.globStatus(path)
    found: list[tuple[str, Any]] = []
    for match in matches or ():
        root = match.getPath()
        if not match.isDirectory():
            found.append((str(root.getName()), match))
            continue
        below = str(root.toUri().getPath()).rstrip("/") + "/"
        files = system.listFiles(root, True)
        while files.hasNext():
            status = files.next()
            found.append((str(status.getPath().toUri().getPath()).removeprefix(below), status))
    names = [name for name, _ in found]
    if len(set(names)) < len(names):  # of several folders
        return [(str(status.getPath().toUri().getPath()), status) for _, status in found]
    return found


def _remote(status: Any) -> Remote:
    path = status.getPath()
    size = int(status.getLen())
    packed = path.getName().lower().endswith(PACKING)
    return Remote(
        path=str(path.toString()),
        size=size,
        in_whole=size <= WHOLE_BYTES or (packed and size <= _MOST_PACKED),
    )
