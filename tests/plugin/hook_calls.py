"""Calls of `cramp-review` about invented patients, built from few words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

TODAY = date(2026, 11, 1)
URL = "/cds-services/cramp-review"
# No three letters of it can be hexadecimal, so its absence is never a matter of luck.
PATIENT_ID = "zora"
_SUBJECT = {"reference": f"Patient/{PATIENT_ID}"}
LABS = (
    "potassium",
    "sodium",
    "magnesium",
    "calcium",
    "ionised-calcium",
    "albumin",
    "egfr",
    "creatinine",
    "ck",
    "tsh",
    "vitamin-d",
)

Json = dict[str, Any]


def patient(**more: Any) -> Json:
    """An adult."""
    return {"resourceType": "Patient", "id": PATIENT_ID, "birthDate": "1960-05-06", **more}


def order(text: str, id_: str = "m1", **more: Any) -> Json:
    """An active order in free text."""
    return {
        "resourceType": "MedicationRequest",
        "id": id_,
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": {"text": text},
        "subject": _SUBJECT,
        "authoredOn": "2026-06-01",
        **more,
    }


def potassium(value: float, day: str = "2026-10-25", id_: str = "k1", **more: Any) -> Json:
    """A potassium result."""
    return {
        "resourceType": "Observation",
        "id": id_,
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "2823-3"}]},
        "subject": _SUBJECT,
        "effectiveDateTime": day,
        "valueQuantity": {"value": value, "unit": "mmol/L", "code": "mmol/L"},
        **more,
    }


def searchset(*resources: Any, **more: Any) -> Json:
    """A search result."""
    entries = [{"resource": resource} for resource in resources]
    return {"resourceType": "Bundle", "type": "searchset", "entry": entries, **more}


def prefetch(*orders: Json, **keys: Any) -> Json:
    """Every key of the service: these orders, nothing else found, unless keys say otherwise."""
    empty = ("conditions", "statements", "dispenses", "allergies", *LABS)
    everything: Json = {"patient": patient(), "medications": searchset(*orders)}
    everything.update({name: searchset() for name in empty})
    everything.update({name.replace("_", "-"): value for name, value in keys.items()})
    return everything


def call(sent: Mapping[str, Any], **more: Any) -> bytes:
    """A patient-view call with this prefetch."""
    body = {
        "hook": "patient-view",
        "hookInstance": "9f1a7c52-6f0e-4f6e-8f27-0f4b3f2f8f11",
        "context": {"userId": "Practitioner/1", "patientId": PATIENT_ID},
        "prefetch": sent,
        **more,
    }
    return json.dumps(body).encode()
