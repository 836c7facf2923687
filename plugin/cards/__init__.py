"""An assessment as cards: at most one for what was found, one for what could not be read. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from knowledge.model import Knowledge
from plugin.cards.found import found_card
from plugin.cards.issued import Issued
from plugin.cards.reasons import LASTING
from plugin.cards.shape import NOT_ASSESSED, Card, card, footer
from plugin.cards.site import NOWHERE, CardSite
from plugin.cards.unread import deserves_card, is_doubt, unread_card
from plugin.model import Assessment
from plugin.model import NotAssessed as Why

__all__ = ["LASTING", "CardSite", "Issued", "cards_for", "issue_cards"]

_NOT_ASSESSED = {
    Why.UNDER_18: "the patient is under 18; what is known here is known of adults.",
    Why.DECEASED: "the record says that the patient has died.",
}


def cards_for(
    assessment: Assessment,
    knowledge: Knowledge,
    site: CardSite | str = NOWHERE,
    *,
    suggestions: Sequence[dict[str, Any]] = (),
) -> list[Card]:
    """The cards of an assessment in the shape of CDS Hooks 2.0; none when there is nothing to say.

    `site` says what cards may link to and about whom they are; an address alone is that of this
    service. `suggestions` come first on the card about what was found, and need that card.
    """
    return issue_cards(assessment, knowledge, site, suggestions=suggestions)[0]


def issue_cards(
    assessment: Assessment,
    knowledge: Knowledge,
    site: CardSite | str = NOWHERE,
    *,
    suggestions: Sequence[dict[str, Any]] = (),
) -> tuple[list[Card], list[Issued]]:
    """The same with, for each card, what was told on it; arguments as of `cards_for`."""
    where = CardSite(base_url=site.rstrip("/")) if isinstance(site, str) else site
    if assessment.not_assessed is not None:
        reason = _NOT_ASSESSED[assessment.not_assessed]
        summary = f"Not checked for drugs linked to muscle cramps: {reason}"
        made = [card(summary, "info", footer(knowledge), NOT_ASSESSED, where)]
        doubts = [one for one in assessment.unread if is_doubt(one)]
        if doubts:  # age and death may be another's
            made.append(unread_card(doubts, knowledge, where))
        return _without_rules(*made)
    loud = any(deserves_card(one) for one in assessment.unread)
    if not assessment.findings:
        if not loud:
            return [], []
        return _without_rules(unread_card(assessment.unread, knowledge, where))
    quiet = [one for one in assessment.unread if not deserves_card(one)]
    found, issued = found_card(assessment, quiet, knowledge, where, suggestions)
    if not loud:
        return [found], [issued]
    needed = [one for one in assessment.unread if deserves_card(one)]
    missing, told = _without_rules(unread_card(needed, knowledge, where))
    return [found, *missing], [issued, *told]


def _without_rules(*made: Card) -> tuple[list[Card], list[Issued]]:
    return list(made), [
        Issued(one["uuid"], one["source"]["topic"]["code"], one["indicator"], (), {})
        for one in made
    ]
