"""Medications that orders of an export point to and no file of it holds: some servers leave them
out of an export of patients or of a group, and without them the drugs of orders are not known.

They are read by id, at the pace and with the token of the run.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

from msgspec import Struct

from plugin.addresses.fhir import own_id
from plugin.fhir_client.faults import FetchFault, Outcome
from plugin.reading.repair import decode
from plugin.reading.shapes import CLASSES, Medication, Medicine
from plugin.screening.remote.asking import Asker
from plugin.screening.remote.bulk.downloads import AT_ONCE
from plugin.screening.remote.bulk.manifest import ExportFile
from plugin.screening.remote.bulk.reported import lines_in
from plugin.screening.remote.bulk.room import Room
from plugin.screening.remote.fleet.getting import name_of, read
from plugin.screening.remote.fleet.record import on_one_line, references
from plugin.screening.remote.keeping import write_whole
from plugin.screening.remote.together import side_by_side

MEDICATION = "Medication"
NAME = "Medication-by-id.ndjson"
MOST = 10_000  # asked for one by one: some 17 minutes at the usual pace
_MOST_ROUNDS = 3  # of what is pointed to by what was pointed to
_POINTING = b"Medication/"
_NAMED = b'"Medication"'
_HOLDING = frozenset(
    {"", MEDICATION, *(cls.__name__ for cls in CLASSES if issubclass(cls, Medicine))}
)
# The server is not there: the run ends, and goes on later. All else is its answer.
_AWAY = frozenset({Outcome.UNREACHABLE, Outcome.TIMED_OUT, Outcome.BUSY})


class Referred(Struct, frozen=True):
    """What came of it: the name of the file, if there is one, and a sentence, if there is any."""

    file: str = ""
    line: str = ""


def fetch_referred(asker: Asker, folder: Path, files: Sequence[ExportFile], room: Room) -> Referred:
    """Read what is missing into the folder. Raises FetchFault where the server is not there."""
    paths = [folder / file.name for file in files if file.type in _HOLDING]
    wanted = _missing(asker, paths)
    if not wanted:
        return Referred()
    if len(wanted) > MOST:
        return Referred(
            line=f"orders point to more than {MOST} Medications that are not in the export; they "
            "are not read one by one, and such orders stay unread"
        )
    reader = _Reader(asker)
    found = reader.all(wanted)
    rows = b"".join(on_one_line(found[id_]) + b"\n" for id_ in sorted(found))
    room.take(NAME, len(rows))
    if rows:
        write_whole(folder / NAME, rows)
    return Referred(NAME if rows else "", _said(len(found), len(wanted), reader.refused))


def _said(found: int, wanted: int, refused: FetchFault | None) -> str:
    why = f" ({refused.message})" if refused else ""
    return (
        f"Medications that orders point to and the export does not hold: {wanted}; read by id: "
        f"{found}{why}"
    )


def _missing(asker: Asker, paths: Iterable[Path]) -> set[str]:
    """The ids that are pointed to and not there; no more than are worth counting."""
    wanted: set[str] = set()
    for line in _lines(paths, _POINTING):
        wanted |= _pointed_to(asker, line)
    if wanted:
        for line in _lines(paths, _NAMED):
            kind, id_ = name_of(line)
            if kind == MEDICATION:
                wanted.discard(id_)
    return wanted


def _lines(paths: Iterable[Path], having: bytes) -> Iterator[bytes]:
    return (line for path in paths for line in lines_in(path) if having in line)


def _pointed_to(asker: Asker, raw: bytes) -> set[str]:
    resource = decode(raw).resource
    if not isinstance(resource, (Medicine, Medication)):
        return set()
    base = asker.server.base
    return {own_id(base, one, MEDICATION) for one in references(resource)} - {""}


class _Reader:
    """Reads Medications and what they are made of, until the server refuses."""

    def __init__(self, asker: Asker) -> None:
        self.refused: FetchFault | None = None
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
                        wanted |= _pointed_to(self._asker, raw)
        return found

    def _one(self, id_: str) -> bytes:
        """One; nothing where it is not there, or the server has refused another."""
        if self.refused:
            return b""
        try:
            return read(self._asker, MEDICATION, id_)
        except FetchFault as fault:
            if fault.outcome in _AWAY:
                raise
            if fault.outcome is not Outcome.NOT_FOUND:
                self.refused = fault
            return b""
