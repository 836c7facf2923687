"""Patients' records in few words, and their histories."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any
from zlib import crc32

import pytest

from knowledge.signals import load_signals
from plugin.pipeline import default_pipeline
from plugin.reading.source import RawEntry
from plugin.screening.signal.history import Historian, History
from plugin.screening.signal.settings import Settings

AS_OF = date(2026, 11, 1)
Resource = dict[str, Any]
Read = Callable[..., History]


def order(drug: str, day: str = "", **more: Any) -> Resource:
    """A MedicationRequest by name."""
    found = {
        "resourceType": "MedicationRequest",
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": {"text": drug},
        "subject": {"reference": "Patient/p"},
        **({"authoredOn": day} if day else {}),
        **more,
    }
    return _numbered(found)


def dispense(drug: str, day: str, **more: Any) -> Resource:
    """A MedicationDispense by name."""
    found = {
        "resourceType": "MedicationDispense",
        "status": "completed",
        "medicationCodeableConcept": {"text": drug},
        "subject": {"reference": "Patient/p"},
        "whenHandedOver": day,
        **more,
    }
    return _numbered(found)


def statement(drug: str, **more: Any) -> Resource:
    """A MedicationStatement by name."""
    found = {
        "resourceType": "MedicationStatement",
        "status": "active",
        "medicationCodeableConcept": {"text": drug},
        "subject": {"reference": "Patient/p"},
        **more,
    }
    return _numbered(found)


def cramps(onset: str = "", recorded: str = "", **more: Any) -> Resource:
    """A Condition of cramps, ICD-10-CM R25.2."""
    found = {
        "resourceType": "Condition",
        "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "R25.2"}]},
        "subject": {"reference": "Patient/p"},
        **({"onsetDateTime": onset} if onset else {}),
        **({"recordedDate": recorded} if recorded else {}),
        **more,
    }
    return _numbered(found)


def malaria(day: str) -> Resource:
    """A Condition of malaria."""
    return cramps(day, code={"text": "malaria"})


def _numbered(found: Resource) -> Resource:
    """With an id of its own that depends on its content alone."""
    return {"id": f"{crc32(json.dumps(found, sort_keys=True).encode())}", **found}


def ordinal(day: str) -> int:
    return date.fromisoformat(day).toordinal()


@pytest.fixture(scope="session")
def read() -> Read:
    """`read([resources], outcome=...)` gives the history of the patient `p`."""
    pipeline = default_pipeline()
    signals = load_signals(pipeline.knowledge)

    def history(resources: Sequence[Resource], **chosen: Any) -> History:
        historian = Historian(pipeline, signals, Settings(as_of=AS_OF, **chosen))
        return historian.read(
            "Patient/p", [RawEntry(json.dumps(one).encode()) for one in resources]
        )

    return history
