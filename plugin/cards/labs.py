"""The labs that offered mitigations order, as suggestions: each creates one draft order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any
from uuid import uuid4

from knowledge.model import Knowledge
from plugin.cards.escape import inert
from plugin.cards.site import CardSite
from plugin.model import Assessment

_REASON_LIMIT = 200  # characters
_WHY_LIMIT = 300


def lab_suggestions(
    assessment: Assessment, knowledge: Knowledge, site: CardSite
) -> Iterator[tuple[dict[str, Any], tuple[str, ...]]]:
    """A suggestion for each lab, with the ids of the offered mitigations that order it.

    None for a lab that is ordered already. The action's description stands alone: there are clients
    that show nothing else of a suggestion.
    """
    offered = {one.id for one in assessment.mitigations}
    for order in assessment.orders:
        ids = tuple(name for name in order.mitigations if name in offered)
        if not ids or order.lab in site.ordered:
            continue
        resource = site.requests.request(
            order.lab,
            site.patient_id,
            site.encounter_id,
            assessment.as_of,
            inert(_reason(ids, assessment, knowledge), _REASON_LIMIT),
        )
        if resource is not None:
            label, description = _words(knowledge.labs[order.lab].label, _text(ids, knowledge))
            action = {"type": "create", "description": description, "resource": resource}
            yield {"label": label, "uuid": str(uuid4()), "actions": [action]}, ids


@lru_cache(maxsize=256)
def _words(lab: str, why: str) -> tuple[str, str]:
    """Label and description. All of it is of the knowledge, and made safe like the rest."""
    label = f"Order {inert(lab)}"
    return label, f"{label}, as a draft to be signed. {inert(why, _WHY_LIMIT)}"


def _reason(ids: Sequence[str], assessment: Assessment, knowledge: Knowledge) -> str:
    """The finding that asks for the lab; where a guard rail added it, what it is offered for."""
    for finding in assessment.findings:
        if not set(ids).isdisjoint(finding.mitigations):
            return finding.summary
    return _text(ids, knowledge)


def _text(ids: Sequence[str], knowledge: Knowledge) -> str:
    return knowledge.mitigations[ids[0]].text
