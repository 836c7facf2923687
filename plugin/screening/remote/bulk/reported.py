"""What a server reports beside the data: what went wrong, and what is no more."""

from __future__ import annotations

import gzip
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, cast

import msgspec
from msgspec import Struct

from plugin.fhir_client.faults import FetchFault, Outcome
from plugin.screening.remote.keeping import disk_faults

_GZIP_MAGIC = b"\x1f\x8b"
_LONGEST = 16 * 1024 * 1024  # of a line that is looked into
_MOST_DELETED = 5_000_000
_SEVERITIES = ("fatal", "error", "warning", "information")


class _Outcome(Struct):
    resourceType: str = ""  # noqa: N815 - FHIR's own name
    issue: Any = ()


class _Named(Struct):
    resourceType: str = ""  # noqa: N815 - FHIR's own name
    id: str = ""


class _Bundle(Struct):
    resourceType: str = ""  # noqa: N815 - FHIR's own name
    entry: Any = ()


_outcome = msgspec.json.Decoder(_Outcome)
_named = msgspec.json.Decoder(_Named)
_bundle = msgspec.json.Decoder(_Bundle)
_UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class Said(Struct, frozen=True):
    """What the OperationOutcomes of a file say, by severity; `strange` lines are something else."""

    counts: dict[str, int]
    strange: int

    @property
    def line(self) -> str:
        """`2 error, 1 warning`."""
        return ", ".join(f"{count} {kind}" for kind, count in self.counts.items()) or "nothing"


def read_outcomes(path: Path) -> Said:
    """Count what an error file says: the worst severity of each OperationOutcome."""
    found: Counter[str] = Counter()
    strange = 0
    for line in lines_in(path):
        try:
            said = _outcome.decode(line)
        except _UNREADABLE:
            strange += 1
            continue
        if said.resourceType != "OperationOutcome":
            strange += 1
            continue
        issues = said.issue if isinstance(said.issue, list) else []
        words = {str(one.get("severity")) for one in issues if isinstance(one, dict)}
        worst = next((one for one in _SEVERITIES if one in words), "")
        if worst:
            found[worst] += 1
        else:
            strange += 1
    return Said({one: found[one] for one in _SEVERITIES if found[one]}, strange)


def read_deleted(path: Path, into: set[str]) -> int:
    """Add the `Type/id` of what is no more. Returns how many lines could not be read.

    Raises FetchFault for more than can be remembered.
    """
    strange = 0
    for line in lines_in(path):
        try:
            said = _bundle.decode(line)
        except _UNREADABLE:
            strange += 1
            continue
        entries = said.entry if said.resourceType == "Bundle" else None
        if not isinstance(entries, list):
            strange += 1
            continue
        for entry in entries:
            request = entry.get("request") if isinstance(entry, dict) else None
            url = request.get("url") if isinstance(request, dict) else None
            if not isinstance(url, str) or not request or request.get("method") != "DELETE":
                strange += 1
                continue
            into.add("/".join(url.strip().split("/")[-2:]))
        if len(into) > _MOST_DELETED:
            raise FetchFault(
                Outcome.TOO_LARGE, f"it names more than {_MOST_DELETED} deleted resources"
            )
    return strange


def leave_out(path: Path, deleted: set[str]) -> int:
    """Empty the lines of a file whose resources are no more; the others keep their numbers.

    Returns how many. The file is replaced whole.
    """
    beside = path.with_name(f"{path.name}.tmp")
    left_out = 0
    with disk_faults():
        with _opened(path) as stream, gzip_or_plain(beside, path) as out:
            for line in iter(lambda: stream.readline(_LONGEST), b""):
                if _name(line) in deleted:
                    left_out += 1
                    out.write(b"\n")
                else:
                    out.write(line)
        if left_out:
            beside.replace(path)
        else:
            beside.unlink()
    return left_out


def _name(line: bytes) -> str:
    try:
        said = _named.decode(line)
    except _UNREADABLE:
        return ""
    return f"{said.resourceType}/{said.id}"


@contextmanager
def gzip_or_plain(path: Path, like: Path) -> Iterator[BinaryIO]:
    """A new file of our own, packed if another is."""
    with like.open("rb") as other:
        packed = other.read(2) == _GZIP_MAGIC
    path.touch(mode=0o600)
    if packed:
        with gzip.open(path, "wb", compresslevel=1) as out:
            yield cast("BinaryIO", out)
    else:
        with path.open("wb") as plain:
            yield plain


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    with path.open("rb") as file:
        packed = file.peek(2).startswith(_GZIP_MAGIC)
        yield cast("BinaryIO", gzip.GzipFile(fileobj=file)) if packed else file


def lines_in(path: Path) -> Iterator[bytes]:
    """The lines that are not empty; one that is too long comes in pieces, which are strange."""
    with disk_faults(), _opened(path) as stream:
        try:
            for line in iter(lambda: stream.readline(_LONGEST), b""):
                if line.strip():
                    yield line
        except (EOFError, zlib.error):  # it was whole when it came
            yield b"broken"
