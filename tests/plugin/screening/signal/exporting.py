"""A simulated population as a FHIR export: what drugs do to it is known."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from msgspec import Struct

Resource = dict[str, Any]
DAYS = 3650
BEGIN = date(2016, 1, 1)
WINDOW = 365


class Drug(Struct, frozen=True):
    """How a drug is written, how many start it, and what it does to the rate of cramps."""

    text: str
    chance: float
    rate_ratio: float = 1.0


DRUGS = (
    Drug("hydrochlorothiazide 25 MG Oral Tablet", 0.25, 2.0),
    Drug("salmeterol 0.05 MG/ACTUAT Dry Powder Inhaler", 0.15, 3.0),
    Drug("simvastatin 20 MG Oral Tablet", 0.4),
    Drug("omeprazole 20 MG Delayed Release Oral Capsule", 0.3),
    Drug("metoprolol tartrate 50 MG Oral Tablet", 0.35),
    Drug("tiotropium 0.018 MG Inhalation Powder", 0.2),
)


def population(patients: int, seed: int, cramp_chance: float = 0.15) -> Iterator[Resource]:
    """Patients, their orders and their diagnoses of cramps, from 2016 to 2025.

    Everybody's record begins on the first day, with a drug that is linked to nothing.
    """
    chosen = random.Random(seed)  # noqa: S311 - a fixed order, no secret
    for number in range(patients):
        id_ = f"p{number}"
        yield {"resourceType": "Patient", "id": id_, "birthDate": "1955-06-01"}
        yield _order(id_, 0, "amoxicillin 500 MG Oral Capsule", 0)
        cramps = [chosen.randrange(DAYS)] if chosen.random() < cramp_chance else []
        for place, drug in enumerate(DRUGS, 1):
            if chosen.random() >= drug.chance:
                continue
            start = chosen.randrange(DAYS)
            yield _order(id_, place, drug.text, start)
            if drug.rate_ratio > 1:
                rate = cramp_chance / DAYS * (drug.rate_ratio - 1)
                wait = 1 + int(chosen.expovariate(rate))
                if wait <= WINDOW and start + wait < DAYS:
                    cramps.append(start + wait)
        yield from (_cramps(id_, place, day) for place, day in enumerate(cramps))


def _day(number: int) -> str:
    return (BEGIN + timedelta(days=number)).isoformat()


def _order(id_: str, number: int, text: str, day: int) -> Resource:
    return {
        "resourceType": "MedicationRequest",
        "id": f"{id_}-m{number}",
        "status": "completed",
        "intent": "order",
        "medicationCodeableConcept": {"text": text},
        "subject": {"reference": f"Patient/{id_}"},
        "authoredOn": _day(day),
    }


def _cramps(id_: str, number: int, day: int) -> Resource:
    return {
        "resourceType": "Condition",
        "id": f"{id_}-c{number}",
        "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "R25.2"}]},
        "subject": {"reference": f"Patient/{id_}"},
        "recordedDate": _day(day),
    }
