"""A card in the shape of CDS Hooks 2.0, and the parts that all of ours share."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

from knowledge.model import Knowledge
from plugin.cards.escape import one_line, plain

Card = dict[str, Any]

SUMMARY_LIMIT = 139  # the specification: shorter than 140 characters
TOPIC_SYSTEM = "urn:crampcheck:topic"
REASON_SYSTEM = "urn:crampcheck:override-reason"
_CLAUSE_END = re.compile(r"[.;:,](?= )")
_LEAST_CLAUSE = 60  # a shorter first clause says too little to stand alone

# Static and alphanumeric: EHRs remember what a clinician overrode by these codes.
FOUND = {
    "system": TOPIC_SYSTEM,
    "code": "DrugsLinkedToMuscleCramps",
    "display": "Drugs linked to muscle cramps",
}
NOT_READ = {
    "system": TOPIC_SYSTEM,
    "code": "RecordNotRead",
    "display": "Parts of the record that were not read",
}
NOT_ASSESSED = {
    "system": TOPIC_SYSTEM,
    "code": "PatientNotAssessed",
    "display": "Patient not assessed",
}

_REASONS = (
    ("already-managed", "Already known and managed"),
    ("benefit-outweighs", "The benefit of the drug outweighs this"),
    ("other-cause", "The cramps have another cause"),
    ("not-taking", "The patient does not take this drug"),
    ("record-wrong", "The record is wrong or out of date"),
)
# Reasons that hold on while nothing changes. The other two are about a list or an entry that is
# wrong: what is wrong today may be put right tomorrow, so they silence nothing.
LASTING = frozenset({"already-managed", "benefit-outweighs", "other-cause"})


def card(
    summary: str, indicator: str, detail: str, topic: dict[str, str], evidence_url: str
) -> Card:
    """A card with an id of its own. `evidence_url` is absolute, or empty for none."""
    source: dict[str, Any] = {"label": "Crampcheck", "topic": dict(topic)}
    if evidence_url:
        source["url"] = evidence_url
    return {
        "uuid": str(uuid4()),
        "summary": shorten(summary),
        "indicator": indicator,
        "detail": detail,
        "source": source,
        "overrideReasons": [
            {"system": REASON_SYSTEM, "code": code, "display": display}
            for code, display in _REASONS
        ],
    }


def shorten(text: str, limit: int = SUMMARY_LIMIT) -> str:
    """A summary within the limit: cut after a whole clause if one is long enough, else a word.

    A summary is plain text, which clients show as it stands.
    """
    line = one_line(text)
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


def review_status(knowledge: Knowledge) -> str:
    """Whether a clinician has checked the knowledge: all of its files, or not yet."""
    files = [file.review.status for file in knowledge.reviews]
    waiting = len(files) - files.count("reviewed")
    if waiting == 0:
        return "clinically reviewed"
    if waiting == len(files):
        return "awaiting clinical review"
    return f"awaiting clinical review in {waiting} of {len(files)} files"
