"""A call read in one pass down to its entries, where its envelope is as the protocol has it.

Taken apart piece by piece (`decode.py`, `prefetch.py`), each byte of a call is looked at three
times. What a service asks for is known, and so is the shape of each answer: one pass then gives
every entry as its JSON. Whatever is odd in any way is left to the pieces, so that there is one
place where oddities are judged.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

import msgspec
from msgspec import UNSET, Raw, Struct
from msgspec.structs import astuple

from cds_hooks.bundle import has_next, is_included, is_misspelt, is_search_result, lacks
from cds_hooks.model import PrefetchKey, PrefetchValue, Sent, State
from cds_hooks.peek import NOTHING
from cds_hooks.prefetch import MOST_ENTRIES, is_plain, read_prefetch

_NULL = PrefetchValue(State.NULL)
_SPACE = ("", " ")  # after a colon, as JSON writers differ


class Body(Struct, rename="camel"):
    """The parts of a call that we look at; everything else is skipped."""

    hook: Any = UNSET
    hook_instance: Any = UNSET
    context: Raw = NOTHING
    prefetch: Any = None
    fhir_server: Any = None
    fhir_authorization: Any = None


class _Item(Struct, rename="camel", gc=False):
    """An entry of a Bundle."""

    resource: Raw = NOTHING
    full_url: str = ""
    search: Raw = NOTHING


class _Link(Struct, forbid_unknown_fields=True):
    relation: str = ""
    url: str = ""


class _Page(Struct, rename="camel", forbid_unknown_fields=True):
    """A Bundle. One with elements that searches do not have is odd, and may have misspelt some."""

    resource_type: Literal["Bundle"]
    id: str = ""
    meta: Raw = NOTHING
    type: str | None = None
    timestamp: str = ""
    total: int | None = None
    link: tuple[_Link, ...] = ()
    entry: tuple[_Item, ...] = ()


class WholeReader:
    """Reads calls that bring these prefetch keys, or some of them, and no others.

    The query of a key says what answers it: a search is answered by a Bundle, a read by a resource.
    """

    def __init__(self, keys: Iterable[PrefetchKey]) -> None:
        queries = {key.name: key.query for key in keys}
        self._names = tuple(queries)
        self._starts = tuple(map(_starts, queries.values()))
        fields = {f"key_{number}": name for number, name in enumerate(queries)}
        prefetch = msgspec.defstruct(
            "Prefetch",
            [
                (field, _Page | None if "?" in query else Raw, UNSET)
                for field, query in zip(fields, queries.values(), strict=True)
            ],
            rename=fields,
            forbid_unknown_fields=True,
        )
        body = msgspec.defstruct(
            "WholeBody",
            [("prefetch", prefetch | None, None)],
            bases=(Body,),
            rename="camel",
        )
        self._decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(body)

    def read(self, body: bytes) -> Body | None:
        """A call with its prefetch as PrefetchValues; None where anything of it is odd.

        The body is UTF-8 without a byte order mark.
        """
        try:
            read: Body = self._decoder.decode(body)
            read.prefetch = self._values(read.prefetch)
        except (msgspec.DecodeError, RecursionError):
            return None
        return None if read.prefetch is None else read

    def _values(self, prefetch: Any) -> dict[str, PrefetchValue] | None:
        values: dict[str, PrefetchValue] = {}
        if prefetch is None:
            return values
        entries = 0
        for name, starts, sent in zip(self._names, self._starts, astuple(prefetch), strict=True):
            if sent is UNSET:
                continue
            if sent is None:
                values[name] = _NULL
                continue
            value = read_prefetch(sent) if type(sent) is Raw else _value(sent, starts)
            if value is None:
                return None
            values[name] = value
            entries += len(value.sent)
        return values if entries <= MOST_ENTRIES else None


def _starts(query: str) -> tuple[bytes, ...]:
    """How the JSON of what a query asks for begins, as nearly every server writes it."""
    asked = query.partition("?")[0].partition("/")[0]
    return tuple(f'{{"resourceType":{space}"{asked}"'.encode() for space in _SPACE)


def _value(page: _Page, starts: tuple[bytes, ...]) -> PrefetchValue | None:
    entries: list[Sent] = []
    for place, item in enumerate(page.entry, 1):
        raw = bytes(item.resource)
        if not raw.startswith(starts) and not is_plain(raw):
            return None
        entries.append(Sent(raw, item.full_url, place))
    if not entries and (is_misspelt(bytes(page.meta)) or not is_search_result(page.type)):
        return None
    more = _lacks(page, len(entries)) or _has_next(page.link)
    return PrefetchValue(State.PRESENT, tuple(entries), more)


def _lacks(page: _Page, sent: int) -> bool:
    """Whether a search found more than it brings."""
    total = page.total
    if total is None or total == sent:  # nearly always
        return False
    included = sum(is_included(item.search) for item in page.entry)
    return lacks(total, sent - included, included)


def _has_next(links: tuple[_Link, ...]) -> bool:
    return bool(links) and any(has_next(link.relation) for link in links)
