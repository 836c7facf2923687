"""An invented patient of about 29 kB: the call that the benchmark sends. The same on each day.

Its resources are as large as those of Synthea's exports, about 700 bytes each and 2.5 kB for the
patient: EHRs send categories, encounters and displays beside what is read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

PATIENT_ID = "bench-1"
_FIRST_CODE = re.compile(r"code=[^|]*\|([^,&]+)")
SIZE = 29_000  # bytes that the call has, to within a resource
_COMPACT = (",", ":")
_ENCOUNTER = {"reference": "Encounter/0f9d1c52-3b70-4f53-9d0e-6a3c9a4be0d1"}
_CATEGORY = "http://terminology.hl7.org/CodeSystem/"
_RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
_SUBJECT = {"reference": f"Patient/{PATIENT_ID}", "display": "Invented Patient"}
# Name as an EHR writes it, and a dose text. The list mixes linked and unlinked drugs.
_DRUGS = (
    ("hydrochlorothiazide 25 MG Oral Tablet", "1 tablet every morning"),
    ("atorvastatin 40 MG Oral Tablet", "1 tablet at bedtime"),
    ("albuterol 0.09 MG/ACTUAT Metered Dose Inhaler", "2 puffs as needed"),
    ("metformin hydrochloride 500 MG Oral Tablet", "1 tablet twice a day with meals"),
    ("lisinopril 10 MG Oral Tablet", "1 tablet once a day"),
    ("omeprazole 20 MG Delayed Release Oral Capsule", "1 capsule before breakfast"),
    ("amoxicillin 500 MG Oral Capsule", "1 capsule three times a day for 7 days"),
    ("acetaminophen 325 MG Oral Tablet", "1 to 2 tablets as needed for pain"),
    ("citalopram 20 MG Oral Tablet", "1 tablet once a day"),
    ("furosemide 40 MG Oral Tablet", "1 tablet every morning"),
    ("aspirin 81 MG Oral Tablet", "1 tablet once a day"),
    ("levothyroxine sodium 0.05 MG Oral Tablet", "1 tablet on an empty stomach"),
)
_UNLINKED = (
    "amoxicillin 500 MG Oral Capsule",
    "acetaminophen 325 MG Oral Tablet",
    "metformin hydrochloride 500 MG Oral Tablet",
    "loratadine 10 MG Oral Tablet",
)
_CONDITIONS = (
    ("I10", "Essential (primary) hypertension"),
    ("E78.5", "Hyperlipidemia, unspecified"),
    ("R25.2", "Cramp and spasm"),
    ("E11.9", "Type 2 diabetes mellitus without complications"),
    ("J45.909", "Unspecified asthma, uncomplicated"),
    ("Z00.00", "General adult medical examination"),
)
# Unit and values, newest first, of the analytes that the patient has; the others come back empty.
_RESULTS: Mapping[str, tuple[str, tuple[float, ...]]] = {
    "potassium": ("mmol/L", (3.3, 3.6, 3.9, 4.0)),
    "sodium": ("mmol/L", (139, 140)),
    "magnesium": ("mg/dL", (1.9,)),
    "calcium": ("mg/dL", (9.4,)),
    "albumin": ("g/dL", (4.1,)),
    "creatinine": ("mg/dL", (0.9, 1.0)),
    "egfr": ("mL/min/{1.73_m2}", (82, 79)),
    "tsh": ("m[IU]/L", (2.1,)),
    "ck": ("U/L", (110,)),
}


@dataclass(frozen=True)
class Chart:
    """What one patient takes and has, and the potassium results, newest first."""

    drugs: tuple[tuple[str, str], ...]
    conditions: tuple[tuple[str, str], ...]
    potassium: tuple[float, ...]


# Cramps, a low potassium and seven linked drugs; two linked drugs, of which one is worth a line;
# and a chart of the same size with nothing to say.
BUSY = Chart(_DRUGS, _CONDITIONS, (3.3, 3.6, 3.9, 4.0, 4.1))
ORDINARY = Chart(
    (
        _DRUGS[0],
        _DRUGS[1],
        *((_UNLINKED[n % 4], dosage) for n, (_, dosage) in enumerate(_DRUGS[2:])),
    ),
    _CONDITIONS,
    (4.2, 4.0, 4.1, 4.0, 4.1),
)
QUIET = Chart(
    tuple((_UNLINKED[n % len(_UNLINKED)], dosage) for n, (_, dosage) in enumerate(_DRUGS)),
    tuple(row for row in _CONDITIONS if row[0] != "R25.2"),
    (4.2, 4.0, 4.1, 4.0, 4.1),
)

CHARTS = {
    "a chart with many findings": BUSY,
    "an ordinary chart": ORDINARY,
    "a quiet chart": QUIET,
}


def call_of(discovery: Mapping[str, Any], today: date, chart: Chart = BUSY) -> bytes:
    """The call, with every prefetch key that the service's discovery document asks for."""
    queries: Mapping[str, str] = discovery["services"][0]["prefetch"]
    prefetch = {key: _answer(key, query, today, chart) for key, query in queries.items()}
    call = {
        "hook": "patient-view",
        "hookInstance": "3f0c7f3e-5a77-4c0e-9d7c-6a1d3a8b2f10",
        "context": {"userId": "Practitioner/1", "patientId": PATIENT_ID, "encounterId": "e1"},
        "prefetch": prefetch,
    }
    body = json.dumps(call, separators=_COMPACT).encode()
    # The patient's narrative fills up to the size.
    prefetch["patient"]["text"] = {
        "status": "generated",
        "div": "<div>" + "Invented for a benchmark. " * ((SIZE - len(body)) // 26) + "</div>",
    }
    return json.dumps(call, separators=_COMPACT).encode()


def _answer(key: str, query: str, today: date, chart: Chart) -> dict[str, Any]:
    if key == "patient":
        return {
            "resourceType": "Patient",
            "id": PATIENT_ID,
            "birthDate": "1961-04-02",
            "gender": "female",
            "name": [{"family": "Patient", "given": ["Invented"]}],
        }
    resources: list[dict[str, Any]] = []
    if key == "medications":
        resources = [_request(n, *drug, today) for n, drug in enumerate(chart.drugs)]
    elif key == "conditions":
        resources = [_condition(n, *row, today) for n, row in enumerate(chart.conditions)]
    elif key in _RESULTS:
        loinc = _FIRST_CODE.findall(query)[0]
        unit, values = _RESULTS[key]
        values = chart.potassium if key == "potassium" else values
        resources = [
            _result(key, loinc, unit, n, value=v, today=today) for n, v in enumerate(values)
        ]
    entries = [
        {
            "fullUrl": f"https://ehr.example/fhir/{one['resourceType']}/{one['id']}",
            "resource": one,
            "search": {"mode": "match"},
        }
        for one in resources
    ]
    return {"resourceType": "Bundle", "type": "searchset", "total": len(entries), "entry": entries}


def _category(system: str, code: str, display: str) -> list[dict[str, Any]]:
    coding = {"system": _CATEGORY + system, "code": code, "display": display}
    return [{"coding": [coding], "text": display}]


def _request(n: int, name: str, dosage: str, today: date) -> dict[str, Any]:
    return {
        "resourceType": "MedicationRequest",
        "id": f"m{n}",
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": {
            "coding": [{"system": _RXNORM, "code": f"99{n:05d}", "display": name}],
            "text": name,
        },
        "subject": _SUBJECT,
        "encounter": _ENCOUNTER,
        "authoredOn": (today - timedelta(days=30 * n + 20)).isoformat(),
        "requester": {"reference": "Practitioner/1", "display": "Invented Prescriber"},
        "dosageInstruction": [{"text": dosage, "timing": {"repeat": {"frequency": 1}}}],
    }


