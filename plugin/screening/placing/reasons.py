"""Why an entry can be given to no patient, as quarantine says it. None holds patient data."""

from __future__ import annotations

from plugin.screening.placing.ownership import PATIENT

MORE_PAGES = "a Bundle has more pages than were given; export all of them"
EXPORT_FAILED = "the export reports an error, so that something is missing; export it again"
NO_RESOURCE = "an entry is no FHIR resource: it has no resourceType"
_VOWELS = ("A", "E", "I", "O")  # of the names of types
# What FHIR lets an Observation or an order be about, beside a Patient.
_SUBJECTS = frozenset({"Device", "Group", "Location", "Medication", "Organization", "Practitioner"})


def about_nobody(kind: str, key: str) -> str:
    """Why a resource is no patient's. Of a key only a type is named: it may hold anything."""
    if kind == PATIENT:
        return "a Patient has no id"
    if not key:
        return f"{_a(kind)} does not say of which patient it is"
    if "/" not in key and not key.startswith("urn:"):
        return f"{_a(kind)} names whom it is about by an id alone; write its type too, Patient/ID"
    subject = key.partition("/")[0]
    what = _a(subject) if subject in _SUBJECTS else "something else"
    return f"{_a(kind)} is about {what}, not about a Patient"


def not_decoded(kind: str, fault: str) -> str:
    """Why a resource of a type that the reading uses cannot be placed: it cannot be decoded."""
    return f"{_a(kind)} cannot be read: {fault}"


def _a(kind: str) -> str:
    """A resource type with its article."""
    return f"{'an' if kind.startswith(_VOWELS) else 'a'} {kind}"
