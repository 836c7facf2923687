"""Charts of a statin and what is taken beside it, as FHIR, and what is said of them."""

from __future__ import annotations

import json
from datetime import date
from functools import lru_cache
from typing import Any

from plugin.model import Assessment, Finding
from plugin.pipeline import Pipeline, default_pipeline
from plugin.reading.source import split

TODAY = date(2026, 11, 1)
LIMITS = ("statin-contraindicated", "statin-over-dose-cap", "statin-dose-not-read")
CAUTIONS = ("statin-caution", "statin-partner-dose-not-read", "statin-interaction-unconfirmed")


def drug(text: str, mg: float | None = None, **more: Any) -> dict[str, Any]:
    """An active order, once a day where a dose is given."""
    order: dict[str, Any] = {
        "resourceType": "MedicationRequest",
        "id": text.replace(" ", "-"),
        "status": "active",
        "intent": "order",
        "subject": {"reference": "Patient/p"},
        "medicationCodeableConcept": {"text": text},
        "authoredOn": "2026-10-01",
    }
    if mg is not None:
        dose = {"value": mg, "unit": "mg", "system": "http://unitsofmeasure.org", "code": "mg"}
        order["dosageInstruction"] = [
            {
                "timing": {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}},
                "doseAndRate": [{"doseQuantity": dose}],
            }
        ]
    return {**order, **more}


def kidney(egfr: float) -> dict[str, Any]:
    """An eGFR of a week ago."""
    return {
        "resourceType": "Observation",
        "id": "egfr",
        "status": "final",
        "subject": {"reference": "Patient/p"},
        "code": {"coding": [{"system": "http://loinc.org", "code": "98979-8"}]},
        "effectiveDateTime": "2026-10-25",
        "valueQuantity": {"value": egfr, "unit": "mL/min/{1.73_m2}"},
    }


def ill(text: str) -> dict[str, Any]:
    """An active condition."""
    return {
        "resourceType": "Condition",
        "id": text.replace(" ", "-"),
        "subject": {"reference": "Patient/p"},
        "clinicalStatus": {"coding": [{"code": "active"}]},
        "code": {"text": text},
    }


def answer(*entries: dict[str, Any], jurisdiction: str = "US") -> Assessment:
    """What is said of an adult with these entries and nothing else."""
    patient = {"resourceType": "Patient", "id": "p", "birthDate": "1960-05-05"}
    bundle = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"resource": resource} for resource in (patient, *entries)],
    }
    data = json.dumps(bundle).encode()
    return in_jurisdiction(jurisdiction).assess_entries(split(data), TODAY)


@lru_cache(maxsize=3)
def in_jurisdiction(name: str) -> Pipeline:
    """The shipped pipeline, for one jurisdiction."""
    return default_pipeline() if name == "US" else Pipeline(default_pipeline().knowledge, name)


def interactions(said: Assessment) -> list[Finding]:
    """The findings about a limit of the interaction table."""
    return [finding for finding in said.findings if finding.rule.startswith(LIMITS)]


def cautions(said: Assessment) -> list[Finding]:
    """The findings about care with a pair, or about what nobody confirmed."""
    return [finding for finding in said.findings if finding.rule.startswith(CAUTIONS)]


def outline(findings: list[Finding]) -> list[tuple[str, str]]:
    """Rule and level of each."""
    return [(finding.rule, finding.level.value) for finding in findings]


def offered(said: Assessment) -> set[str]:
    """The ids of what is offered."""
    return {mitigation.id for mitigation in said.mitigations}


def flagged(said: Assessment) -> dict[str, str]:
    """Each flagged drug with its highest level."""
    ranked = sorted(said.findings, key=lambda finding: finding.level.rank)
    return {name: finding.level.value for finding in ranked for name in finding.ingredients}
