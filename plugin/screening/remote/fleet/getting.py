"""What is asked of the server: one resource, or all pages of a search; whole, or a fault."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Struct

from cds_hooks.bundle import has_next, says_more
from plugin.addresses.fhir import own_page
from plugin.addresses.link import Link, link_of
from plugin.fhir_client.body import checked_json
from plugin.fhir_client.faults import FetchFault, Outcome
from plugin.fhir_client.page import next_link, read_page
from plugin.screening.remote.asking import PASSING, Asker, refusal

MOST_BYTES = 128 * 1024 * 1024  # of one resource, or of all pages of all searches for a patient
_MOST_PAGES = 1000  # of one search
_MOST_IDLE = 3  # pages in a row that bring nothing new
_FHIR = {"Accept": "application/fhir+json"}
_OK, _UNAUTHORIZED, _FAULT = 200, 401, 500
_AGAIN = PASSING | {_FAULT}
_ATTEMPTS = 4


class TokenRefused(FetchFault):
    """The server, or who gives out tokens, lets us in nowhere: not a matter of one patient."""


class _Named(Struct, rename="camel"):
    resource_type: Any = ""
    id: Any = ""


_named = msgspec.json.Decoder(_Named)


class Room:
    """How many bytes may still come for a patient."""

    def __init__(self, most: int = MOST_BYTES) -> None:
        self.left = most


def read(asker: Asker, resource_type: str, id_: str) -> bytes:
    """One resource. The id is one that `is_id` holds of.

    Raises FetchFault, also where the answer is not of that type and id.
    """
    body = _get(asker, f"{asker.server.base.url}/{resource_type}/{id_}", MOST_BYTES)
    if name_of(body) != (resource_type, id_):
        raise FetchFault(Outcome.NOT_FHIR, "it answered with another resource than was asked for")
    return body


def search(asker: Asker, query: str, room: Room) -> tuple[bytes, ...]:
    """All that a search finds, each once, on all pages.

    Raises FetchFault unless every page came, lies below the address of the server, reports no
    error, and brings what the server counts.
    """
    base = asker.server.base
    resource_type = query.partition("?")[0]
    url: str | None = f"{base.url}/{query}"
    found: dict[tuple[str, str] | int, bytes] = {}
    seen: set[str] = set()
    total: Any = None
    idle = 0
    while url is not None:
        if url in seen or len(seen) >= _MOST_PAGES or idle >= _MOST_IDLE:
            raise FetchFault(Outcome.NOT_FHIR, "the pages of its answer do not end")
        seen.add(url)
        body = _get(asker, url, room.left)
        room.left -= len(body)
        _, value, bundle = read_page(body)
        if value.problem:
            raise FetchFault(Outcome.NOT_FHIR, f"its answer holds {value.problem}")
        before = len(found)
        for one in value.sent:
            name = name_of(one.raw)
            if name[0] != resource_type:
                raise FetchFault(Outcome.NOT_FHIR, "it answered with what was not asked for")
            found.setdefault(name if name[1] else -len(found), one.raw)
        idle = idle + 1 if len(found) == before else 0
        total = total if bundle.total is None else bundle.total
        page, url = url, None
        if has_next(bundle.link):
            url = own_page(base, page, next_link(bundle.link))
            if url is None:
                raise FetchFault(
                    Outcome.ADDRESS_REFUSED,
                    "its next page is not below the address that was given",
                )
    if says_more(total, len(found)):
        raise FetchFault(Outcome.NOT_FHIR, "it counts more than it sent")
    return tuple(found.values())


def name_of(raw: bytes) -> tuple[str, str]:
    """Type and id; empty where there is none."""
    try:
        said = _named.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return "", ""
    kind, id_ = said.resource_type, said.id
    return kind if isinstance(kind, str) else "", id_ if isinstance(id_, str) else ""


def _get(asker: Asker, url: str, most: int) -> bytes:
    """The JSON at an address of the server. Raises FetchFault, and TokenRefused of a 401."""
    link = _link(asker, url)
    try:
        answer = asker.ask("GET", link, _FHIR, most, attempts=_ATTEMPTS, passing=_AGAIN)
    except FetchFault as fault:
        if fault.outcome is Outcome.DENIED:  # nothing else denies before there is an answer
            raise TokenRefused(fault.outcome, fault.message) from None
        raise
    if answer.status == _UNAUTHORIZED:
        raise TokenRefused(Outcome.DENIED, refusal(answer.status, answer.body).message)
    if answer.status in PASSING:  # a gateway before a server that is not there answers so too
        raise FetchFault(Outcome.BUSY, refusal(answer.status, answer.body).message)
    if answer.status != _OK:
        raise refusal(answer.status, answer.body)
    return checked_json(answer.headers, answer.body)


def _link(asker: Asker, url: str) -> Link:
    try:
        return link_of(url, asker.server.base.url)
    except ValueError as error:
        raise FetchFault(Outcome.NOT_FHIR, f"it names an address that is none: {error}") from None
