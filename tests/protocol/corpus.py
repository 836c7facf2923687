"""Calls that between them bring every kind of answer, for what holds of all answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.plugin.hook_calls import (
    PATIENT_ID,
    URL,
    Json,
    call,
    order,
    patient,
    potassium,
    prefetch,
    searchset,
)

SAMPLES = Path(__file__).parents[2] / "plugin" / "samples"
CHECK = "/cds-services/cramp-order-check"
THIAZIDE = "hydrochlorothiazide 25 mg daily"
USER = {"userId": "Practitioner/1", "patientId": PATIENT_ID, "encounterId": "e1"}


def samples() -> dict[str, bytes]:
    """The shipped calls of `cramp-review`, as they were written for the day of the tests."""
    return {path.stem: path.read_bytes() for path in sorted(SAMPLES.glob("*.json"))}


def reviews() -> dict[str, bytes]:
    """Calls of `cramp-review`, by what they are about."""
    thiazide = order(THIAZIDE)
    low = prefetch(thiazide, potassium=searchset(potassium(3.1)))
    without_labs = prefetch(thiazide)
    del without_labs["potassium"], without_labs["conditions"]
    return samples() | {
        "low potassium": call(low),
        "low potassium at discharge": call(low, hook="encounter-discharge", context=USER),
        "a refill": call(
            low, hook="medication-refill", context=USER | {"medications": searchset(thiazide)}
        ),
        "potassium not known": call(prefetch(thiazide)),
        "nothing linked": call(prefetch(order("amoxicillin 500 mg"))),
        "nothing taken": call(prefetch()),
        "labs not sent": call(without_labs),
        "a drug that nobody knows": call(prefetch(order("xqzzt the blue one"))),
        "found, and not read": call(prefetch(thiazide, order("xqzzt", "m2"))),
        "a child": call(prefetch(thiazide, patient=patient(birthDate="2015-01-01"))),
    }


def ordered(hook: str, draft: Json, sent: Json | None = None, **more: Any) -> bytes:
    """A call about one draft order; nothing else is taken unless `sent` says so."""
    context: Json = USER | {
        "draftOrders": {"resourceType": "Bundle", "entry": [{"resource": draft}]}
    }
    if hook == "order-select":
        context["selections"] = [f"MedicationRequest/{draft['id']}"]
    return call(prefetch() if sent is None else sent, hook=hook, context=context | more)


def checks() -> dict[str, bytes]:
    """Calls of `cramp-order-check`, by what they are about."""
    low = prefetch(potassium=searchset(potassium(3.1)))
    statin = prefetch(order("clarithromycin 500 mg twice daily", "m2"))
    made = {}
    for hook in ("order-select", "order-sign"):
        thiazide = order(THIAZIDE, "d1", status="draft")
        simvastatin = order("simvastatin 40 mg daily", "d1", status="draft")
        made[f"{hook}: a thiazide at a low potassium"] = ordered(hook, thiazide, low)
        made[f"{hook}: simvastatin to clarithromycin"] = ordered(hook, simvastatin, statin)
        made[f"{hook}: amoxicillin"] = ordered(
            hook, order("amoxicillin 500 mg", "d1", status="draft")
        )
        made[f"{hook}: a drug that nobody knows"] = ordered(
            hook, order("xqzzt", "d1", status="draft")
        )
    return made


def alike(cards: list[Json]) -> list[Json]:
    """The cards without what is made anew for each answer: the ids of cards and suggestions."""
    return [
        {name: _without_uuid(value) for name, value in card.items() if name != "uuid"}
        for card in cards
    ]


def _without_uuid(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    return [
        {name: part for name, part in one.items() if name != "uuid"}
        if isinstance(one, dict)
        else one
        for one in value
    ]


def answered(post: Any) -> Iterator[tuple[str, Json]]:
    """The name of each call, and what it is answered with."""
    for url, calls in ((URL, reviews()), (CHECK, checks())):
        for name, body in calls.items():
            response = post(url, body)
            assert response.status_code == 200, name
            yield name, json.loads(response.data)
