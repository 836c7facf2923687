"""What was told on a card, and what became of it: for who keeps both, and who asks for them."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct


class Issued(Struct, frozen=True):
    """One card that was made. Nothing of the patient is in it."""

    card: str  # its uuid
    topic: str  # code of its `source.topic`
    level: str  # its indicator
    rules: tuple[str, ...]  # ids of the rules that are told on it, the highest first
    suggestions: Mapping[str, tuple[str, ...]]  # uuid -> mitigations; none for what a caller added


class RuleOutcome(Struct, frozen=True):
    """What a clinician last did with a card, for one rule that the card was about."""

    rule: str
    level: str
    evidence: str
    outcome: str
    reason_system: str
    reason_code: str
