"""Medications and Specimens that an export points to and no file of it holds.

Some servers leave them out of an export of patients or of a group. Without the Medications the
drugs of orders are not known; without the Specimens a result of haemolysed blood counts. They are
read by id, at the pace and with the token of the run.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

from msgspec import Struct

from plugin.addresses.fhir import own_id
from plugin.fhir_client.faults import FetchFault, Outcome
from plugin.reading.repair import decode
from plugin.reading.shapes import CLASSES, Medication, Medicine, Observation, Resource, Specimen
from plugin.screening.remote.asking import Asker
from plugin.screening.remote.bulk.downloads import AT_ONCE
from plugin.screening.remote.bulk.manifest import ExportFile
from plugin.screening.remote.bulk.reported import lines_in
from plugin.screening.remote.bulk.room import Room
from plugin.screening.remote.fleet.getting import name_of, read
from plugin.screening.remote.fleet.record import on_one_line, references
from plugin.screening.remote.keeping import write_whole
from plugin.screening.remote.together import side_by_side

MOST = 10_000  # asked for one by one: some 17 minutes at the usual pace
_MOST_ROUNDS = 3  # of what is pointed to by what was pointed to
# The server is not there: the run ends, and goes on later. All else is its answer.
_AWAY = frozenset({Outcome.UNREACHABLE, Outcome.TIMED_OUT, Outcome.BUSY})


class Kind(Struct, frozen=True):
    """What is pointed to, by what, and what it means not to have it."""

    name: str
    by: tuple[type[Resource], ...]
    whose: str
    without: str

    @property
    def file(self) -> str:
        return f"{self.name}-by-id.ndjson"

    @property
    def holding(self) -> frozenset[str]:
        """The types of files that speak of it; a file may have none."""
        return frozenset(
            {"", self.name, *(one.__name__ for one in CLASSES if issubclass(one, self.by))}
        )


KINDS = (
    Kind("Medication", (Medicine, Medication), "orders", "such orders stay unread"),
    Kind(
        "Specimen",
        (Observation, Specimen),
        "results",
        "no haemolysed sample of them is known",
    ),
)


class Referred(Struct, frozen=True):
    """What came of it: the names of files, and sentences for the user."""

    files: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()


def fetch_referred(
    asker: Asker, folder: Path, files: Sequence[ExportFile], types: Sequence[str], room: Room
) -> Referred:
    """Read what is missing of the types that were asked for into the folder.

    Raises FetchFault where the server is not there.
    """
    names: list[str] = []
    lines: list[str] = []
    for kind in KINDS:
        paths = [folder / file.name for file in files if file.type in kind.holding]
        wanted = _missing(asker, kind, paths) if kind.name in types else set()
        if len(wanted) > MOST:
            lines.append(
                f"{kind.whose} point to more than {MOST} {kind.name}s that are not in the export; "
                f"they are not read one by one, and {kind.without}"
            )
        elif wanted:
            reader = _Reader(asker, kind)
            found = reader.all(wanted)
            lines.append(_said(kind, len(found), len(wanted), reader.refused))
            if found:
                rows = b"".join(on_one_line(found[id_]) + b"\n" for id_ in sorted(found))
                room.take(kind.file, len(rows))
                write_whole(folder / kind.file, rows)
                names.append(kind.file)
    return Referred(tuple(names), tuple(lines))


def _said(kind: Kind, found: int, wanted: int, refused: FetchFault | None) -> str:
    why = f" ({refused.message})" if refused else ""
    return (
        f"{kind.name}s that {kind.whose} point to and the export does not hold: {wanted}; read by "
        f"id: {found}{why}"
    )


def _missing(asker: Asker, kind: Kind, paths: Iterable[Path]) -> set[str]:
    """The ids that are pointed to and not there; no more than are worth counting."""
    wanted: set[str] = set()
    for line in _lines(paths, f"{kind.name}/".encode()):
        wanted |= _pointed_to(asker, kind, line)
    if wanted:
        for line in _lines(paths, f'"{kind.name}"'.encode()):
            name, id_ = name_of(line)
            if name == kind.name:
                wanted.discard(id_)
    return wanted


def _lines(paths: Iterable[Path], having: bytes) -> Iterator[bytes]:
    return (line for path in paths for line in lines_in(path) if having in line)


def _pointed_to(asker: Asker, kind: Kind, raw: bytes) -> set[str]:
    resource = decode(raw).resource
    if not isinstance(resource, kind.by):
        return set()
    base = asker.server.base
    return {own_id(base, one, kind.name) for one in references(resource)} - {""}


class _Reader:
    """Reads what is pointed to, and what that is made of, until the server refuses."""

    def __init__(self, asker: Asker, kind: Kind) -> None:
        self.refused: FetchFault | None = None
        self._kind = kind
        self._asker = asker

    def all(self, wanted: set[str]) -> dict[str, bytes]:
        """Those that are there, by id. Raises FetchFault where the server is not there."""
        found: dict[str, bytes] = {}
        seen: set[str] = set()
        for _ in range(_MOST_ROUNDS):
            waiting = sorted(wanted - seen)[: MOST - len(seen)]
            seen.update(waiting)
            results = side_by_side(waiting, self._one, self._asker.pace, AT_ONCE)
            with closing(results):
                for id_, raw in results:
                    if isinstance(raw, Exception):
                        raise raw
                    if raw:
                        found[id_] = raw
                        wanted |= _pointed_to(self._asker, self._kind, raw)
        return found

    def _one(self, id_: str) -> bytes:
        """One; nothing where it is not there, or the server has refused another."""
        if self.refused:
            return b""
        try:
            return read(self._asker, self._kind.name, id_)
        except FetchFault as fault:
            if fault.outcome in _AWAY:
                raise
            if fault.outcome is not Outcome.NOT_FOUND:
                self.refused = fault
            return b""
