"""What no answer may put forward, by every name that a text could use. Rows J1 and J3.

Written here once more, so that a name that goes missing from the knowledge is noticed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

BY_NAME = {
    "quinine": (
        "quinine",
        "quinine sulfate",
        "quinine bisulfate",
        "quinine dihydrochloride",
        "Qualaquin",
        "Quinbisul",
        "Quinate",
        "Limptar N",
    ),
    "hydroquinine": ("hydroquinine", "dihydroquinine", "Inhibin"),
    "quinidine": ("quinidine", "quinidine gluconate", "quinidine sulfate", "Quinaglute"),
    "tonic water": ("tonic water", "indian tonic water", "quinine water"),
    "hydroxychloroquine": (
        "hydroxychloroquine",
        "hydroxychloroquine sulfate",
        "Plaquenil",
    ),
    "chloroquine": ("chloroquine", "chloroquine phosphate"),
    "vitamin k2": ("vitamin k2", "menaquinone", "menaquinone-7", "MK-7", "menatetrenone"),
}
GROUPS = ("cinchona", "never-propose", "cramp-remedy-not-proposed")
# J3: of these the evidence may be told, and no option puts them forward.
NOT_SUGGESTED = ("gabapentin", "verapamil", "diltiazem", "vitamin b complex", "naftidrofuryl")
# To stop quinine, or to watch what it does, its name is needed.
WARNINGS = {"quinine-stop-review", "check-inr"}

EVERY_NAME = [name for names in BY_NAME.values() for name in names]
_ANY = re.compile("|".join(rf"\b{re.escape(name)}\b" for name in EVERY_NAME), re.IGNORECASE)
_NOT_SUGGESTED = re.compile("|".join(NOT_SUGGESTED), re.IGNORECASE)


def named(text: str) -> set[str]:
    """The names in a text that none may put forward."""
    return {name.casefold() for name in _ANY.findall(text)}


def not_suggested(text: str) -> set[str]:
    """The names in a text that no option may suggest for cramps."""
    return {name.casefold() for name in _NOT_SUGGESTED.findall(text)}


def resource_types(value: Any) -> Iterator[str]:
    """The type of every FHIR resource in an answer, however deep, in a text too."""
    if isinstance(value, dict):
        if "resourceType" in value:
            yield value["resourceType"]
        for inner in value.values():
            yield from resource_types(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from resource_types(inner)
    elif isinstance(value, str) and "resourceType" in value:
        yield from re.findall(r'resourceType"?\s*:\s*"?(\w+)', value)


def flat(value: Any) -> str:
    """An answer as one text."""
    return json.dumps(value, ensure_ascii=False)
