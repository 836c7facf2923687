"""The rows of one patient become the entries that the reading is given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import repeat
from typing import Protocol, TypeAlias, Union

import msgspec

from plugin.reading.repair import decode
from plugin.reading.shapes import CLASSES, Resource
from plugin.reading.source import RawEntry
from plugin.screening.local.aside import named_twice, read_again
from plugin.screening.local.spill import ASIDE, ENTRY, LINES, NEAR, entry_of
from plugin.screening.placing.heads import FAULTS
from plugin.screening.placing.ownership import PATIENT, needs_of, ownership

# The kind of a row, its payload, and the file that it came from.
Held: TypeAlias = tuple[int, bytes, str]

_decode_lines = msgspec.json.Decoder(Union[CLASSES]).decode_lines  # noqa: UP007 - a value
_NOTHING = repeat("")
_BY_ID = f"{PATIENT}/".encode()


class Known(Protocol):
    """What patients share, by key."""

    def find(self, key: str, /) -> Iterable[RawEntry]: ...


def entries_of(rows: Iterable[Held], known: Known) -> tuple[RawEntry, ...]:
    """A patient's entries, decoded where that succeeds, and the shared ones they point to.

    What was set aside is left out, unless another entry may have its id.
    """
    opening = _Opening()
    asides: list[Held] = []
    for row in rows:
        kind, payload, _ = row
        if kind == LINES:
            opening.add_lines(payload)
        elif kind == ASIDE:
            asides.append(row)
        else:
            opening.add(entry_of(payload), near=kind == NEAR)
    if asides and named_twice([row[1] for row in asides], opening.resources):
        for _, line in as_they_were(asides):
            opening.add(RawEntry(line))
    if opening.needs:
        opening.add_shared(known)
    return tuple(opening.entries)


def as_they_were(rows: Iterable[Held]) -> Iterator[tuple[int, bytes]]:
    """Kinds and payloads of rows, as if nothing had been set aside."""
    for kind, payload, path in rows:
        if kind == ASIDE:
            yield from ((LINES, line) for line in read_again(payload, path))
        else:
            yield kind, payload


def is_patient(held: Held) -> bool:
    """True for a row that holds a Patient."""
    kind, payload, _ = held
    if kind == LINES:
        entries = map(RawEntry, payload.split(b"\n"))
        return any(ownership(entry).type == PATIENT for entry in entries)
    return kind == ENTRY and ownership(entry_of(payload)).type == PATIENT


def is_of_a_patient(address: bytes, held: Iterable[Held]) -> bool:
    """True for an address that is the id of a Patient, who is among its rows."""
    return may_be_of_a_patient(address) and any(map(is_patient, held))


def may_be_of_a_patient(address: bytes) -> bool:
    """True for an address that is made like an id, such as `Patient/1`."""
    return address.startswith(_BY_ID)


class _Opening:
    """The entries so far, what they point to, and the keys of shared ones they came with."""

    def __init__(self) -> None:
        self.entries: list[RawEntry] = []
        self.resources: list[Resource] = []
        self.needs: set[str] = set()
        self._near: set[str] = set()

    def add_lines(self, payload: bytes) -> None:
        """Add lines, all decoded at once unless one of them needs a repair."""
        lines = payload.split(b"\n")
        try:
            resources = _decode_lines(payload)
        except FAULTS:
            resources = []
        if len(resources) < len(lines):
            for line in lines:
                self.add(RawEntry(line))
            return
        self.resources += resources
        self.entries += map(RawEntry, lines, _NOTHING, _NOTHING, resources)
        for resource in resources:
            if needs := needs_of(resource):
                self.needs.update(needs)

    def add(self, entry: RawEntry, *, near: bool = False) -> None:
        """Add an entry with its resource, unless that needed a repair: the reading does that."""
        decoded = decode(entry.raw)
        resource = decoded.resource
        if resource is not None:
            self.resources.append(resource)
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
