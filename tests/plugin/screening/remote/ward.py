"""A ward of three patients, as a server exports it, and what screening it says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.plugin.hook_calls import order, potassium
from tests.plugin.screening.conftest import lines
from tests.plugin.screening.remote.bulk_server import BulkServer, rows

Json = dict[str, Any]
PATIENTS = ("a", "b", "c")


def ward() -> dict[str, list[Json]]:
    """Resources by type; the drug of an order stands behind a reference."""
    product = {
        "resourceType": "Medication",
        "id": "thz",
        "code": {"text": "hydrochlorothiazide 25 MG Oral Tablet"},
    }
    orders = []
    for one in PATIENTS:
        made = order("", id=f"o-{one}", subject={"reference": f"Patient/{one}"})
        del made["medicationCodeableConcept"]
        orders.append({**made, "medicationReference": {"reference": "Medication/thz"}})
    return {
        "Patient": [
            {"resourceType": "Patient", "id": one, "birthDate": "1950-01-01"} for one in PATIENTS
        ],
        "Medication": [product],
        "MedicationRequest": orders,
        "Observation": [
            {**potassium(3.2), "id": f"k-{one}", "subject": {"reference": f"Patient/{one}"}}
            for one in PATIENTS
        ],
    }


def filled(server: BulkServer) -> BulkServer:
    """The server, with the ward on it, a file for each type."""
    server.files = {f"{kind}-1": rows(*resources) for kind, resources in ward().items()}
    return server


def levels(out: Path) -> dict[str, str]:
    """What was said of each patient."""
    return {one["patient"]: one["level"] for one in lines(out / "assessments.ndjson")}


def all_warned(out: Path) -> bool:
    """Whether every patient of the ward was screened with drug and lab: nothing is missing."""
    found = levels(out)
    return set(found) == {f"Patient/{one}" for one in PATIENTS} and "none" not in found.values()
