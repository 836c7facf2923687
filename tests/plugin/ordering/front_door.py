"""A sketch and draft orders through the front door: what the order check says of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from plugin.model import EntryKind, Unread, UnreadReason
from plugin.ordering.check import Asked, OrderCheck, check_orders
from plugin.ordering.drafts import drafts_of, select
from plugin.reading.source import RawEntry, split
from tests.oracle.as_fhir import PATIENT, bundle, resources
from tests.oracle.sketch import Med, Sketch
from tests.plugin.heart.front_door import pipeline

Json = dict[str, Any]


def drafts(meds: Iterable[Med], sketch: Sketch, status: str = "draft") -> list[Json]:
    """The medicines as draft orders `d0`, `d1`..."""
    orders = replace(sketch, meds=tuple(_as_order(med) for med in meds))
    found = [one for one in resources(orders) if one["resourceType"] == "MedicationRequest"]
    found = [one for one in found if one["id"].startswith("m")]
    return [{**one, "id": f"d{one['id'][1:]}", "status": status} for one in found]


def _as_order(med: Med) -> Med:
    """The same, ordered now: neither begun nor ended."""
    return replace(
        med, status="active", intent="order", statement=False, start=None, ended=None,
        not_prescribed=False,
    )  # fmt: skip


def check(
    sketch: Sketch, orders: Sequence[Json], selections: Sequence[str] | None = None
) -> OrderCheck:
    """The order check of the sketch; of all orders, or of those that were selected."""
    entries = [RawEntry(json.dumps(one).encode()) for one in orders]
    missing = Unread(
        "Condition", "", UnreadReason.NOT_SENT, EntryKind.CONDITIONS, detail="not in the prefetch"
    )
    ordered = pipeline(sketch.jurisdiction).read_ordered(
        split(bundle(resources(sketch))),
        entries,
        sketch.as_of,
        PATIENT,
        () if sketch.conditions_sent else (missing,),
    )
    named = drafts_of(entries)
    unsigned = frozenset(one.reference for one in named if one.unsigned)
    asked = Asked(frozenset(one.reference for one in named), unsigned)
    if selections is not None:
        chosen = select(named, selections)
        asked = Asked(chosen.references, unsigned, unfinished=True, missing=chosen.missing)
    return check_orders(pipeline(sketch.jurisdiction).assessor, ordered, asked, sketch.as_of)
