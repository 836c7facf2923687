"""Posts of feedback, and what the database holds after them."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

from sqlalchemy import select

from plugin.cards.issued import Issued
from plugin.cards.shape import REASON_SYSTEM
from plugin.config import Settings
from plugin.model import Assessment
from plugin.pipeline import default_pipeline
from plugin.reading.source import split
from plugin.store.address import address_of
from plugin.store.engine import open_engine
from plugin.store.tables import feedback, issued_card
from tests.plugin.golden import case

URL = "/cds-services/cramp-review/feedback"
NOON = "2026-11-01T12:00:00Z"


def accepted(card: str = "", at: str | None = NOON, **more: Any) -> dict[str, Any]:
    """An entry of a card whose suggestion was taken."""
    entry = {
        "card": card or str(uuid4()),
        "outcome": "accepted",
        "acceptedSuggestions": [{"id": str(uuid4())}],
        "outcomeTimestamp": at,
        **more,
    }
    return {name: value for name, value in entry.items() if value is not None}


def overridden(
    card: str = "", code: str = "benefit-outweighs", at: str | None = NOON, **more: Any
) -> dict[str, Any]:
    """An entry of a card that was set aside with one of our reasons."""
    entry = {
        "card": card or str(uuid4()),
        "outcome": "overridden",
        "overrideReason": {"reason": {"system": REASON_SYSTEM, "code": code}},
        "outcomeTimestamp": at,
        **more,
    }
    return {name: value for name, value in entry.items() if value is not None}


def post(*entries: Any) -> bytes:
    """The body of a post."""
    return json.dumps({"feedback": list(entries)}).encode()


def stored(settings: Settings) -> list[dict[str, Any]]:
    """The outcomes that the database holds."""
    return _rows(settings, select(feedback).order_by(feedback.c.id))


def issued(settings: Settings) -> list[dict[str, Any]]:
    """The cards that the database knows of."""
    return _rows(settings, select(issued_card))


def _rows(settings: Settings, query: Any) -> list[dict[str, Any]]:
    engine = open_engine(address_of(settings), pooled=False, writes=False)
    with engine.begin() as connection:
        return [dict(row) for row in connection.execute(query).mappings()]


def answer(name: str = "thiazide-low-potassium") -> Assessment:
    """The answer about a golden case."""
    one = case(name)
    return default_pipeline(Settings()).assess_entries(split(one.bundle), one.as_of)


def sent(card: str, assessment: Assessment) -> list[Issued]:
    """A card that tells of all that was found."""
    rules = tuple(one.rule for one in assessment.findings)
    return [Issued(card, "t", "info", rules, {})]
