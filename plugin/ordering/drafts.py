"""The orders of a call by their names, and which of them the clinician has just selected."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from plugin.model import EntryKind, Unread, UnreadReason
from plugin.ordering.contained import Lifted
from plugin.reading.context import shown_reference
from plugin.reading.ordered import OPEN, status_of
from plugin.reading.references import key_of
from plugin.reading.repair import decode
from plugin.reading.shapes import MedicationRequest
from plugin.reading.source import AnyEntry


class Draft(Struct, frozen=True):
    """An order of any type: how reading names it, and every key by which it may be selected.

    `unsigned`: it is a medication order with an id of its own that nobody signed yet, so that an
    action may delete it. `inside` names the draft that contains it, with which it is selected.
    """

    reference: str
    keys: frozenset[str]
    unsigned: bool = False
    inside: str = ""


class Selection(Struct, frozen=True):
    """Which orders are meant, by reference; and what was selected and is not among them."""

    references: frozenset[str]
    missing: tuple[Unread, ...] = ()


class _Head(Struct, rename="camel"):
    resource_type: Any = ""
    id: Any = ""


_head = msgspec.json.Decoder(_Head)


def drafts_of(entries: Iterable[AnyEntry]) -> list[Draft]:
    """The orders of a call, whatever they order."""
    return [_draft(entry) for entry in entries]


def _draft(entry: AnyEntry) -> Draft:
    if isinstance(entry, Lifted):
        own, outer = _plain(entry), _plain(entry.container)
        return Draft(own.reference, own.keys | entry.keys, inside=outer.reference)
    return _plain(entry)


def _plain(entry: AnyEntry) -> Draft:
    decoded = decode(entry.raw)
    resource = decoded.resource
    type_, id_ = decoded.type, resource.id if resource is not None else _id(entry.raw)
    reference = shown_reference(type_, id_, entry.raw)
    keys = {key_of(entry.full_url)}
    if id_:
        keys |= {f"{type_}/{id_}", id_, f"urn:uuid:{id_}".lower()}
    unsigned = (
        isinstance(resource, MedicationRequest)
        and status_of(resource) in OPEN
        and reference == f"{type_}/{id_}"
    )
    return Draft(reference, frozenset(keys - {""}), unsigned)


def _id(raw: bytes) -> str:
    try:
        id_ = _head.decode(raw).id
    except msgspec.MsgspecError:
        return ""
    return id_ if isinstance(id_, str) else ""


def select(drafts: Sequence[Draft], selections: Iterable[str]) -> Selection:
    """The orders that were selected: by `Type/id`, id, `urn:uuid:` or address.

    Where one that may be a medication is not found, nobody can tell which was meant: it is said,
    and all the orders count as selected. So they do where the client says of none that it was.
    """
    by_key: dict[str, set[str]] = {}
    for draft in drafts:
        for key in draft.keys:
            by_key.setdefault(key, set()).add(draft.reference)
    found: set[str] = set()
    missing: list[Unread] = []
    asked = list(dict.fromkeys(selections))
    for selection in asked:
        key = key_of(selection)
        named = by_key.get(key, set())
        found |= named
        if not named and _may_be_medication(key):
            missing.append(_not_found(selection))
    found |= {draft.reference for draft in drafts if draft.inside in found}
    if missing or not asked:
        found |= {draft.reference for draft in drafts}
    return Selection(frozenset(found), tuple(missing))


def _may_be_medication(key: str) -> bool:
    kind, slash, _ = key.rpartition("/")
    named = kind[:1].isupper() and not kind.startswith("Medication")
    return not slash or not named or "#" in key  # a part of an order of any type


def _not_found(selection: str) -> Unread:
    return Unread(
        reference=f"selections {selection}",
        text=f"the selected order {selection}",
        reason=UnreadReason.NOT_SENT,
        kind=EntryKind.MEDICATIONS,
        detail="draftOrders does not hold it",
    )
