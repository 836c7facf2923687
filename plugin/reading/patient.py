"""Whose record it is, and what the Patient says of age, sex and death."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from msgspec import Struct

from plugin.errors import InputUnreadable
from plugin.model import UnreadReason
from plugin.reading.context import Entry, Reading, is_id, shown_reference
from plugin.reading.dates import day_of
from plugin.reading.references import key_of, keys_of
from plugin.reading.shapes import Patient, Resource

_PATIENT = "Patient"
_REPLACED = "replaced-by"
_MERGED = "the record was merged into another, which may hold more"
_SCREEN = "Use `crampcheck screen` for more than one patient."


class Owner(Struct, frozen=True):
    """The patient of a record: how it is shown, and every key by which entries name it."""

    reference: str
    keys: frozenset[str]

    def owns(self, resource: Resource) -> bool:
        """True for a resource of this patient; one that names nobody goes with the record."""
        named = resource.owner.reference if resource.owner is not None else ""
        return named in self.keys or not (key := _subject_key(named)) or key in self.keys

    def is_person(self, person: Patient) -> bool:
        """True for the patient's own resource; without an id it can only be that."""
        return not person.id or f"Patient/{person.id}" in self.keys


class Person(Struct, frozen=True):
    """What the Patient resource tells."""

    birth_date: date | None = None
    deceased: bool = False
    sex: str = ""


def owner_of(entries: Sequence[Entry], patient: str) -> Owner:
    """The patient whose record this is.

    The one that the caller names, else the one Patient among the entries, else the one subject of
    the others. Raises InputUnreadable where that leaves more than one.
    """
    patients = [entry for entry in entries if entry.type == _PATIENT and entry.resource is not None]
    if patient:
        bare = "/" not in patient and ":" not in patient
        return _named(f"{_PATIENT}/{patient}" if bare else patient, patients)
    names = {_reference_of(entry) for entry in patients}  # versions in dispute are of one
    if len(names) > 1:
        raise InputUnreadable(f"The input holds {len(names)} Patient resources. {_SCREEN}")
    if names:
        return Owner(names.pop(), frozenset().union(*map(_keys, patients)))
    subjects = {subject_of(entry.resource) for entry in entries if entry.resource} - {""}
    if len(subjects) > 1:
        raise InputUnreadable(
            f"The input holds no Patient resource and speaks of {len(subjects)} patients. {_SCREEN}"
        )
    reference = min(subjects, default="")
    return Owner(_shown(reference), frozenset(subjects))


def _named(patient: str, patients: list[Entry]) -> Owner:
    """The patient that the caller names, with the addresses of its resource if that was sent."""
    key = key_of(patient)
    id_ = key.rpartition("/")[2]
    keys = {key, id_, f"urn:uuid:{id_}".lower()}
    shown = _shown(key)
    for entry in patients:
        resource = entry.resource
        if resource is not None and resource.id == id_ and not entry.urls:
            keys.add(f"Patient/{id_}")  # nearly always
            continue
        own = _keys(entry)
        if patient in own and resource is not None and not is_id(resource.id or "-"):
            shown = entry.reference  # its id has a slash or a blank, so that no key is made of it
        elif not keys & own:
            continue
        keys |= own
    return Owner(shown, frozenset(keys))


def _reference_of(entry: Entry) -> str:
    """How a Patient is shown; without an id, by the address that it came with."""
    if entry.resource is None or entry.resource.id or not entry.urls:
        return entry.reference
    return min(map(key_of, entry.urls))


def _shown(key: str) -> str:
    """A key as entries are shown: an id that FHIR would not allow is percent-encoded."""
    kind, _, id_ = key.partition("/")
    return shown_reference(kind, id_, b"") if kind == "Patient" and id_ else key


def _keys(entry: Entry) -> set[str]:
    return keys_of(entry.resource, "Patient", entry.urls) if entry.resource else set()


def subject_of(resource: Resource) -> str:
    """The key of the patient that a resource names; empty for none, or for one inside it."""
    owner = resource.owner
    return _subject_key(owner.reference) if owner is not None else ""


def _subject_key(reference: str) -> str:
    return "" if reference.startswith("#") else key_of(reference)


def read_patient(entry: Entry, patient: Patient, reading: Reading) -> Person:
    """Age, sex and death. What may mean something else, or cannot be read, is said."""
    if entry.broken or patient.modified:
        reason = UnreadReason.MALFORMED if entry.broken else UnreadReason.MODIFIER
        detail = (
            f"{entry.broken} cannot be read"
            if entry.broken
            else "an extension may change what the entry means"
        )
        reading.not_read(entry, reason, "", detail)
        return Person()
    born = day_of(patient.birth_date)
    if born is None and patient.birth_date:
        reading.not_read(entry, UnreadReason.DATE_NOT_READ, "", "birthDate is no date")
    if born is not None and born.first > reading.as_of:
        # 2045 for 1945, most often. Taken as it is, an adult would pass for a child, unassessed.
        detail = "birthDate lies after the day of assessment"
        reading.not_read(entry, UnreadReason.DATE_NOT_READ, "", detail)
        born = None
    if any(link.type == _REPLACED for link in patient.link):
        # What is written from the merge on goes to the other: a silence about this one is none.
        reading.not_read(entry, UnreadReason.INCOMPLETE, "", _MERGED)
    died = day_of(patient.deceased_date_time)
    return Person(
        birth_date=born.first if born else None,
        deceased=patient.deceased_boolean
        or (bool(patient.deceased_date_time) and (died is None or died.first <= reading.as_of)),
        sex=patient.gender.strip().lower(),
    )
