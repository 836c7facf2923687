"""What orders about to be signed would change, as cards; a draft may be offered for deletion. Pure.

On an order hook the clinician is in the middle of an order: what was quiet in the chart stays so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import uuid4

from msgspec.structs import replace

from knowledge.model import Knowledge
from plugin.cards import CardSite, Issued, issue_cards
from plugin.cards.escape import inert
from plugin.cards.shape import Card, shorten
from plugin.cards.unread import deserves_card
from plugin.model import Assessment, UnreadReason
from plugin.ordering.check import Removable

_PARTS = (UnreadReason.NOT_SENT, UnreadReason.INCOMPLETE)
_ABOUT = "Order: "


def order_cards(
    removable: Sequence[Removable], assessment: Assessment, knowledge: Knowledge, site: CardSite
) -> tuple[list[Card], list[Issued]]:
    """The cards about orders, and what is told on each; each summary says what it is about."""
    cards, issued = issue_cards(
        _brief(assessment), knowledge, site, suggestions=deletions(removable)
    )
    for card in cards:
        card["summary"] = shorten(f"{_ABOUT}{card['summary']}")
    return cards, issued


def _brief(told: Assessment) -> Assessment:
    """Without what was not read and needs no look now."""
    unread = tuple(one for one in told.unread if deserves_card(one) or one.reason in _PARTS)
    return replace(told, unread=unread)


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