def _condition(n: int, code: str, text: str, today: date) -> dict[str, Any]:
    base = "http://terminology.hl7.org/CodeSystem/condition-"
    return {
        "resourceType": "Condition",
        "id": f"c{n}",
        "clinicalStatus": {"coding": [{"system": f"{base}clinical", "code": "active"}]},
        "verificationStatus": {"coding": [{"system": f"{base}ver-status", "code": "confirmed"}]},
        "code": {
            "coding": [
                {"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": code, "display": text}
            ],
            "text": text,
        },
        "subject": _SUBJECT,
        "category": _category("condition-category", "problem-list-item", "Problem List Item"),
        "encounter": _ENCOUNTER,
        "recordedDate": (today - timedelta(days=40 * n + 8)).isoformat(),
        "onsetDateTime": (today - timedelta(days=40 * n + 9)).isoformat(),
    }


def _result(
    analyte: str, loinc: str, unit: str, n: int, *, value: float, today: date
) -> dict[str, Any]:
    day = (today - timedelta(days=12 + 60 * n)).isoformat()
    return {
        "resourceType": "Observation",
        "id": f"{analyte}-{n}",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": loinc}], "text": analyte},
        "subject": _SUBJECT,
        "category": _category("observation-category", "laboratory", "Laboratory"),
        "encounter": _ENCOUNTER,
        "effectiveDateTime": f"{day}T07:30:00+00:00",
        "issued": f"{day}T09:12:00.000+00:00",
        "valueQuantity": {
            "value": value,
            "unit": unit,
            "system": "http://unitsofmeasure.org",
            "code": unit,
        },
        **({"referenceRange": [{"high": {"value": 190, "unit": unit}}]} if analyte == "ck" else {}),
    }
