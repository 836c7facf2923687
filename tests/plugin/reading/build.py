"""Resources of our own invention, as an EHR would send them, and the front door to read them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any

import msgspec

from knowledge.fact_text import parse_condition
from knowledge.load import load
from knowledge.model import Knowledge, Term
from knowledge.terminology.resolver import Resolver
from plugin.model import PatientRecord, Unread
from plugin.reading.record import read_record
from plugin.reading.source import RawEntry, split

AS_OF = date(2026, 11, 1)
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
ICD = "http://hl7.org/fhir/sid/icd-10-cm"
ME = {"reference": "Patient/p1"}
Json = dict[str, Any]


@lru_cache(1)
def knowledge() -> Knowledge:
    """The knowledge that ships with the package, with a term that asks for every drug's dose."""
    known = load()
    asks = Term("dosed", "a dose is known", parse_condition(["drug:daily-dose>1mg"]))
    return msgspec.structs.replace(known, terms={**known.terms, asks.name: asks})


@lru_cache(1)
def resolver() -> Resolver:
    """The terminology over it."""
    return Resolver(knowledge())


def read(*resources: Any, as_of: date = AS_OF, **others: Any) -> PatientRecord:
    """Read resources as one Bundle. Others: `patient`, `extra`, `urls` (a fullUrl by number)."""
    urls = others.pop("urls", {})
    entries = [
        {"resource": resource} | ({"fullUrl": urls[number]} if number in urls else {})
        for number, resource in enumerate(resources)
    ]
    return read_bytes(bundle(*entries), as_of=as_of, **others)


def bundle(*entries: Any, **others: Any) -> bytes:
    """A Bundle of these entries."""
    data = {"resourceType": "Bundle", "type": "searchset", "entry": list(entries)} | others
    return json.dumps(data).encode()


def read_bytes(
    data: bytes, *, as_of: date = AS_OF, patient: str = "", extra: Sequence[Unread] = ()
) -> PatientRecord:
    """Split and read."""
    return read_entries(split(data), as_of=as_of, patient=patient, extra=extra)


def read_entries(
    entries: Sequence[RawEntry],
    *,
    as_of: date = AS_OF,
    patient: str = "",
    extra: Sequence[Unread] = (),
    ordered: bool = False,
    around: Sequence[RawEntry] = (),
) -> PatientRecord:
    """Read entries that somebody else took apart."""
    record = read_record(
        entries,
        knowledge=knowledge(),
        resolve=resolver().resolve,
        as_of=as_of,
        patient=patient,
        extra=extra,
        ordered=ordered,
        around=around,
    )
    tally = record.tally  # which must add up, whatever the test is about
    assert len(entries) == tally.entries
    assert tally.entries == tally.read + tally.unread + tally.set_aside + tally.duplicates
    return record


def person(**elements: Any) -> Json:
    """A woman born in 1960."""
    return {
        "resourceType": "Patient",
        "id": "p1",
        "gender": "female",
        "birthDate": "1960-05-04",
    } | elements


def order(text: str = "furosemide 40 MG Oral Tablet", **elements: Any) -> Json:
    """An active order."""
    return {
        "resourceType": "MedicationRequest",
        "id": "m1",
        "status": "active",
        "intent": "order",
        "subject": ME,
        "medicationCodeableConcept": {"text": text},
    } | elements


def statement(text: str = "furosemide 40 MG Oral Tablet", **elements: Any) -> Json:
    """An active statement."""
    return {
        "resourceType": "MedicationStatement",
        "id": "s1",
        "status": "active",
        "subject": ME,
        "medicationCodeableConcept": {"text": text},
    } | elements


def dispense(text: str = "albuterol inhaler", **elements: Any) -> Json:
    """An inhaler that was handed over."""
    return {
        "resourceType": "MedicationDispense",
        "id": "d1",
        "status": "completed",
        "subject": ME,
        "medicationCodeableConcept": {"text": text},
        "whenHandedOver": "2026-10-05",
    } | elements


def lab(loinc: str = "2823-3", value: Any = 3.3, unit: str = "mmol/L", **elements: Any) -> Json:
    """A final result; potassium unless told. `value=None` leaves the value out."""
    quantity = {
        "value": value,
        "unit": unit,
        "system": "http://unitsofmeasure.org",
        "code": unit,
    }
    return (
        {
            "resourceType": "Observation",
            "id": "o1",
            "status": "final",
            "subject": ME,
            "code": {"coding": [{"system": LOINC, "code": loinc}]},
            "effectiveDateTime": "2026-10-25",
        }
        | ({} if value is None else {"valueQuantity": quantity})
        | elements
    )


def problem(code: Json | None = None, **elements: Any) -> Json:
    """An active condition; cramps unless told."""
    return {
        "resourceType": "Condition",
        "id": "c1",
        "subject": ME,
        "clinicalStatus": {"coding": [{"code": "active"}]},
        "code": code or {"coding": [{"system": ICD, "code": "R25.2"}]},
        "onsetDateTime": "2026-09-01",
    } | elements


def allergy(**elements: Any) -> Json:
    """A statin that led to muscle pain."""
    return {
        "resourceType": "AllergyIntolerance",
        "id": "a1",
        "patient": ME,
        "clinicalStatus": {"coding": [{"code": "active"}]},
        "code": {"text": "simvastatin"},
        "reaction": [{"manifestation": [{"text": "Myalgia"}]}],
        "recordedDate": "2026-03-02",
    } | elements


def without(resource: Json, *names: str) -> Json:
    """The resource without some elements."""
    return {name: value for name, value in resource.items() if name not in names}
