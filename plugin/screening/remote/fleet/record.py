"""One patient as the server has it: the Patient, each type that is read, what these point to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from msgspec import Struct

from plugin.addresses.fhir import own_id
from plugin.fhir_client.faults import FetchFault, Outcome
from plugin.reading.elements import Reference
from plugin.reading.repair import decode
from plugin.reading.shapes import Medication, Medicine, Observation, Resource
from plugin.reading.source import RawEntry
from plugin.screening.placing.ownership import SHARED, ownership
from plugin.screening.remote.asking import Asker
from plugin.screening.remote.fleet.getting import Room, TokenRefused, read, search
from plugin.screening.remote.fleet.request import FleetRequest
from plugin.screening.remote.fleet.shared import Shared

PATIENT, MEDICATION = "Patient", "Medication"


class Record(Struct, frozen=True):
    """A patient whole. `shared` are by `Type/id`, and may be needed by others too."""

    rows: tuple[bytes, ...]
    shared: dict[str, bytes]


class Lost(Exception):  # noqa: N818
    """A patient of whom not everything could be fetched. Holds no data of the patient."""

    def __init__(self, what: str, fault: FetchFault) -> None:
        self.outcome, self.what = fault.outcome, what
        self.reason = f"{what} could not be fetched: {fault.message}"
        super().__init__(self.reason)


class Records:
    """Fetches patients. Safe to share between threads."""

    def __init__(
        self, asker: Asker, request: FleetRequest, types: Sequence[str], written: Sequence[str]
    ) -> None:
        """`types` are what the server has of what is read; `written` what is here already."""
        self._asker, self._request = asker, request
        self._searched = tuple(one for one in types if one not in (PATIENT, MEDICATION))
        self._referred = tuple(one for one in types if one in SHARED)
        self.shared = Shared(self._one_shared, written)

    def fetch(self, id_: str) -> Record:
        """All of a patient. Raises Lost, TokenRefused, and Stopped."""
        room = Room()
        with _losing(f"the {PATIENT}"):
            rows = [read(self._asker, PATIENT, id_)]
        for kind in self._searched:
            with _losing(kind):
                found = search(self._asker, self._request.query(kind, id_), room)
                _check_owner(found, f"{PATIENT}/{id_}")
            rows += found
        own = {name for raw in rows for name in _own_name(raw)}
        with _losing(f"a {MEDICATION} or Specimen"):
            shared = self.shared.needed(self._pointed_to(rows) - own)
        return Record(tuple(map(on_one_line, rows)), shared)

    def _one_shared(self, key: str) -> tuple[bytes, tuple[str, ...]]:
        kind, _, id_ = key.partition("/")
        try:
            raw = read(self._asker, kind, id_)
        except FetchFault as fault:
            if fault.outcome is Outcome.NOT_FOUND:
                return b"", ()  # in an export it would be missing too: the reading says so
            raise
        return on_one_line(raw), tuple(self._pointed_to([raw]))

    def _pointed_to(self, rows: Sequence[bytes]) -> set[str]:
        """`Type/id` of what these point to on this server, and what the server has of it."""
        base = self._asker.server.base
        return {
            f"{kind}/{id_}"
            for raw in rows
            for reference in references(decode(raw).resource)
            for kind in self._referred
            if (id_ := own_id(base, reference, kind))
        }


def on_one_line(raw: bytes) -> bytes:
    """A resource as a line of NDJSON: in JSON a line break never stands within a value."""
    return raw.replace(b"\r", b" ").replace(b"\n", b" ")


def _check_owner(found: Sequence[bytes], patient: str) -> None:
    """Raise FetchFault for what says that it is of another patient: a search that filters wrongly.

    What says nothing is kept, and goes where such a line of a file goes.
    """
    for raw in found:
        owned = ownership(RawEntry(raw))
        if owned.used and owned.type not in SHARED and owned.owner not in ("", patient):
            raise FetchFault(Outcome.NOT_FHIR, "it answered with what is of another patient")


def _own_name(raw: bytes) -> tuple[str, ...]:
    owned = ownership(RawEntry(raw))
    return owned.keys[:1] if owned.type in SHARED else ()


def references(resource: Resource | None) -> Iterator[str]:
    """How a resource names the Medications and Specimens it points to."""
    for one in _all_references(resource):
        if one is not None and one.reference:
            yield one.reference


def _all_references(resource: Resource | None) -> Iterator[Reference | None]:
    if isinstance(resource, Medicine):
        yield resource.medication_reference
        yield resource.medication.reference if resource.medication else None
    elif isinstance(resource, Observation):
        yield resource.specimen
    elif isinstance(resource, Medication):
        for part in resource.ingredient:
            yield part.item_reference
            yield part.item.reference if part.item else None


@contextmanager
def _losing(what: str) -> Iterator[None]:
    try:
        yield
    except TokenRefused:
        raise
    except FetchFault as fault:
        raise Lost(what, fault) from None
