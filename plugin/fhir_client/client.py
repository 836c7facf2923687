"""What is asked of a FHIR server: a search with all of its pages, and the read of one resource."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import requests
from msgspec import Struct

from cds_hooks.bundle import has_next, is_included, lacks
from cds_hooks.model import PrefetchValue, Sent, State
from cds_hooks.peek import Peek
from plugin.addresses.fhir import Base, is_id, own_page
from plugin.fhir_client.deadline import Deadline
from plugin.fhir_client.faults import FetchFault, Outcome
from plugin.fhir_client.http import Getter, Note
from plugin.fhir_client.page import next_link, read_page

Enough = Callable[[tuple[Sent, ...]], bool]

_MOST_PAGES = 50
_MOST_BYTES = 16 * 1024 * 1024  # of all the pages of an answer


class _Named(Struct, rename="camel"):
    resource_type: Any = ""
    id: Any = ""


_named = msgspec.json.Decoder(_Named)


def never(_found: tuple[Sent, ...]) -> bool:
    """The `enough` of a search of which every page is wanted."""
    return False


class FhirClient:
    """A FHIR server as one token sees it, until a deadline. Safe to share between threads."""

    def __init__(
        self,
        *,
        base: Base,
        session: requests.Session,
        deadline: Deadline,
        note: Note,
        token: str = "",
    ) -> None:
        """Raises FetchFault for a token that cannot stand in a header."""
        self._base = base
        self._getter = Getter(session, token, deadline, note)

    def __repr__(self) -> str:
        """Without the token."""
        return f"FhirClient({self._base.url!r})"

    def search(self, query: str, enough: Enough = never) -> PrefetchValue:
        """All that a search finds, as a prefetch value that is PRESENT.

        `query` is `Type?name=value&...`, its values encoded. Pages are followed within the server,
        until there is no next one or `enough` holds of what was found. Where pages are left, the
        value is `incomplete`; where one could not be fetched, `problem` says why. Raises FetchFault
        where the first could not be.
        """
        found: list[Sent] = []
        total: Any = None
        problem = ""
        included: set[bytes] = set()
        for page in self._pages(query):
            if isinstance(page, FetchFault):
                return PrefetchValue(State.PRESENT, tuple(found), problem=page.message)
            value, bundle = page
            found += value.sent
            total = bundle.total if total is None else total
            included.update(bytes(e.resource) for e in bundle.entry if is_included(e.search))
            problem = problem or value.problem
            more = has_next(bundle.link)
            if enough(tuple(found)):
                break
        # A server that gives a page twice has not given another.
        matches = len({one.raw for one in found} - included)
        incomplete = more or lacks(total, matches, len(included))
        return PrefetchValue(State.PRESENT, tuple(found), incomplete, problem)

    def _pages(self, query: str) -> Iterator[tuple[PrefetchValue, Peek] | FetchFault]:
        """The pages of a search, and a fault in place of one after the first."""
        url: str | None = f"{self._base.url}/{query}"
        seen: set[str] = set()
        left = _MOST_BYTES
        while url is not None and url not in seen and len(seen) < _MOST_PAGES:
            try:
                size, value, bundle = self._getter.get(url, left, read_page)
            except FetchFault as fault:
                if not seen:
                    raise
                yield fault
                return
            seen.add(url)
            left -= size
            yield value, bundle
            url = own_page(self._base, url, next_link(bundle.link))

    def read(self, resource_type: str, id_: str) -> Sent:
        """One resource. Raises FetchFault, also where the answer is not of that type and id."""
        if not is_id(id_):
            raise FetchFault(Outcome.REJECTED, "the id is not a FHIR id, so nothing was asked")
        url = f"{self._base.url}/{resource_type}/{id_}"

        def understand(body: bytes) -> Sent:
            try:
                said = _named.decode(body)
            except msgspec.ValidationError:
                said = _Named()
            if said.resource_type != resource_type or said.id != id_:
                other = f"the FHIR server answered with another resource than the {resource_type}"
                raise FetchFault(Outcome.NOT_FHIR, f"{other} asked for")
            return Sent(body, url)

        return self._getter.get(url, _MOST_BYTES, understand)
