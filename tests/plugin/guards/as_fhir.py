"""A plain chart as FHIR R4 resources, for the front door.

Codes are those of the public tables (LOINC, ICD-10-CM), written here once more, so that a chart
does not lean on the data that it tries.
"""

from __future__ import annotations

import json
import re
from datetime import timedelta
from functools import cache
from typing import Any

from plugin.model import EntryKind, Unread, UnreadReason
from plugin.reading.source import RawEntry
from tests.plugin.guards.chart import BORN, TODAY, Chart, Drug, Illness, Lab

PATIENT = "Patient/p1"
LOINC = {
    "potassium": "2823-3", "sodium": "2951-2", "magnesium": "19123-9", "calcium": "17861-6",
    "albumin": "1751-7", "egfr": "98979-8", "creatinine": "2160-0", "ck": "2157-6",
    "vitamin-d": "62292-8", "ionised-calcium": "1994-3", "tsh": "3016-3",
}  # fmt: skip
WHOLE_BLOOD = {"potassium": "6298-4"}
UNITS = {
    "potassium": "mmol/L", "sodium": "mmol/L", "magnesium": "mg/dL", "calcium": "mg/dL",
    "albumin": "g/dL", "egfr": "mL/min/{1.73_m2}", "creatinine": "mg/dL", "ck": "U/L",
    "vitamin-d": "ng/mL", "ionised-calcium": "mmol/L", "tsh": "m[IU]/L",
}  # fmt: skip
ICD10 = {
    "muscle cramp": "R25.2", "night leg cramp": "G47.62", "muscle pain": "M79.10",
    "muscle weakness": "M62.81", "rhabdomyolysis": "M62.82", "dialysis": "Z99.2",
    "kidney failure": "N18.6", "heart failure": "I50.9", "pregnancy": "Z33.1",
    "myasthenia": "G70.00", "malaria": "B54", "high potassium": "E87.5", "asthma": "J45.909",
    "acute kidney injury": "N17.9", "kidney disease of stage 3": "N18.31",
    "kidney disease of stage 4": "N18.4", "kidney disease of stage 5": "N18.5", "fever": "R50.9",
    "low sodium": "E87.1", "high calcium": "E83.52", "tetany": "R29.0", "long QT": "I45.81",
    "paralysis": "G72.3",
}  # fmt: skip
# Of these a chart has only words.
WORDS = {
    "dark urine": "Dark urine",
    "heart block": "Heart block",
    "ECG changes": "U waves",
    "immune-mediated myopathy": "Anti-HMGCR myopathy",
}
CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
VERIFICATION = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
NOT_SENT = Unread(
    "Condition", "", UnreadReason.NOT_SENT, EntryKind.CONDITIONS, detail="not in the prefetch"
)

Json = dict[str, Any]


def entries(chart: Chart) -> list[RawEntry]:
    """The resources of a chart; an entry that is there twice is sent twice."""
    found = [_patient()]
    found += [_entry(drug) for drug in chart.drugs]
    found += [_entry(result) for result in chart.labs]
    if chart.problems_sent:
        found += [_entry(illness) for illness in chart.illnesses]
    return found


def not_obtained(chart: Chart) -> tuple[Unread, ...]:
    """What the caller could not obtain."""
    return () if chart.problems_sent else (NOT_SENT,)


@cache
def _patient() -> RawEntry:
    return _raw(
        {
            "resourceType": "Patient",
            "id": "p1",
            "gender": "female",
            "birthDate": BORN.isoformat(),
        }
    )


@cache
def _entry(one: Drug | Lab | Illness) -> RawEntry:
    if isinstance(one, Drug):
        return _raw(_order(one))
    return _raw(_observation(one) if isinstance(one, Lab) else _condition(one))


def _raw(resource: Json) -> RawEntry:
    return RawEntry(raw=json.dumps(resource).encode())


def _named(one: object) -> Json:
    """An id that says what the entry is, and whose it is."""
    words = re.sub(r"[^A-Za-z0-9.]+", "-", repr(one).split("(", 1)[1])
    plain = re.sub(
        r"(analyte|value|days|name|state|active|serum|unit|sample|limit|sign)-", "", words
    )
    return {"id": plain.strip("-")[-60:].strip("-"), "subject": {"reference": PATIENT}}


def _order(drug: Drug) -> Json:
    dose: Json = {"route": {"text": drug.route}} if drug.route else {}
    strength = f" {drug.mg} MG Oral Tablet" if drug.mg else ""
    if drug.mg:
        dose["doseAndRate"] = [{"doseQuantity": {"value": 1, "unit": "tablet"}}]
        dose["timing"] = {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}}
    return {
        "resourceType": "MedicationRequest",
        "status": drug.state,
        "intent": "order",
        "medicationCodeableConcept": {"text": f"{drug.name}{strength}"},
        "dosageInstruction": [dose],
        **_named(drug),
    }


def _observation(result: Lab) -> Json:
    blood = result.sample == "whole blood"
    loinc = (WHOLE_BLOOD if blood else LOINC)[result.analyte]
    unit = result.unit or UNITS[result.analyte]
    value: Json = {"valueString": result.value}
    if result.value.replace(".", "", 1).isdigit():
        number: Json = {"value": float(result.value), "unit": unit}
        value = {"valueQuantity": number | ({"comparator": result.sign} if result.sign else {})}
    if result.limit:
        value["referenceRange"] = [{"high": {"value": float(result.limit), "unit": unit}}]
    if result.sample == "haemolysed":
        value["note"] = [{"text": "The sample was haemolysed."}]
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": loinc}]},
        "effectiveDateTime": (TODAY - timedelta(days=result.days)).isoformat(),
        **value,
        **_named(result),
    }


def _condition(illness: Illness) -> Json:
    clinical = "resolved" if illness.state == "resolved" else "active"
    sure = "refuted" if illness.state == "refuted" else "confirmed"
    if illness.name in WORDS:
        code: Json = {"text": WORDS[illness.name]}
    else:
        system = "http://hl7.org/fhir/sid/icd-10-cm"
        code = {"coding": [{"system": system, "code": ICD10[illness.name]}]}
    return {
        "resourceType": "Condition",
        "clinicalStatus": {"coding": [{"system": CLINICAL, "code": clinical}]},
        "verificationStatus": {"coding": [{"system": VERIFICATION, "code": sure}]},
        "code": code,
        **_named(illness),
    }
