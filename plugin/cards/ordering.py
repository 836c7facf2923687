"""What orders about to be signed would change, as cards; a draft may be offered for deletion. Pure.

On an order hook the clinician is in the middle of an order: what was quiet in the chart stays so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import uuid4

from msgspec.structs import replace

from knowledge.model import Knowledge, Level
from plugin.cards import CardSite, Issued, issue_cards
from plugin.cards.escape import inert
from plugin.cards.shape import FOUND, Card, shorten
from plugin.cards.unread import deserves_card
from plugin.model import Assessment, Finding, UnreadReason
from plugin.ordering.check import OrderCheck, Removable

_PARTS = (UnreadReason.NOT_SENT, UnreadReason.INCOMPLETE)
_MOST_NAMED = 2


def order_cards(
    check: OrderCheck, assessment: Assessment, knowledge: Knowledge, site: CardSite
) -> tuple[list[Card], list[Issued]]:
    """The cards about orders, and what is told on each; each summary says what it is about.

    `assessment` is what of that of the check is to be said.
    """
    told = _brief(assessment, knowledge)
    cards, issued = issue_cards(told, knowledge, site, suggestions=deletions(check.removable))
    for card in cards:
        found = card["source"]["topic"]["code"] == FOUND["code"]
        about = _about(check.names, told.findings, card["summary"]) if found else "Order: "
        card["summary"] = shorten(f"{about}{card['summary']}")
    return cards, issued


def _about(ordered: Sequence[str], findings: Sequence[Finding], summary: str) -> str:
    """What a summary begins with. It names the orders where their drugs are not in it: what they
    bring may be told of another drug, whose partner they are.
    """
    if any(name.casefold() in summary.casefold() for name in ordered):
        return "Order: "
    parts = {name for one in findings for name in (*one.ingredients, *one.partners)}
    names = [name for name in ordered if name in parts] or list(ordered)
    return f"Order of {' and '.join(names)}: " if 0 < len(names) <= _MOST_NAMED else "Order: "


def _brief(told: Assessment, knowledge: Knowledge) -> Assessment:
    """Without what was not read and needs no look now; and without what interrupts for nothing.

    A finding for information from which nothing follows, such as that a drug is linked to cramps,
    raises no card alone while orders are written: `cramp-review` says it.
    """
    unread = tuple(one for one in told.unread if deserves_card(one) or one.reason in _PARTS)
    acts = {rule.id for rule in knowledge.rules if rule.suggest}
    idle = all(one.level is Level.INFO and one.rule not in acts for one in told.findings)
    return replace(told, unread=unread, findings=() if idle else told.findings)


def deletions(removable: Iterable[Removable]) -> list[Card]:
    """A suggestion for each draft that may be taken back, in the shape of CDS Hooks 2.0."""
    return [_deletion(one) for one in removable]


def _deletion(draft: Removable) -> Card:
    """One action, whose description stands alone: some clients show nothing else."""
    name = inert(draft.text) or ", ".join(draft.ingredients)
    return {
        "label": shorten(f"Remove the draft order of {', '.join(draft.ingredients)}"),
        "uuid": str(uuid4()),
        "actions": [
            {
                "type": "delete",
                "description": f"Remove the draft order “{name}”: {inert(draft.because)}",
                "resourceId": draft.reference,
            }
        ],
    }
