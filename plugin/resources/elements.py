"""Parts of FHIR resources: text and references of a record as FHIR may carry them."""

from __future__ import annotations

import re

from plugin.model import Evidence

RULE_SYSTEM = "urn:crampcheck:rule"
FACT_SYSTEM = "urn:crampcheck:fact"
MITIGATION_SYSTEM = "urn:crampcheck:mitigation"
ISSUE_SYSTEM = "urn:crampcheck:issue"
GUIDANCE_SYSTEM = "urn:crampcheck:guidance"
# What a Reference may hold as a link; anything else of ours ("entry 12") is shown as its display.
_LINK = re.compile(
    r"^([A-Z][A-Za-z]+/[A-Za-z0-9\-._]{1,256}|urn:uuid:\S+|urn:oid:\S+|https?://\S+)$"
)
_LONGEST = 1000  # characters of a record's text: enough to find the entry


def text(words: str) -> str:
    """Text of a record without what FHIR's `string` may not hold, or no reader expects to see."""
    if not (words.isascii() and words.isprintable()):
        words = "".join(char if char.isprintable() else " " for char in words)
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST]}…"


def reference(to: str) -> dict[str, str]:
    """A Reference to an entry; one without an address is shown by what we call it."""
    return {"reference": to} if _LINK.match(to) else {"display": text(to)}


def identifier(system: str, value: str) -> list[dict[str, str]]:
    """By which a receiver finds what it has already."""
    return [{"system": system, "value": value}]


def ourselves(knowledge_version: str) -> dict[str, str]:
    """A Reference to who says it: no Device of the receiver's, so by name."""
    return {"type": "Device", "display": f"Crampcheck, knowledge {knowledge_version}"}


def words(item: Evidence) -> str:
    """One piece of evidence: `potassium<3.5: 3.3 mmol/L on 2026-10-25`."""
    value = f" {item.value} {item.unit}".rstrip() if item.value is not None else ""
    day = f" on {item.date}" if item.date else ""
    return text(f"{item.fact}{':' if value or day else ''}{value}{day}")
