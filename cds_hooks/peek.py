"""A look at a resource: enough to know what it is. The rest stays undecoded."""

from __future__ import annotations

import re
from typing import Any

import msgspec

NOTHING = msgspec.Raw(b"")
_ISSUE_CODE = re.compile(r"\A[a-z-]{1,40}\Z")
_HARMLESS = ("warning", "information", "success")


class Item(msgspec.Struct, rename="camel", gc=False):
    """An entry of a Bundle."""

    full_url: str = ""
    resource: msgspec.Raw = NOTHING
    response: msgspec.Raw = NOTHING
    search: msgspec.Raw = NOTHING


class Peek(msgspec.Struct, rename="camel"):
    """Enough of a resource to know what it is; the rest is skipped."""

    resource_type: Any = ""
    type: Any = None
    total: Any = None
    link: Any = ()
    entry: tuple[Item, ...] = ()
    issue: Any = ()
    resource: msgspec.Raw = NOTHING  # of a Bundle entry, which old clients send as the value


class _Loose(msgspec.Struct):
    """The entries of a Bundle whose entries are not all as FHIR has them."""

    entry: list[msgspec.Raw] = []


_peek = msgspec.json.Decoder(Peek)
_loose = msgspec.json.Decoder(_Loose)
_item = msgspec.json.Decoder(Item)
_object = msgspec.json.Decoder(dict[str, msgspec.Raw])


def look(raw: bytes) -> Peek | None:
    """What a resource is; None for what is none. It is valid JSON: the call's body was."""
    try:
        return _peek.decode(raw)
    except msgspec.ValidationError:
        return _look_again(raw)


def _look_again(raw: bytes) -> Peek | None:
    """The same where an entry is not as FHIR has it: that one is passed on as it stands."""
    try:
        fields = _object.decode(raw)
        items = _loose.decode(raw).entry
        rest = {name: part for name, part in fields.items() if name != "entry"}
        peek = _peek.decode(msgspec.json.encode(rest))
    except msgspec.ValidationError:
        return None
    peek.entry = tuple(_loose_item(item) for item in items)
    return peek


def _loose_item(raw: msgspec.Raw) -> Item:
    try:
        return _item.decode(raw)
    except msgspec.ValidationError:
        if bytes(raw)[:1] != b"{":
            return Item(resource=raw)
    fields = _object.decode(raw)
    return Item("", fields.get("resource", NOTHING), fields.get("response", NOTHING))


def failed(outcome: Peek) -> bool:
    """Whether an OperationOutcome tells of an error, and not of hints and warnings only.

    What cannot be read counts as an error.
    """
    issues = outcome.issue if isinstance(outcome.issue, list) else []
    found = [issue.get("severity") for issue in issues if isinstance(issue, dict)]
    return not found or not all(severity in _HARMLESS for severity in found)


def describe(outcome: Peek) -> str:
    """An OperationOutcome in its codes. Its texts may quote the record, so they stay out."""
    issues = outcome.issue if isinstance(outcome.issue, list) else []
    codes = [
        issue["code"]
        for issue in issues
        if isinstance(issue, dict)
        and isinstance(issue.get("code"), str)
        and _ISSUE_CODE.match(issue["code"])
    ]
    return "OperationOutcome" + (f" ({', '.join(dict.fromkeys(codes))})" if codes else "")
