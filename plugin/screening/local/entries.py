"""The rows of one patient become the entries that the reading is given."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from io import BytesIO
from itertools import repeat
from operator import attrgetter
from typing import Protocol, TypeAlias

import msgspec

from plugin.errors import InputUnreadable
from plugin.reading.context import is_id
from plugin.reading.plain import decode_lines
from plugin.reading.repair import decode
from plugin.reading.shapes import Condition, Medicine, Observation, Resource
from plugin.reading.source import RawEntry
from plugin.screening.job import OnePatient
from plugin.screening.local.aside import ids_of, read_again
from plugin.screening.local.spill import ASIDE, ENTRY, FAULT, LINES, NEAR, entry_of, lines_of
from plugin.screening.outcome import Failed
from plugin.screening.placing.claims import implied_address
from plugin.screening.placing.heads import FAULTS
from plugin.screening.placing.ownership import PATIENT, needs_of, ownership
from plugin.screening.source.lines import Buffer

# The kind of a row, and its payload.
Held: TypeAlias = tuple[int, Buffer]
# A patient's entries, or why they cannot be told.
Found: TypeAlias = tuple[RawEntry, ...] | Failed
_pack = msgspec.msgpack.encode
_NOTHING = repeat("")
_ID = attrgetter("id")
_SIFTED = frozenset({Observation, Condition})


class Known(Protocol):
    """What patients share, by key."""

    def find(self, key: str, /) -> Iterable[RawEntry]: ...


def entries_of(rows: Sequence[Held], known: Known) -> tuple[RawEntry, ...]:
    """A patient's entries, decoded where that succeeds, and the shared ones they point to.

    What was set aside is left out, unless another entry may have its id.
    Raises InputUnreadable where a row tells why the patient cannot be read.
    """
    opening = _at_once(rows) or _one_by_one(rows)
    if opening.needs:
        opening.add_shared(known)
    return tuple(opening.entries)


def opened(reference: str, rows: Sequence[Held], known: Known) -> Found:
    """A patient's entries as `entries_of` gives them, or the failure that a row tells of."""
    try:
        return entries_of(rows, known)
    except InputUnreadable as error:
        return Failed(reference, error.message)


def done_with(do: OnePatient, reference: str, found: Found) -> bytes:
    """What a job gives of a patient. Every job gives a failure as it is."""
    return _pack(found) if isinstance(found, Failed) else do(reference, found)


def fault(reason: str) -> tuple[int, bytes]:
    """A row that fails the patient it is given to."""
    return FAULT, reason.encode("utf-8", "replace")


def as_they_were(rows: Iterable[Held]) -> Iterator[tuple[int, bytes]]:
    """Kinds and payloads of rows, as if nothing had been set aside.

    What cannot be read again, since its file has changed, is a FAULT.
    """
    for kind, payload in rows:
        if kind == ASIDE:
            try:
                yield from ((LINES, line) for line in read_again(payload))
            except InputUnreadable as error:
                yield fault(error.message)
        elif kind == LINES:
            yield from ((LINES, line) for line in lines_of(payload))
        else:
            yield kind, bytes(payload)


def is_patient(held: Held) -> bool:
    """True for a row that holds a Patient."""
    kind, payload = held
    if kind == LINES:
        return any(ownership(RawEntry(line)).type == PATIENT for line in lines_of(payload))
    return kind == ENTRY and ownership(entry_of(payload)).type == PATIENT


def persons_among(addresses: Container[bytes], rows: Iterable[tuple[bytes, Held]]) -> set[bytes]:
    """The keys of the Patients among some rows that are one of some addresses, or imply it."""
    return {
        key
        for key, held in rows
        if (key in addresses or implied_address(key) in addresses) and is_patient(held)
    }


def _at_once(rows: Iterable[Held]) -> _Opening | None:
    """The entries of lines that all decode and have ids of their own; None if that is not so.

    What stands around such a line may stay: it would matter to tell apart what has one id or none.
    """
    resources: list[Resource] = []
    raw: list[bytes] = []
    ids: list[str] = []
    for kind, payload in rows:
        if kind == LINES:
            try:
                found = decode_lines(payload)
            except FAULTS:
                return None
            lines = BytesIO(payload).readlines()
            if len(found) != len(lines):
                return None
            resources += found
            raw += lines
        elif kind == ASIDE:
            ids += ids_of(payload)
        else:
            return None
    own = list(map(_ID, resources))
    ids += own
    if len(set(ids)) < len(ids) or not all(map(is_id, own)):
        return None
    entries = list(map(RawEntry, raw, _NOTHING, _NOTHING, resources))
    return _Opening(entries, _pointed_at(resources))


def _one_by_one(rows: Sequence[Held]) -> _Opening:
    opening = _Opening()
    asides = [row for row in rows if row[0] == ASIDE]
    opening.add_all(as_they_were(row for row in rows if row[0] != ASIDE))
    ids = [id_ for row in asides for id_ in ids_of(row[1]) if id_]
    if len(set(ids)) < len(ids) or not opening.ids.isdisjoint(ids):
        opening.add_all(as_they_were(asides))
    return opening


def _pointed_at(resources: Iterable[Resource]) -> set[str]:
    """The keys of what resources share; none of most, which is seen at a glance."""
    needs: set[str] = set()
    for resource in resources:
        if isinstance(resource, Medicine):
            if resource.medication_reference is not None or resource.medication is not None:
                needs.update(needs_of(resource))
        elif isinstance(resource, Observation) and resource.specimen is not None:
            needs.update(needs_of(resource))
    return needs


class _Opening:
    """The entries so far, what they point to, and the keys of shared ones they came with."""

    def __init__(self, entries: list[RawEntry] | None = None, needs: Iterable[str] = ()) -> None:
        self.entries = [] if entries is None else entries
        self.needs = set(needs)
        self.ids: set[str] = set()  # of results and problems
        self._near: set[str] = set()

    def add_all(self, rows: Iterable[tuple[int, bytes]]) -> None:
        """Add rows as they were. Raises InputUnreadable for a FAULT."""
        for kind, payload in rows:
            if kind == FAULT:
                raise InputUnreadable(payload.decode())
            entry = RawEntry(payload) if kind == LINES else entry_of(payload)
            self.add(entry, near=kind == NEAR)

    def add(self, entry: RawEntry, *, near: bool = False) -> None:
        """Add an entry with its resource, unless that needed a repair: the reading does that."""
        decoded = decode(entry.raw)
        resource = decoded.resource
        if resource is not None:
            if type(resource) in _SIFTED:
                self.ids.add(resource.id)
            if needs := needs_of(resource):
                self.needs.update(needs)
            if not decoded.broken:
                entry = RawEntry(entry.raw, entry.full_url, "", resource)
        if near:
            self._near.update(ownership(entry).keys)
        self.entries.append(entry)

    def add_shared(self, known: Known) -> None:
        """Add what is needed and came in no document of the patient, and what that needs."""
        given = {(entry.raw, entry.full_url) for entry in self.entries}
        seen = set(self._near)
        while waiting := self.needs - seen:
            seen |= waiting
            for shared in [one for key in sorted(waiting) for one in known.find(key)]:
                if (shared.raw, shared.full_url) not in given:
                    given.add((shared.raw, shared.full_url))
                    self.add(shared)
