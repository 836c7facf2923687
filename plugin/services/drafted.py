"""The orders that a context holds: `draftOrders`, or the `medications` of a refill."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
from msgspec import Struct

from cds_hooks.errors import BadRequest
from cds_hooks.model import HookRequest, Need, PrefetchKey, PrefetchValue, Sent, State
from plugin.model import EntryKind, Unread, UnreadReason
from plugin.ordering.contained import Lifted, NotOpenedError, contained_in
from plugin.reading.shapes import Medication, Medicine
from plugin.services.parts import Part
from plugin.services.sorting import name_of, sort_out

DRAFT_ORDERS, MEDICATIONS = "draftOrders", "medications"
_LAB_ORDER = "ServiceRequest"
_SERVICE_REQUEST = b'"ServiceRequest"'
_TYPES = (Medication.__name__, *(one.__name__ for one in Medicine.__subclasses__()))
# What older releases of FHIR called a medication order; reading does not know their shapes.
_OLDER = ("MedicationOrder", "MedicationPrescription")
_WHOLE = (*_TYPES, *_OLDER)
_ORDERS = tuple(one for one in _WHOLE if one != Medication.__name__)


class Drafted(Struct, frozen=True):
    """The orders of a context, of any type and also those that another contains, and what of them
    is missing or cannot be taken in.
    """

    entries: tuple[Sent | Lifted, ...]
    missing: tuple[Unread, ...]


def orders_in(request: HookRequest, name: str) -> Drafted:
    """The orders under a name of the context. Raises BadRequest for what is no Bundle of orders."""
    value = request.bundles[name]
    if value.state is not State.PRESENT:
        raise BadRequest(f"context.{name} is not a Bundle of orders: {value.problem}.")
    part = Part(
        PrefetchKey(name, "", Need.REQUIRED), EntryKind.MEDICATIONS, "orders", _TYPES, starts=()
    )
    found = sort_out(part, value)
    inner, closed = inside(found.entries)
    every: list[Sent | Lifted] = [*found.entries, *inner]
    named = [(one, name_of(one).resource_type) for one in every]
    older = sorted({one.place for one, type_ in named if type_ in _OLDER})
    entries = tuple(one for one, type_ in named if type_ not in _OLDER)
    return Drafted(entries, tuple(_missing(name, value, [*found.malformed], older, closed)))


def inside(sent: Iterable[Sent]) -> tuple[list[Lifted], list[int]]:
    """The orders that entries contain; and the places of entries that may, and cannot be opened."""
    found: list[Lifted] = []
    closed: list[int] = []
    for one in sent:
        try:
            found += contained_in(one, one.place, _ORDERS, _WHOLE)
        except NotOpenedError:
            closed.append(one.place)
    return found, closed


def _missing(
    name: str, value: PrefetchValue, malformed: list[int], older: list[int], closed: list[int]
) -> Iterator[Unread]:
    for place in closed:
        detail = "it contains what may be a medication order, and cannot be opened"
        yield _unread(f"{name}, entry {place}", UnreadReason.MALFORMED, detail)
    for place in malformed:
        detail = "its resourceType is missing or misspelt"
        yield _unread(f"{name}, entry {place}", UnreadReason.MALFORMED, detail)
    for place in older:
        detail = "a medication order of FHIR DSTU2 or older"
        yield _unread(f"{name}, entry {place}", UnreadReason.MALFORMED, detail)
    if value.incomplete or value.problem:
        yield _unread(f"context {name}", UnreadReason.INCOMPLETE, value.problem, "orders")


def _unread(reference: str, reason: UnreadReason, detail: str, text: str = "") -> Unread:
    return Unread(reference, text, reason, EntryKind.MEDICATIONS, detail)


def drafts_of_labs(request: HookRequest) -> Iterator[Any]:
    """The draft ServiceRequests of a call, decoded; of other orders, none. One with a number that
    nothing can hold orders no lab that we know.
    """
    for one in request.bundles[DRAFT_ORDERS].sent:
        if _SERVICE_REQUEST not in one.raw:
            continue
        try:
            inner = contained_in(one, one.place, (_LAB_ORDER,), _WHOLE)
            yield from map(msgspec.json.decode, [one.raw, *(each.raw for each in inner)])
        except (NotOpenedError, msgspec.DecodeError):
            continue
