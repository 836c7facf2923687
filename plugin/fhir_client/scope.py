"""What a token opens, by its SMART scopes of version 1 (`.read`) and 2 (`.rs`)."""

from __future__ import annotations

import re
from enum import StrEnum

_SCOPE = re.compile(
    r"\A(?:patient|user|system)/(?P<type>[A-Za-z]+|\*)\.(?P<rights>read|write|\*|c?r?u?d?s?)"
    r"(?P<part>\?.*)?\Z",
    re.DOTALL,
)
_RIGHTS = {"read": "rs", "write": "cud", "*": "cruds"}


class Opens(StrEnum):
    """How much of a resource type a token opens."""

    ALL = "all"
    PART = "part"  # a scope that filters: what it hides looks as if it were not there
    NOTHING = "nothing"


def opens(scope: str, resource_type: str, right: str) -> Opens:
    """What a scope opens of a type. `right` is `r` to read, `s` to search.

    ALL where nothing can be told: no scope was sent, it names no resources, or it is written in a
    way that we do not know.
    """
    found: set[Opens] = set()
    heads = ((word, word.partition("?")[0]) for word in scope.split())
    words = [word for word, head in heads if "/" in head and "://" not in head]
    matches = [_SCOPE.match(word) for word in words]
    if not words or not all(matches):
        return Opens.ALL
    for match in matches:
        if match is None or match["type"] not in ("*", resource_type):
            continue
        if right in _RIGHTS.get(match["rights"], match["rights"]):
            found.add(Opens.PART if match["part"] else Opens.ALL)
    return next((one for one in (Opens.ALL, Opens.PART) if one in found), Opens.NOTHING)
