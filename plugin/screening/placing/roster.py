"""Groups the resources of a source by patient, in whatever order they come.

Every resource ends in one of four places: with its patient, among those that patients share, set
aside (a type that the reading does not use), or in quarantine with a reason: of what is about a
Group nobody can say whose it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import msgspec
from msgspec import Struct

from plugin.errors import InputUnreadable
from plugin.reading.source import RawEntry, split
from plugin.screening.outcome import Quarantined
from plugin.screening.placing.ownership import ENVELOPES, PATIENT, SHARED, Owned, ownership
from plugin.screening.source.documents import Document

_VOWELS = ("A", "E", "I", "O")  # of the names of types
# What FHIR lets an Observation or an order be about, beside a Patient.
_SUBJECTS = frozenset({"Device", "Group", "Location", "Medication", "Organization", "Practitioner"})


class _Shared(Struct, frozen=True):
    """A resource that several patients may need, and what it needs itself."""

    entry: RawEntry
    needs: tuple[str, ...]


class _Scope(Struct, frozen=True):
    """What the entries of one Bundle can see of each other."""

    only_patient: str  # the key, where there is exactly one
    shared: dict[str, _Shared]


class Roster:
    """The patients of a source and what belongs to each, as raw bytes."""

    def __init__(self) -> None:
        self.quarantined: list[Quarantined] = []
        self.kept: Counter[str] = Counter()  # by resource type
        self.set_aside: Counter[str] = Counter()  # by resource type
        self._entries: dict[str, list[RawEntry]] = {}  # by the key that an entry names
        self._also: dict[str, str] = {}  # other keys of a patient to the first
        self._needs: dict[str, set[str]] = {}
        self._near: dict[str, dict[str, _Shared]] = {}  # what a patient's own Bundles hold
        self._shared: dict[str, list[_Shared]] = {}

    def __len__(self) -> int:
        return len(self._by_patient())

    def add(self, document: Document) -> None:
        """Take in one resource or Bundle. A fault goes to quarantine and stops nothing."""
        if document.error:
            self._quarantine(document, document.error)
            return
        try:
            entries = split(document.raw)
        except InputUnreadable as error:
            self._quarantine(document, error.message)
            return
        placed = [_at(document, entry) for entry in entries]
        opened = [(entry, ownership(entry)) for entry in placed]
        scope = _scope(opened)
        for entry, owned in opened:
            if reason := self._place(entry, owned, scope):
                self._quarantine(document, reason)

    def patients(self) -> Iterator[tuple[str, tuple[RawEntry, ...]]]:
        """Each patient's reference, sorted, with its entries and the shared ones they point to."""
        for patient, keys in sorted(self._by_patient().items()):
            own = (entry for key in keys for entry in self._entries[key])
            yield patient, (*own, *self._needed(keys))

    def _by_patient(self) -> dict[str, list[str]]:
        """The keys that entries name, by patient: a fullUrl and a relative reference are one."""
        found: dict[str, list[str]] = {}
        for key in sorted(self._entries):
            found.setdefault(self._also.get(key, key), []).append(key)
        return found

    def _place(self, entry: RawEntry, owned: Owned, scope: _Scope) -> str:
        """Put one entry where it belongs. Returns the reason if there is no such place."""
        if not owned.type or owned.type in ENVELOPES:
            return self._place_by_bundle(entry, owned, scope)
        if not owned.used:
            self.set_aside[owned.type] += 1
            return ""
        if owned.type in SHARED:
            self._share(entry, owned)
            return ""
        if owned.type == PATIENT:
            self._also.update((key, owned.keys[0]) for key in owned.keys)
            key = owned.keys[0] if owned.keys else ""
        else:
            key = owned.owner or scope.only_patient
        if not key.startswith((f"{PATIENT}/", "urn:")):
            return _about_nobody(owned.type, key)
        self._give(key, entry, owned.type)
        if owned.needs:
            self._needs.setdefault(key, set()).update(owned.needs)
            self._near.setdefault(key, {}).update(scope.shared)
        return ""

    def _place_by_bundle(self, entry: RawEntry, owned: Owned, scope: _Scope) -> str:
        """What names no patient is of the only patient of its Bundle: the reading judges it."""
        if scope.only_patient:
            self._give(scope.only_patient, entry, owned.type or "no resource")
            return ""
        if owned.type == "Bundle":
            return "a Bundle has more pages than were given; export all of them"
        if owned.fault:
            return "the export reports an error, so that something is missing; export it again"
        if owned.type:
            self.set_aside[owned.type] += 1
            return ""
        return "an entry is no FHIR resource: it has no resourceType"

    def _give(self, key: str, entry: RawEntry, kind: str) -> None:
        self._entries.setdefault(key, []).append(entry)
        self.kept[kind] += 1

    def _share(self, entry: RawEntry, owned: Owned) -> None:
        shared = _Shared(entry, owned.needs)
        for key in owned.keys:
            self._shared.setdefault(key, []).append(shared)
        self.kept[owned.type] += 1

    def _needed(self, keys: Sequence[str]) -> Iterator[RawEntry]:
        """The shared entries that a patient's entries point to, and those that these point to."""
        near = {name: held for key in keys for name, held in self._near.get(key, {}).items()}
        waiting = sorted({need for key in keys for need in self._needs.get(key, ())})
        seen: set[str] = set()
        given: set[RawEntry] = set()
        while waiting:
            reference = waiting.pop()
            if reference in seen:
                continue
            seen.add(reference)
            # What a patient's own Bundle holds comes before what others call the same.
            for shared in (
                [near[reference]] if reference in near else self._shared.get(reference, [])
            ):
                waiting.extend(shared.needs)
                if shared.entry not in given:
                    given.add(shared.entry)
                    yield shared.entry

    def _quarantine(self, document: Document, reason: str) -> None:
        self.quarantined.append(Quarantined(document.file, document.line, reason))


def _at(document: Document, entry: RawEntry) -> RawEntry:
    """The entry with a position that a person can find in the source."""
    within = f", {entry.position}" if entry.position else ""
    return msgspec.structs.replace(entry, position=f"{document.file} line {document.line}{within}")


def _about_nobody(kind: str, key: str) -> str:
    """Why a resource is no patient's. Of a key only a type is named: it may hold anything."""
    if kind == PATIENT:
        return "a Patient has no id"
    if not key:
        return f"{_a(kind)} does not say of which patient it is"
    subject = key.partition("/")[0]
    what = _a(subject) if subject in _SUBJECTS else "something else"
    return f"{_a(kind)} is about {what}, not about a Patient"


def _a(kind: str) -> str:
    """A resource type with its article."""
    return f"{'an' if kind.startswith(_VOWELS) else 'a'} {kind}"


def _scope(opened: Sequence[tuple[RawEntry, Owned]]) -> _Scope:
    patients = {owned.keys[0] for _, owned in opened if owned.type == PATIENT and owned.keys}
    shared = {
        key: _Shared(entry, owned.needs)
        for entry, owned in opened
        if owned.type in SHARED and len(opened) > 1
        for key in owned.keys
    }
    return _Scope(patients.pop() if len(patients) == 1 else "", shared)
