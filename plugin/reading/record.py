"""Entries in, a PatientRecord out. Every entry ends in one place, and the tally says where.

An entry counts as *unread* if anything of it could not be read, even if the rest of it was: a panel
of which one part has no unit is unread, and its other parts are in `labs`. It counts as *set aside*
if it is of no use here: another type, a code no rule names, entered in error, a Medication that
nothing points to. Otherwise it is *read*.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from operator import attrgetter
from typing import Any

from knowledge.model import Knowledge
from plugin.model import FirstLook, PatientRecord, Tally, Unread, UnreadReason
from plugin.reading.allergies import read_allergy
from plugin.reading.conditions import read_condition
from plugin.reading.context import Entry, Reading
from plugin.reading.derived import with_derived
from plugin.reading.gather import Gathered, gather
from plugin.reading.labs import read_observation, read_plain_result, results_of
from plugin.reading.medications import dated, listing, read_medicine, read_plain_order
from plugin.reading.memo import once
from plugin.reading.naming import Resolve
from plugin.reading.pages import read_bundle, read_outcome
from plugin.reading.patient import Owner, Person, owner_of, read_patient
from plugin.reading.plain import opener
from plugin.reading.plain_shapes import PlainOrder, PlainResult
from plugin.reading.references import Directory, keys_of
from plugin.reading.shapes import (
    AllergyIntolerance,
    Bundle,
    Condition,
    Medication,
    Medicine,
    Observation,
    OperationOutcome,
    Patient,
    Resource,
    Specimen,
)
from plugin.reading.source import AnyEntry

_REFERENCE = attrgetter("reference")
_Reader = Callable[[Entry, Any, Reading], bool]
_READERS: dict[type[Resource] | type[None], _Reader] = {
    **dict.fromkeys(Medicine.__subclasses__(), read_medicine),
    Observation: read_observation,
    PlainOrder: read_plain_order,
    PlainResult: read_plain_result,
    Condition: read_condition,
    AllergyIntolerance: read_allergy,
    OperationOutcome: read_outcome,
}
_DISPUTED = "another entry with its id says otherwise, and neither says that it is newer"
_STRANGERS = (
    "another Patient with its id has another birth date, identifier or name: "
    "this may be the record of two people"
)
_ELSEWHERE = -1  # the number of an entry that this reading does not count
_POINTED_AT = frozenset({Medication, Specimen})  # of use where another entry refers to them


class Glance:
    """A record at a first look: all of it but the dates of orders, and the results that had
    nothing to be said of them.

    Most records are never asked for those, since no rule speaks of any drug that is taken.
    """

    def __init__(self, reading: Reading, owner: Owner, person: Person, tally: Tally) -> None:
        self._reading = reading
        self._owner = owner
        self._person = person
        self._tally = tally
        unread = reading.unread
        self._unread = tuple(sorted(unread, key=_REFERENCE)) if unread else ()

    @property
    def first(self) -> FirstLook:
        """What tells whether the rest may matter."""
        person = self._person
        listed, taken = listing(self._reading.medications)
        return FirstLook(
            self._owner.reference, person.birth_date, person.deceased, listed, taken, self._unread
        )

    @once
    def whole(self) -> PatientRecord:
        """The record with every date and result, and what is computed of them."""
        reading, person = self._reading, self._person
        labs = sorted([*reading.labs, *results_of(reading)], key=_REFERENCE)
        if labs:
            derived = with_derived(labs, reading.index.formulas, person.birth_date, person.sex)
            labs = sorted(derived, key=_REFERENCE)
        return PatientRecord(  # by place, since there are many
            self._owner.reference,
            person.birth_date,
            person.deceased,
            person.sex,
            tuple(map(dated, reading.medications)),
            tuple(reading.dispenses),
            tuple(labs),
            tuple(reading.problems),
            tuple(reading.reactions),
            self._unread,
            self._tally,
            tuple(reading.allergies),
        )


def read_record(
    entries: Sequence[AnyEntry],
    *,
    knowledge: Knowledge,
    resolve: Resolve,
    as_of: date,
    patient: str = "",
    extra: Sequence[Unread] = (),
    ordered: bool = False,
    around: Sequence[AnyEntry] = (),
) -> PatientRecord:
    """Read the entries of one patient.

    `patient` is a reference such as `Patient/v01` where the caller knows whose record it is;
    `extra` is what the caller could not obtain, and joins `unread` without counting as entries.
    `ordered`: these are orders about to be signed; `around` is then what else was sent, to which
    they may point, and which is read elsewhere.
    Raises InputUnreadable where the entries are of several patients and none was named.
    """
    # In a fixed order, which everything below keeps.
    gathered = gather(entries, None if ordered else opener(knowledge, resolve))
    return _glance(
        gathered,
        Reading(knowledge, resolve, as_of, Directory(), ordered=ordered),
        patient,
        extra,
        around,
    ).whole


def glance_at(
    entries: Sequence[AnyEntry],
    *,
    knowledge: Knowledge,
    resolve: Resolve,
    as_of: date,
    patient: str = "",
    extra: Sequence[Unread] = (),
) -> Glance:
    """The same at a first look."""
    gathered = gather(entries, opener(knowledge, resolve))
    return _glance(gathered, Reading(knowledge, resolve, as_of, Directory()), patient, extra)


def _glance(
    gathered: Gathered,
    reading: Reading,
    patient: str,
    extra: Sequence[Unread],
    around: Sequence[AnyEntry] = (),
) -> Glance:
    owner = owner_of(gathered.entries, patient)
    directory = reading.directory
    for number, entry in enumerate(gathered.entries):
        resource = entry.resource
        if type(resource) in _POINTED_AT and resource is not None and not entry.broken:
            directory.add(number, resource, keys_of(resource, entry.type, entry.urls))
    if around:
        _add_around(directory, around)
    person, tally = _read_all(gathered, owner, reading, extra)
    reading.unread += extra
    return Glance(reading, owner, person, tally)


def _add_around(directory: Directory, around: Sequence[AnyEntry]) -> None:
    """List the Medications that were sent elsewhere, behind those that came with the entries."""
    for entry in gather([one for one in around if b'"Medication"' in one.raw]).entries:
        resource = entry.resource
        if type(resource) is Medication and not entry.broken:
            directory.add(_ELSEWHERE, resource, keys_of(resource, entry.type, entry.urls))


def _read_all(
    gathered: Gathered, owner: Owner, reading: Reading, extra: Sequence[Unread]
) -> tuple[Person, Tally]:
    person = Person()
    read = unread = set_aside = 0
    pointed_at: list[int] = []
    disputed, said, keys = gathered.disputed, reading.unread, owner.keys
    for number, entry in enumerate(gathered.entries):
        resource = entry.resource
        kind = type(resource)
        before = len(said)
        reader = _READERS.get(kind)
        subject = resource.owner if resource is not None else None
        if (
            reader is not None
            and resource is not None
            and (subject is None or subject.reference in keys or owner.owns(resource))
        ):
            used = reader(entry, resource, reading)
        elif kind in _POINTED_AT:
            pointed_at.append(number)  # whether it is of use shows when all others are read
            continue
        elif isinstance(resource, Patient) and owner.is_person(resource):
            person = read_patient(entry, resource, reading)
            used = True
        else:
            used = _read_other(entry, reading, extra)
        if gathered.strangers and entry.reference in gathered.strangers:
            reading.not_read(entry, UnreadReason.CONFLICT, detail=_STRANGERS)
        elif disputed and entry.reference in disputed:
            reading.not_read(entry, UnreadReason.CONFLICT, detail=_DISPUTED)
        if len(said) > before:
            unread += 1
        elif used:
            read += 1
        else:
            set_aside += 1
    for entry in gathered.superseded:
        detail = "another entry with its id is newer"
        reading.not_read(entry, UnreadReason.SUPERSEDED, detail=detail)
    used_others = sum(number in reading.directory.used for number in pointed_at)
    return person, Tally(
        entries=gathered.total,
        read=read + used_others,
        unread=unread + len(gathered.superseded),
        set_aside=set_aside + len(pointed_at) - used_others,
        duplicates=gathered.duplicates,
    )


def _read_other(entry: Entry, reading: Reading, extra: Sequence[Unread]) -> bool:
    """Read an entry that has no reader, or is not of the patient. False if it was set aside."""
    resource = entry.resource
    if isinstance(resource, Bundle):
        return read_bundle(entry, resource, reading, extra)
    if resource is not None:  # another Patient, or of another patient
        reading.not_read(entry, UnreadReason.OTHER_PATIENT, detail="it is of another patient")
    elif entry.broken:
        reading.not_read(entry, UnreadReason.MALFORMED, detail=entry.broken)
    return False
