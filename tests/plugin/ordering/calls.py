"""Calls of the order hooks about invented patients, built from few words."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tests.plugin.hook_calls import LABS, PATIENT_ID, order, patient, searchset

Json = dict[str, Any]
Ask = Callable[[Json], list[Json]]
ORDER_CHECK, REVIEW = "/cds-services/cramp-order-check", "/cds-services/cramp-review"
SIMVASTATIN = "simvastatin 40 MG Oral Tablet"
CLARITHROMYCIN = "clarithromycin 500 MG Oral Tablet"
THIAZIDE = "hydrochlorothiazide 25 MG Oral Tablet"
ALBUTEROL = "albuterol 0.09 MG/ACTUAT Metered Dose Inhaler"
AMOXICILLIN = "amoxicillin 500 MG Oral Capsule"
_EMPTY = ("conditions", "statements", "dispenses", "allergies", *LABS)


def draft(text: str, id_: str = "d1", **more: Any) -> Json:
    """A draft order in free text."""
    return {**order(text, id_), "status": "draft", "authoredOn": "2026-11-01", **more}


def chart(*orders: Any, **keys: Any) -> Json:
    """Every prefetch key: these orders, and that nothing else is there unless keys say so."""
    found: Json = {"patient": patient(), "medications": searchset(*orders)}
    found |= dict.fromkeys(_EMPTY)
    return found | {name.replace("_", "-"): value for name, value in keys.items()}


def sign(drafts: Sequence[Any], sent: Mapping[str, Any], **context: Any) -> Json:
    """An order-sign call."""
    return _call("order-sign", sent, draftOrders=collection(drafts), **context)


def choose(drafts: Sequence[Any], sent: Mapping[str, Any], *selections: str) -> Json:
    """An order-select call."""
    return _call("order-select", sent, draftOrders=collection(drafts), selections=list(selections))


def refill(orders: Sequence[Any], sent: Mapping[str, Any], **context: Any) -> Json:
    """A medication-refill call, on nobody's behalf."""
    call = _call("medication-refill", sent, medications=collection(orders), **context)
    del call["context"]["userId"]
    return call


def discharge(sent: Mapping[str, Any]) -> Json:
    """An encounter-discharge call."""
    return _call("encounter-discharge", sent, encounterId="e1")


def collection(resources: Sequence[Any], **more: Any) -> Json:
    """A Bundle without a type, as those of the standard's examples are."""
    entries = [{"resource": resource} for resource in resources]
    return {"resourceType": "Bundle", "entry": entries, **more}


def _call(hook: str, sent: Mapping[str, Any], **context: Any) -> Json:
    return {
        "hook": hook,
        "hookInstance": "9f1a7c52-6f0e-4f6e-8f27-0f4b3f2f8f11",
        "context": {"userId": "Practitioner/1", "patientId": PATIENT_ID, **context},
        "prefetch": dict(sent),
    }


def body(call: Json) -> bytes:
    """As it is sent."""
    return json.dumps(call).encode()


def said(cards: Sequence[Json]) -> str:
    """All that the cards say."""
    return "\n".join(f"{card['summary']}\n{card['detail']}" for card in cards)


def deleted(cards: Sequence[Json]) -> list[str]:
    """What the suggestions of the cards would delete."""
    return [
        action["resourceId"]
        for card in cards
        for suggestion in card.get("suggestions", [])
        for action in suggestion["actions"]
        if action["type"] == "delete"
    ]
