"""A chart as the call of a CDS client, of about 29 kB: every prefetch key that discovery asks for.

Its resources are as large as those of Synthea's exports, about 700 bytes each and 2.5 kB for the
patient: EHRs send categories, encounters and displays beside what is read. Each variant has ids,
dates and addresses of its own, so that no memory of a call flatters the next one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import UUID
from zlib import crc32

from tests.benchmarks.charts import BUSY, VARIANTS, Chart

_FIRST_CODE = re.compile(r"code=[^|]*\|([^,&]+)")
SIZE = 29_000  # bytes that the call has, to within a resource
_COMPACT = (",", ":")
_CATEGORY = "http://terminology.hl7.org/CodeSystem/"
_RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"


def calls_of(
    discovery: Mapping[str, Any], today: date, chart: Chart, count: int = VARIANTS
) -> list[bytes]:
    """That many different calls of one chart."""
    return [call_of(discovery, today, chart, number) for number in range(count)]


def call_of(
    discovery: Mapping[str, Any], today: date, chart: Chart = BUSY, number: int = 0
) -> bytes:
    """The call of one variant of a chart."""
    queries: Mapping[str, str] = discovery["services"][0]["prefetch"]
    prefetch, context = _Writer(chart, number, today).prefetch(queries)
    call = {
        "hook": "patient-view",
        "hookInstance": _uuid(Random(number)),  # noqa: S311 - nothing is secret here
        "context": {"userId": "Practitioner/1", **context},
        "prefetch": prefetch,
    }
    body = json.dumps(call, separators=_COMPACT).encode()
    # The patient's narrative fills up to the size.
    prefetch["patient"]["text"] = {
        "status": "generated",
        "div": "<div>" + "Invented for a benchmark. " * ((SIZE - len(body)) // 26) + "</div>",
    }
    return json.dumps(call, separators=_COMPACT).encode()


def _uuid(random: Random) -> str:
    return str(UUID(int=random.getrandbits(128), version=4))


class _Writer:
    """Writes the resources of one variant. Everything that varies comes from its own generator."""

    def __init__(self, chart: Chart, number: int, today: date) -> None:
        self._random = Random(number)  # noqa: S311
        self._variant = chart.variant(self._random)
        self._today = today
        self._patient = self._id()
        self._encounter = self._id()

    def prefetch(
        self, queries: Mapping[str, str]
    ) -> tuple[dict[str, dict[str, Any]], dict[str, str]]:
        """The prefetch of a call, and of its context what names the patient."""
        answers = {key: self._answer(key, query) for key, query in queries.items()}
        return answers, {"patientId": self._patient, "encounterId": self._encounter}

    def _answer(self, key: str, query: str) -> dict[str, Any]:
        if key == "patient":
            return self._person()
        variant = self._variant
        resources: list[dict[str, Any]] = []
        if key == "medications":
            resources = [self._request(n, *drug) for n, drug in enumerate(variant.drugs)]
        elif key == "conditions":
            resources = [self._condition(n, *row) for n, row in enumerate(variant.conditions)]
        elif key in variant.results:
            [loinc, *_] = _FIRST_CODE.findall(query)
            unit, values = variant.results[key]
            resources = [self._result(key, loinc, unit, n, v) for n, v in enumerate(values)]
        entries = [
            {
                "fullUrl": f"https://ehr.example/fhir/{one['resourceType']}/{one['id']}",
                "resource": one,
                "search": {"mode": "match"},
            }
            for one in resources
        ]
        total = len(entries)
        return {"resourceType": "Bundle", "type": "searchset", "total": total, "entry": entries}

    def _person(self) -> dict[str, Any]:
        return {
            "resourceType": "Patient",
            "id": self._patient,
            "birthDate": f"19{self._random.randint(45, 69)}-04-{self._random.randint(1, 28):02}",
            "gender": self._random.choice(("female", "male")),
            "name": [{"family": "Patient", "given": ["Invented"]}],
        }

    def _id(self) -> str:
        return f"{self._random.getrandbits(48):012x}"

    def _base(self, kind: str) -> dict[str, Any]:
        return {
            "resourceType": kind,
            "id": self._id(),
            "subject": {"reference": f"Patient/{self._patient}", "display": "Invented Patient"},
            "encounter": {"reference": f"Encounter/{self._encounter}"},
        }

    def _day(self, days_ago: int) -> str:
        return (self._today - timedelta(days=days_ago + self._random.randint(0, 6))).isoformat()

    def _request(self, n: int, name: str, dosage: str) -> dict[str, Any]:
        coding = {"system": _RXNORM, "code": f"99{crc32(name.encode()) % 100_000:05}"}
        return {
            **self._base("MedicationRequest"),
            "status": "active",
            "intent": "order",
            "medicationCodeableConcept": {"coding": [{**coding, "display": name}], "text": name},
            "authoredOn": self._day(30 * n + 20),
            "requester": {"reference": "Practitioner/1", "display": "Invented Prescriber"},
            "dosageInstruction": [{"text": dosage, "timing": {"repeat": {"frequency": 1}}}],
        }

    def _condition(self, n: int, code: str, text: str) -> dict[str, Any]:
        base = "http://terminology.hl7.org/CodeSystem/condition-"
        coding = {"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": code, "display": text}
        confirmed = {"system": f"{base}ver-status", "code": "confirmed"}
        return {
            **self._base("Condition"),
            "clinicalStatus": {"coding": [{"system": f"{base}clinical", "code": "active"}]},
            "verificationStatus": {"coding": [confirmed]},
            "code": {"coding": [coding], "text": text},
            "category": _category("condition-category", "problem-list-item", "Problem List Item"),
            "recordedDate": self._day(40 * n + 8),
            "onsetDateTime": self._day(40 * n + 16),
        }

    def _result(self, analyte: str, loinc: str, unit: str, n: int, value: float) -> dict[str, Any]:
        day = self._day(12 + 60 * n)
        minute = self._random.randint(10, 59)
        high = [{"high": {"value": 190, "unit": unit}}]
        return {
            **self._base("Observation"),
            "status": "final",
            "code": {"coding": [{"system": "http://loinc.org", "code": loinc}], "text": analyte},
            "category": _category("observation-category", "laboratory", "Laboratory"),
            "effectiveDateTime": f"{day}T07:{minute}:00+00:00",
            "issued": f"{day}T09:{minute}:00.000+00:00",
            "valueQuantity": {
                "value": value,
                "unit": unit,
                "system": "http://unitsofmeasure.org",
                "code": unit,
            },
            **({"referenceRange": high} if analyte == "ck" else {}),
        }


def _category(system: str, code: str, display: str) -> list[dict[str, Any]]:
    coding = {"system": _CATEGORY + system, "code": code, "display": display}
    return [{"coding": [coding], "text": display}]
