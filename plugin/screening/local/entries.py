"""The rows of one patient become the entries that the reading is given."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from plugin.reading.repair import decode
from plugin.reading.shapes import Resource
from plugin.reading.source import RawEntry
from plugin.screening.local.aside import named_twice, read_again
from plugin.screening.local.shared import Shared
from plugin.screening.local.spill import NEAR, RAW, entry_of, is_aside
from plugin.screening.placing.ownership import needs_of, ownership

# The kind of a row, its payload, and the file that it came from.
Held: TypeAlias = tuple[int, bytes, str]


def entries_of(rows: Iterable[Held], known: Shared) -> tuple[RawEntry, ...]:
    """A patient's entries, decoded where that succeeds, and the shared ones they point to.

    What was set aside is left out, unless another entry may have its id.
    """
    opening = _Opening()
    asides: list[Held] = []
    for row in rows:
        kind, payload, _ = row
        if kind == RAW:
            opening.add(RawEntry(payload))
        elif is_aside(kind):
            asides.append(row)
        else:
            opening.add(entry_of(kind, payload), near=kind == NEAR)
    if asides and named_twice(asides, opening.resources):
        for row in asides:
            opening.add(RawEntry(read_again(row)))
    if opening.needs:
        opening.add_shared(known)
    return tuple(opening.entries)


class _Opening:
    """The entries so far, what they point to, and the keys of shared ones they came with."""

    def __init__(self) -> None:
        self.entries: list[RawEntry] = []
        self.resources: list[Resource | None] = []
        self.needs: set[str] = set()
        self._near: set[str] = set()

    def add(self, entry: RawEntry, *, near: bool = False) -> None:
        """Add an entry with its resource, unless that needed a repair: the reading does that."""
        decoded = decode(entry.raw)
        resource = decoded.resource
        self.resources.append(resource)
        if resource is not None:
            if needs := needs_of(resource):
                self.needs.update(needs)
            if not decoded.broken:
                entry = RawEntry(entry.raw, entry.full_url, "", resource)
        if near:
            self._near.update(ownership(entry).keys)
        self.entries.append(entry)

    def add_shared(self, known: Shared) -> None:
        """Add what is needed and came in no document of the patient, and what that needs."""
        given = {(entry.raw, entry.full_url) for entry in self.entries}
        seen = set(self._near)
        while waiting := self.needs - seen:
            seen |= waiting
            for shared in [one for key in sorted(waiting) for one in known.find(key)]:
                if (shared.raw, shared.full_url) not in given:
                    given.add((shared.raw, shared.full_url))
                    self.add(shared)
