"""Calls that between them bring every kind of answer, for what holds of all answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.plugin.hook_calls import URL, Json, call, order, patient, potassium, prefetch, searchset

SAMPLES = Path(__file__).parents[2] / "plugin" / "samples"
THIAZIDE = "hydrochlorothiazide 25 mg daily"


def samples() -> dict[str, bytes]:
    """The shipped calls of `cramp-review`, as they were written for the day of the tests."""
    return {path.stem: path.read_bytes() for path in sorted(SAMPLES.glob("*.json"))}


def reviews() -> dict[str, bytes]:
    """Calls of `cramp-review`, by what they are about."""
    thiazide = order(THIAZIDE)
    without_labs = prefetch(thiazide)
    del without_labs["potassium"], without_labs["conditions"]
    return samples() | {
        "low potassium": call(prefetch(thiazide, potassium=searchset(potassium(3.1)))),
        "nothing linked": call(prefetch(order("amoxicillin 500 mg"))),
        "nothing taken": call(prefetch()),
        "labs not sent": call(without_labs),
        "a drug that nobody knows": call(prefetch(order("xqzzt the blue one"))),
        "found, and not read": call(prefetch(thiazide, order("xqzzt", "m2"))),
        "a child": call(prefetch(thiazide, patient=patient(birthDate="2015-01-01"))),
    }


def answered(post: Any) -> Iterator[tuple[str, Json]]:
    """The name of each call, and what it is answered with."""
    for name, body in reviews().items():
        response = post(URL, body)
        assert response.status_code == 200, name
        yield name, json.loads(response.data)
