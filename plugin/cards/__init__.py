"""An assessment as cards: at most one for what was found, one for what could not be read. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from knowledge.model import Knowledge
from plugin.cards.found import found_card
from plugin.cards.shape import NOT_ASSESSED, Card, card, footer
from plugin.cards.unread import deserves_card, unread_card
from plugin.model import Assessment
from plugin.model import NotAssessed as Why

__all__ = ["cards_for"]

_NOT_ASSESSED = {
    Why.UNDER_18: "the patient is under 18; what is known here is known of adults.",
    Why.DECEASED: "the record says that the patient has died.",
}


def cards_for(
    assessment: Assessment,
    knowledge: Knowledge,
    evidence_url: str = "",
    *,
    suggestions: Sequence[Card] = (),
) -> list[Card]:
    """The cards of an assessment in the shape of CDS Hooks 2.0; none when there is nothing to say.

    `evidence_url` is an absolute address that the cards name as their source, or empty.
    `suggestions` go with the card about what was found.
    """
    if assessment.not_assessed is not None:
        reason = _NOT_ASSESSED[assessment.not_assessed]
        summary = f"Not checked for drugs linked to muscle cramps: {reason}"
        return [card(summary, "info", footer(knowledge), NOT_ASSESSED, evidence_url)]
    loud = any(deserves_card(one) for one in assessment.unread)
    if not assessment.findings:
        return [unread_card(assessment.unread, knowledge, evidence_url)] if loud else []
    quiet = [one for one in assessment.unread if not deserves_card(one)]
    cards = [found_card(assessment, quiet, knowledge, evidence_url)]
    if suggestions:
        cards[0] |= {"suggestions": list(suggestions), "selectionBehavior": "any"}
    if loud:
        needed = [one for one in assessment.unread if deserves_card(one)]
        cards.append(unread_card(needed, knowledge, evidence_url))
    return cards
