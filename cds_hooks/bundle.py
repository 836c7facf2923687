"""What a Bundle says of itself: whether it answers a search, and whether there is more of it.

Read against the client's favour: an odd spelling is never taken for "there is nothing".
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

from cds_hooks.peek import NOTHING, describe, look

_MISSPELT = re.compile(rb'"(?!entry")(?i:entry|entries|resources?)"\s*:')
_STATUS = re.compile(r"\A\s*([1-5]\d\d)\b")
_EMPTY_OF = ("searchset", "collection")
_LONGEST_COUNT = 18  # digits


class _Response(msgspec.Struct):
    status: Any = ""
    outcome: msgspec.Raw = NOTHING


_response = msgspec.json.Decoder(_Response)


def is_misspelt(raw: bytes) -> bool:
    """Whether a Bundle without entries has them under a name that FHIR does not have."""
    return _MISSPELT.search(raw) is not None


def is_search_result(type_: Any) -> bool:
    """Whether an empty Bundle of this type says that nothing was found. Some have no type."""
    return type_ is None or (isinstance(type_, str) and type_.strip().lower() in _EMPTY_OF)


def has_next(link: Any) -> bool:
    """Whether there is a next page, in any shape that a link comes in."""
    if isinstance(link, list):
        return any(map(has_next, link))
    if isinstance(link, dict):
        return has_next(link.get("relation"))
    return isinstance(link, str) and link.strip().lower() == "next"


def says_more(total: Any, sent: int) -> bool:
    """Whether a search found more than was sent: some clients drop the `next` link.

    True for a total that is no number, since it could be any.
    """
    if total is None:
        return False
    if type(total) is not int:
        counted = _count(total)
        return counted is None or counted > sent
    return total > sent


def lacks(total: Any, matches: int, included: int) -> bool:
    """Whether a search found more than `matches`, which is all that a total counts.

    Some count what was included with the matches too: a total of all that was sent lacks nothing.
    """
    if not says_more(total, matches):
        return False
    return (
        not included
        or says_more(total, matches + included)
        or not says_more(total, matches + included - 1)
    )


def is_included(search: msgspec.Raw) -> bool:
    """Whether an entry came along with a match, and is none, by its `search`."""
    return b'"include"' in bytes(search)


def _count(total: Any) -> int | None:
    if isinstance(total, float) and total.is_integer():
        return int(total)
    if isinstance(total, str) and len(total) <= _LONGEST_COUNT and total.strip().isdecimal():
        return int(total)
    return None


def refused_response(raw: bytes) -> str:
    """Says what the answer to a request was, where it brought no resource: in codes only."""
    try:
        response = _response.decode(raw)
    except msgspec.ValidationError:
        response = _Response()
    status = _STATUS.match(response.status) if isinstance(response.status, str) else None
    outcome = look(bytes(response.outcome)) if bytes(response.outcome) else None
    said = [
        f"of status {status[1]} " if status else "",
        f"with {describe(outcome)} " if outcome is not None else "",
    ]
    return f"a response {''.join(said)}in place of a resource"
