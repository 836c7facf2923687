"""One resource of each type, with what US Core servers send around the codes."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any, NamedTuple

Json = dict[str, Any]
AS_OF = date(2026, 11, 1)
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
_HL7 = "http://terminology.hl7.org/CodeSystem"
_CORE = "http://hl7.org/fhir/us/core/StructureDefinition"
_HERE = "https://ehr.example.org"
_YEARS = 4 * 365  # days over which results and orders are spread
_FAMILIES = ("Alvarez", "Baker", "Chen", "Diallo", "Evans", "Fischer", "Garcia", "Haddad")
_GIVEN = ("Alex", "Blanca", "Chidi", "Dana", "Elif", "Femi", "Grace", "Hana")


class Coded(NamedTuple):
    """A code and what a person reads."""

    system: str
    code: str
    display: str


def uuid(random: Random) -> str:
    """An id such as servers give."""
    text = f"{random.getrandbits(128):032x}"
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:]}"


def person(random: Random, ident: str, number: int, born: date, dead: bool) -> Json:
    """A Patient."""
    family, given = random.choice(_FAMILIES), random.choice(_GIVEN)
    found = {
        **_head(random, "Patient", ident, "us-core-patient"),
        "extension": [_ethnic("race"), _ethnic("ethnicity")],
        "identifier": [
            {"system": f"{_HERE}/mrn", "value": f"{number:09}"},
            {"use": "secondary", "system": f"{_HERE}/member", "value": uuid(random)},
        ],
        "active": True,
        "name": [{"use": "official", "family": family, "given": [given], "prefix": ["Mx."]}],
        "telecom": [{"system": "phone", "value": "555-0100", "use": "home"}],
        "gender": random.choice(("female", "male")),
        "birthDate": born.isoformat(),
        "address": [
            {
                "use": "home",
                "line": [f"{number % 997} Main Street"],
                "city": "Springfield",
                "state": "MA",
                "postalCode": "01101",
                "country": "US",
            }
        ],
        "communication": [{"language": _concept(Coded("urn:ietf:bcp:47", "en-US", "English"))}],
        "managingOrganization": {"reference": f"Organization/{uuid(random)}"},
    }
    return found | ({"deceasedBoolean": True} if dead else {})


def order(random: Random, patient: str, drug: Coded, status: str) -> Json:
    """A MedicationRequest."""
    return {
        **_head(random, "MedicationRequest", uuid(random), "us-core-medicationrequest"),
        "status": status,
        "intent": "order",
        "category": [_category("medicationrequest-category", "community", "Community")],
        "medicationCodeableConcept": _concept(drug),
        **_about(patient, random),
        "authoredOn": _moment(random),
        "requester": _practitioner(random),
        "dosageInstruction": [
            {
                "sequence": 1,
                "text": "Take 1 tablet by mouth every day",
                "timing": {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}},
                "asNeededBoolean": False,
                "doseAndRate": [
                    {
                        "type": _concept(Coded(f"{_HL7}/dose-rate-type", "ordered", "Ordered")),
                        "doseQuantity": {"value": 1, "unit": "tablet"},
                    }
                ],
            }
        ],
        "dispenseRequest": {
            "numberOfRepeatsAllowed": 3,
            "quantity": {"value": 90, "unit": "tablet"},
        },
    }


class Measured(NamedTuple):
    """What is measured: code, category, unit for a person and in UCUM, and usual results."""

    code: Coded
    category: str
    unit: str
    ucum: str
    low: float
    high: float


def observation(random: Random, patient: str, measured: Measured) -> Json:
    """An Observation with a number."""
    code, category, unit, ucum, low, high = measured
    taken = _moment(random)
    ranges = {"system": "http://unitsofmeasure.org", "code": ucum, "unit": unit}
    return {
        **_head(random, "Observation", uuid(random), f"us-core-observation-{category[:3]}"),
        "identifier": [{"system": f"{_HERE}/results", "value": uuid(random)}],
        "status": "final",
        "category": [_category("observation-category", category, category.title())],
        "code": _concept(code),
        **_about(patient, random),
        "effectiveDateTime": taken,
        "issued": taken,
        "performer": [_practitioner(random)],
        "valueQuantity": {"value": round(random.uniform(low, high), 1), **ranges},
        "referenceRange": [
            {"low": {"value": low, **ranges}, "high": {"value": high, **ranges}, "text": "usual"}
        ],
    }


def condition(random: Random, patient: str, code: Coded) -> Json:
    """A Condition."""
    begun = _moment(random)
    status = random.choice(("active", "active", "resolved"))
    return {
        **_head(random, "Condition", uuid(random), "us-core-condition-problems"),
        "identifier": [{"system": f"{_HERE}/problems", "value": uuid(random)}],
        "clinicalStatus": _category("condition-clinical", status, status.title()),
        "verificationStatus": _category("condition-ver-status", "confirmed", "Confirmed"),
        "category": [_category("condition-category", "problem-list-item", "Problem List Item")],
        "code": _concept(code),
        **_about(patient, random),
        "onsetDateTime": begun,
        "recordedDate": begun,
        "recorder": _practitioner(random),
    }


def _head(random: Random, kind: str, ident: str, profile: str) -> Json:
    return {
        "resourceType": kind,
        "id": ident,
        "meta": {
            "versionId": "1",
            "lastUpdated": _moment(random),
            "source": f"{_HERE}/interfaces/{random.randrange(9)}",
            "profile": [f"{_CORE}/{profile}"],
        },
    }


def _about(patient: str, random: Random) -> Json:
    return {
        "subject": {"reference": f"Patient/{patient}"},
        "encounter": {"reference": f"Encounter/{uuid(random)}", "display": "Office visit"},
    }


def _practitioner(random: Random) -> Json:
    name = f"Dr. {random.choice(_GIVEN)} {random.choice(_FAMILIES)}"
    return {"reference": f"Practitioner/{uuid(random)}", "display": name}


def _concept(code: Coded) -> Json:
    return {"coding": [code._asdict()], "text": code.display}


def _category(system: str, code: str, display: str) -> Json:
    return {"coding": [{"system": f"{_HL7}/{system}", "code": code, "display": display}]}


def _moment(random: Random) -> str:
    day = AS_OF - timedelta(days=random.randrange(1, _YEARS))
    clock = f"{random.randrange(7, 19):02}:{random.randrange(60):02}:{random.randrange(60):02}"
    return f"{day.isoformat()}T{clock}-05:00"


def _ethnic(name: str) -> Json:
    return {
        "url": f"{_CORE}/us-core-{name}",
        "extension": [{"url": "text", "valueString": "Unknown"}],
    }
