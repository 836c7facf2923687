"""Which labs of a flagged patient are known, through the door that screens them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import orjson
import pytest

from plugin.pipeline import Pipeline
from plugin.reading.source import RawEntry
from plugin.screening.assessing import screen_patient
from plugin.screening.outcome import Screened, Wanted

AS_OF = date(2026, 11, 1)
STATIN = {
    "resourceType": "MedicationRequest",
    "id": "m",
    "status": "active",
    "intent": "order",
    "subject": {"reference": "Patient/a"},
    "medicationCodeableConcept": {"text": "hydrochlorothiazide 25 mg"},
}


def potassium(days: int, value: float = 4.1, **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "id": f"o{days}-{value}",
        "status": "final",
        "subject": {"reference": "Patient/a"},
        "code": {"coding": [{"system": "http://loinc.org", "code": "2823-3"}]},
        "effectiveDateTime": (AS_OF - timedelta(days=days)).isoformat(),
        "valueQuantity": {"value": value, "unit": "mmol/L"},
        **more,
    }


def states(
    pipeline: Pipeline, resources: list[dict[str, Any]], *, labs: bool = True
) -> dict[str, str]:
    entries = tuple(RawEntry(raw=orjson.dumps(one)) for one in resources)
    outcome = screen_patient(pipeline, ("Patient/a", entries), AS_OF, Wanted(labs=labs))
    assert isinstance(outcome, Screened)
    return dict(outcome.labs)


@pytest.mark.parametrize(
    ("results", "state"),
    [
        ([], "none"),
        ([potassium(0)], "current"),
        ([potassium(90)], "current"),
        ([potassium(91)], "older"),
        ([potassium(91), potassium(400)], "older"),
        ([potassium(-1)], "none"),
        ([potassium(5, 4.1), potassium(5, 2.9)], "suspect"),
        ([potassium(5, valueQuantity={"value": 4.1, "unit": "furlong"})], "unread"),
        ([potassium(9), potassium(5, 1, valueQuantity={"value": 4, "unit": "?"})], "unread"),
        ([potassium(5), potassium(9, 1, valueQuantity={"value": 4, "unit": "?"})], "current"),
    ],
)
def test_each_lab_is_in_one_state(
    pipeline: Pipeline, results: list[dict[str, Any]], state: str
) -> None:
    """At the edges of the window, in the future, doubtful, and unreadable at the newest."""
    known = states(pipeline, [STATIN, *results])
    assert state == known["potassium"]
    assert "none" == known["ck"]
    assert "albumin" not in known, "no rule asks for it"


def test_labs_are_given_where_they_are_wanted_and_somebody_is_flagged(pipeline: Pipeline) -> None:
    """Nobody else pays for them."""
    assert {} == states(pipeline, [STATIN], labs=False)
    harmless = {**STATIN, "medicationCodeableConcept": {"text": "amoxicillin 500 mg"}}
    assert {} == states(pipeline, [harmless, potassium(3)])
