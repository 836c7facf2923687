"""The parts of a record that a service asks for: one prefetch key each, within CDS Hooks 2.0.

Prefetch has no date of today to filter by, so each lab has a key of its own, newest first: daily
results of one analyte cannot push an older result of another off the page. Queries keep to what
CDS Hooks recommends that every client can do, so they do not `_include` Medications.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from cds_hooks.model import Need, PrefetchKey
from knowledge.model import Knowledge, Lab
from plugin.model import EntryKind

PATIENT_KEY = "patient"
_LOINC = "http://loinc.org"
_OF_PATIENT = "patient={{context.patientId}}"
_RESULTS = 5  # newest results of an analyte
_LISTED = 200  # entries of a list: one page of nearly every record
_SPACE = ("", " ")  # after a colon, as JSON writers differ
_MEDICINES = (
    "MedicationRequest",
    "MedicationStatement",
    "MedicationUsage",
    "MedicationDispense",
    "MedicationAdministration",
)


class Part(Struct, frozen=True):
    """A part of the record, and what its absence is called in the answer.

    `types` are the resource types that its key holds, what it asks for first; `starts` is how the
    JSON of one of them begins as nearly every server writes it. `codes` are those of an analyte, as
    JSON; a result without any of them is none of it.
    """

    key: PrefetchKey
    kind: EntryKind
    text: str
    types: tuple[str, ...]
    starts: tuple[bytes, ...]
    analyte: str = ""
    codes: tuple[bytes, ...] = ()

    @property
    def of_medications(self) -> bool:
        """Whether each entry is a medication of the patient."""
        return self.types[0] in _MEDICINES


def parts_of(knowledge: Knowledge) -> tuple[Part, ...]:
    """Every part that an assessment can use, those that must be there first."""
    return (*_required(), *_wanted(knowledge), *_optional())


def _required() -> Iterator[Part]:
    yield _part(
        PrefetchKey(PATIENT_KEY, "Patient/{{context.patientId}}", Need.REQUIRED),
        EntryKind.PATIENT,
        "the patient",
        "Patient",
    )
    yield _part(
        PrefetchKey("medications", _list_of("MedicationRequest"), Need.REQUIRED),
        EntryKind.MEDICATIONS,
        "medication orders",
        "MedicationRequest",
    )


def _wanted(knowledge: Knowledge) -> Iterator[Part]:
    yield _part(
        PrefetchKey("conditions", _list_of("Condition"), Need.WANTED),
        EntryKind.CONDITIONS,
        "conditions",
        "Condition",
    )
    for lab in knowledge.labs.values():
        key = PrefetchKey(lab.id, _results_of(lab), Need.WANTED)
        part = _part(key, EntryKind.LABS, lab.label, "Observation", lab.id)
        yield replace(part, codes=tuple(msgspec.json.encode(code.loinc) for code in lab.codes))


def _optional() -> Iterator[Part]:
    """Parts that add to an answer. Missing, they are of no kind that a rule asks about."""
    yield _part(
        PrefetchKey("statements", _list_of("MedicationStatement"), Need.OPTIONAL),
        EntryKind.OTHER,
        "medication statements",
        "MedicationStatement",
    )
    yield _part(
        PrefetchKey("dispenses", _list_of("MedicationDispense"), Need.OPTIONAL),
        EntryKind.OTHER,
        "dispenses",
        "MedicationDispense",
    )
    yield _part(
        PrefetchKey("allergies", _list_of("AllergyIntolerance"), Need.OPTIONAL),
        EntryKind.ALLERGIES,
        "allergies",
        "AllergyIntolerance",
    )


def _part(
    key: PrefetchKey, kind: EntryKind, text: str, resource_type: str, analyte: str = ""
) -> Part:
    # Clients that hold a list of one kind only send it under whichever of these keys they know.
    others = _MEDICINES if resource_type in _MEDICINES else ()
    types = tuple(dict.fromkeys((resource_type, *others)))
    starts = tuple(f'{{"resourceType":{space}"{one}"'.encode() for one in types for space in _SPACE)
    return Part(key, kind, text, types, starts, analyte)


def _list_of(resource_type: str) -> str:
    return f"{resource_type}?{_OF_PATIENT}&_count={_LISTED}"


def _results_of(lab: Lab) -> str:
    codes = ",".join(f"{code.system or _LOINC}|{code.loinc}" for code in lab.codes)
    return f"Observation?{_OF_PATIENT}&code={codes}&_sort=-date&_count={_RESULTS}"
