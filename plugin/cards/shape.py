"""A card in the shape of CDS Hooks 2.0, and the parts that all of ours share."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from knowledge.model import Knowledge
from plugin.cards.escape import one_line, plain, tagless
from plugin.cards.reasons import (
    FOUND_CODE,
    LASTING,
    NOT_ASSESSED_CODE,
    NOT_READ_CODE,
    REASON_SYSTEM,
    REASONS,
)
from plugin.cards.site import CardSite
from plugin.wording import review_status

__all__ = ["LASTING", "REASON_SYSTEM"]  # with what is defined below

Card = dict[str, Any]

SUMMARY_LIMIT = 139  # the specification: shorter than 140 characters
TOPIC_SYSTEM = "urn:crampcheck:topic"
EVIDENCE = "/evidence"  # the page about all that is known; no drill-down of one card
_CLAUSE_END = re.compile(r"[.;:,](?= )")
_LEAST_CLAUSE = 60  # a shorter first clause says too little to stand alone

# Static and alphanumeric: EHRs remember what a clinician overrode by these codes.
FOUND = {
    "system": TOPIC_SYSTEM,
    "code": FOUND_CODE,
    "display": "Drugs linked to muscle cramps",
}
NOT_READ = {
    "system": TOPIC_SYSTEM,
    "code": NOT_READ_CODE,
    "display": "Parts of the record that were not read",
}
NOT_ASSESSED = {
    "system": TOPIC_SYSTEM,
    "code": NOT_ASSESSED_CODE,
    "display": "Patient not assessed",
}


def card(
    summary: str,
    indicator: str,
    detail: str,
    topic: Mapping[str, str],
    site: CardSite,
) -> Card:
    """A card with an id of its own, without suggestions or links."""
    source: dict[str, Any] = {"label": "Crampcheck", "topic": dict(topic)}
    if site.base_url:
        source["url"] = f"{site.base_url}{EVIDENCE}"
    return {
        "uuid": str(uuid4()),
        "summary": shorten(summary),
        "indicator": indicator,
        "detail": detail,
        "source": source,
        "overrideReasons": [dict(reason) for reason in REASONS[topic["code"]]],
    }


def shorten(text: str, limit: int = SUMMARY_LIMIT) -> str:
    """A summary within the limit: cut after a whole clause if one is long enough, else a word.

    A summary is plain text, which clients show as it stands.
    """
    line = tagless(one_line(text))
    if len(line) <= limit:
        return line
    head = line[:limit]
    ends = [match.start() for match in _CLAUSE_END.finditer(head)]
    if ends and ends[-1] >= _LEAST_CLAUSE:
        return head[: ends[-1]] + "…"
    word, _, _ = head[: limit - 1].rpartition(" ")
    return (word or head[: limit - 1]).rstrip(" .,;:") + "…"


def footer(knowledge: Knowledge) -> str:
    """Which knowledge this comes from, who changed it, and whether a clinician checked it."""
    site = f", with the changes of {plain(knowledge.site.label)}" if knowledge.site else ""
    return f"*Knowledge {knowledge.version}{site}, {review_status(knowledge)}.*"
