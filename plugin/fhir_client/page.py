"""One page of a search: what it holds, and where the next one is."""

from __future__ import annotations

from typing import Any

from cds_hooks.bundle import has_next
from cds_hooks.errors import TooMany
from cds_hooks.model import PrefetchValue, State
from cds_hooks.peek import Peek, look
from cds_hooks.prefetch import read_prefetch
from plugin.fhir_client.faults import FetchFault, Outcome


def read_page(body: bytes) -> tuple[int, PrefetchValue, Peek]:
    """One page of a search, and its size. Raises FetchFault for what is no Bundle, or one of
    errors only.
    """
    try:
        value = read_prefetch(body)
    except RecursionError:  # Bundles in Bundles
        value = PrefetchValue(State.FAILED, problem="Bundles in Bundles without end")
    except TooMany:
        raise FetchFault(
            Outcome.TOO_LARGE, "the FHIR server's answer has too many entries"
        ) from None
    if value.state is State.FAILED:
        raise FetchFault(Outcome.NOT_FHIR, f"the FHIR server answered with {value.problem}")
    bundle = look(body)
    if bundle is None or bundle.resource_type != "Bundle":
        raise FetchFault(
            Outcome.NOT_FHIR, "the FHIR server answered a search with something that is no Bundle"
        )
    return len(body), value, bundle


def next_link(links: Any) -> str:
    """The address of the next page; empty where there is none that can be read."""
    for link in links if isinstance(links, list) else [links]:
        if isinstance(link, dict) and has_next(link) and isinstance(link.get("url"), str):
            return str(link["url"])
    return ""
