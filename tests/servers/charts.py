"""Patients for a FHIR server, whose orders refer to Medications and name no drug themselves."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from datetime import date
from hashlib import blake2b
from pathlib import Path
from typing import Any

from msgspec import Struct

Json = dict[str, Any]

OURS = Path(__file__).parents[1] / "patients"
SYNTHEA = Path(__file__).parents[3] / "shared/data/synthea-bundles"
_USED = (
    "Patient", "MedicationRequest", "MedicationStatement", "MedicationDispense", "Medication",
    "Condition", "Observation", "AllergyIntolerance",
)  # fmt: skip
_CONCEPT, _REFERENCE = "medicationCodeableConcept", "medicationReference"
_URN = "urn:uuid:"


class Chart(Struct, frozen=True):
    """A patient's id, the day on which to ask, and all resources."""

    patient: str
    day: date
    resources: tuple[Json, ...]

    def count(self, resource_type: str) -> int:
        return sum(one["resourceType"] == resource_type for one in self.resources)


def our_chart(name: str) -> Chart:
    """One of the golden patients of this repository."""
    bundle = json.loads((OURS / name / "bundle.json").read_bytes())
    return _chart([entry["resource"] for entry in bundle["entry"]], date(2026, 11, 1))


def synthea_chart(surname: str) -> Chart:
    """A synthetic patient, on the day after the last result."""
    [path] = SYNTHEA.glob(f"*_{surname}_*.json.gz")
    with gzip.open(path) as file:
        resources = [entry["resource"] for entry in json.load(file)["entry"]]
    days = [one.get("effectiveDateTime", "")[:10] for one in resources]
    return _chart(resources, date.fromisoformat(max(days)))


def _chart(resources: list[Json], day: date) -> Chart:
    used = [one for one in resources if one["resourceType"] in _USED]
    [patient] = [one["id"] for one in used if one["resourceType"] == "Patient"]
    whole = json.loads(json.dumps(used).replace(f"{_URN}{patient}", f"Patient/{patient}"))
    medications: dict[str, Json] = {}
    referring = [_referring(one, medications) for one in whole]
    return Chart(patient, day, tuple(_plain([*medications.values(), *referring])))


def _referring(resource: Json, medications: dict[str, Json]) -> Json:
    """The resource with a reference where it had a concept."""
    concept = resource.get(_CONCEPT)
    if concept is None:
        return resource
    text = json.dumps(concept, sort_keys=True)
    id_ = f"m-{blake2b(text.encode(), digest_size=8).hexdigest()}"
    medications[id_] = {"resourceType": "Medication", "id": id_, "code": concept}
    rest = {name: value for name, value in resource.items() if name != _CONCEPT}
    return {**rest, _REFERENCE: {"reference": f"Medication/{id_}"}}


def _plain(resources: list[Json]) -> Iterator[Json]:
    """Without references to encounters and people that are not loaded."""
    for one in resources:
        yield {
            name: value
            for name, value in one.items()
            if name not in ("encounter", "requester", "context", "reasonReference", "performer")
        }
