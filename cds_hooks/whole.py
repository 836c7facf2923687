"""A call read in one pass, resources and all, where everything in it is as FHIR has it.

Taken apart piece by piece (`decode.py`, `prefetch.py`), each byte of a call is looked at three
times. A service that gives the types of its resources has sound calls read at once; whatever is odd
in any way is left to the pieces, so that there is one place where oddities are judged.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter
from typing import Any, Union

import msgspec
from msgspec import UNSET, Raw, Struct

from cds_hooks.bundle import has_next, is_misspelt, is_search_result, says_more
from cds_hooks.model import PrefetchValue, Sent, State
from cds_hooks.peek import NOTHING
from cds_hooks.prefetch import MOST_ENTRIES

_NULL = PrefetchValue(State.NULL)
_RESOURCE_TYPE = "resourceType"


class Body(Struct, rename="camel"):
    """The parts of a call that we look at; everything else is skipped."""

    hook: Any = UNSET
    hook_instance: Any = UNSET
    context: Any = UNSET
    prefetch: Any = None
    fhir_server: Any = None
    fhir_authorization: Any = None


class _Link(Struct, forbid_unknown_fields=True):
    relation: str = ""
    url: str = ""


class _Page(
    Struct, rename="camel", tag_field=_RESOURCE_TYPE, tag="Bundle", forbid_unknown_fields=True
):
    """A Bundle. One with elements that searches do not have is odd, and may have misspelt some."""

    id: str = ""
    meta: Raw = NOTHING
    type: str | None = None
    timestamp: str = ""
    total: int | None = None
    link: tuple[_Link, ...] = ()
    entry: tuple[Any, ...] = ()


class WholeReader:
    """Reads calls whose prefetch holds resources of these types and of no others.

    Each type is a Struct, tagged by `resourceType`, with a field `id`. Bundle and OperationOutcome
    may not be among them: they say something of the call itself.
    """

    def __init__(self, resources: Sequence[type[Struct]]) -> None:
        resource: Any = Union[tuple(resources)]  # noqa: UP007 - of types that are known here only
        item = msgspec.defstruct(
            "Item", [("resource", resource), ("full_url", str, "")], rename="camel", gc=False
        )
        self._page: Any = msgspec.defstruct(
            "Page",
            [("entry", tuple[item, ...], ())],  # type: ignore[valid-type]
            bases=(_Page,),
            tag_field=_RESOURCE_TYPE,
            tag="Bundle",
            forbid_unknown_fields=True,
        )
        value: Any = Union[(*resources, self._page)]
        body = msgspec.defstruct(
            "WholeBody",
            [("prefetch", dict[str, value | None] | None, None)],
            bases=(Body,),
            rename="camel",
        )
        self._decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(body)

    def read(self, body: bytes) -> Body | None:
        """A call with its prefetch as PrefetchValues; None where anything of it is odd.

        The body is UTF-8 without a byte order mark. Several entries of one type and id are odd:
        which of them counts, their bytes decide.
        """
        try:
            read: Body = self._decoder.decode(body)
        except (msgspec.DecodeError, RecursionError):
            return None
        ids: list[tuple[type, str]] = []
        values: dict[str, PrefetchValue] = {}
        for name, sent in (read.prefetch or {}).items():
            value = self._value(sent, ids)
            if value is None:
                return None
            values[name] = value
        if len(ids) > MOST_ENTRIES or len(set(ids)) < len(ids) or not all(map(itemgetter(1), ids)):
            return None
        read.prefetch = values
        return read

    def _value(self, sent: Any, ids: list[tuple[type, str]]) -> PrefetchValue | None:
        if sent is None:
            return _NULL
        if type(sent) is not self._page:
            ids.append((type(sent), sent.id))
            return PrefetchValue(State.PRESENT, (Sent(b"", "", 1, sent),))
        items = sent.entry
        ids += [(type(item.resource), item.resource.id) for item in items]
        entries = [Sent(b"", one.full_url, n, one.resource) for n, one in enumerate(items, 1)]
        if not entries and (is_misspelt(bytes(sent.meta)) or not is_search_result(sent.type)):
            return None
        more = says_more(sent.total, len(entries)) or _has_next(sent.link)
        return PrefetchValue(State.PRESENT, tuple(entries), more)


def _has_next(links: tuple[_Link, ...]) -> bool:
    return bool(links) and any(has_next(link.relation) for link in links)
