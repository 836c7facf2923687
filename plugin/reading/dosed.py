"""Whose daily dose anything asks for: reading a dose costs more than the rest of an order."""

from __future__ import annotations

from collections.abc import Iterator

from knowledge.model import Knowledge
from knowledge.vocabulary import DrugDailyDose, facts_in


def dosed_ingredients(knowledge: Knowledge) -> frozenset[str]:
    """The ingredients of interactions with a dose in them; all, where a rule asks of any drug."""
    if any(isinstance(fact, DrugDailyDose) for fact in _asked(knowledge)):
        return frozenset(knowledge.ingredients)
    found: set[str] = set()
    for row in knowledge.interactions:
        if row.cap_mg is not None or row.start_mg is not None:
            found |= knowledge.members(row.drug)
        if row.partner_from_mg is not None:
            for partner in row.partners:
                found |= knowledge.members(partner)
    return frozenset(found)


def _asked(knowledge: Knowledge) -> Iterator[object]:
    for rule in knowledge.rules:
        yield from facts_in(rule.when)
        for condition in (*(one.when for one in rule.raises), *(one.when for one in rule.notes)):
            yield from facts_in(condition)
    for term in knowledge.terms.values():
        yield from facts_in(term.condition)
    for mitigation in knowledge.mitigations.values():
        adjusting = (one.when for one in mitigation.adjust)
        for condition in (mitigation.offer_when, *mitigation.withhold_when, *adjusting):
            yield from facts_in(condition)
