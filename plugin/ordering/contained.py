"""Orders inside another resource: a RequestGroup or a CarePlan may contain what it is made of.

FHIR gives a contained resource no life of its own, but who signs the group signs its orders.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Any, ClassVar

import msgspec
from msgspec import Raw, Struct

from plugin.reading.elements import ABSENT
from plugin.reading.source import AnyEntry

_CONTAINED = b'"contained"'
_POINTER = re.compile(rb'"(#[^"]+)"')
_ROOM = 20  # times the size of the container, for all that is taken out of it
_MARK = "#"  # between the id of the container and that of what it contains; in no id of FHIR


class Lifted(Struct, frozen=True, gc=False):
    """A contained order as an entry of its own, with the resources that it may point to.

    `keys` are what a selection may call it; `container` is how drafts name what it was in.
    """

    resource: ClassVar[None] = None

    raw: bytes
    place: int
    container: AnyEntry
    keys: frozenset[str]
    full_url: str = ""


class _Outer(Struct, rename="camel"):
    resource_type: Any = ""
    id: Any = ""
    contained: Raw = ABSENT


_outer = msgspec.json.Decoder(_Outer)
_items = msgspec.json.Decoder(list[Raw])
_elements = msgspec.json.Decoder(dict[str, Raw])


class NotOpenedError(Exception):
    """What a resource contains cannot be taken out of it."""


def contained_in(
    entry: AnyEntry, place: int, types: Collection[str], whole: Collection[str]
) -> Iterator[Lifted]:
    """The resources of these types that an entry contains, at any depth.

    Not of an entry whose type is one of `whole`: what a medication order contains tells of itself.
    Raises NotOpenedError where it may contain one and cannot be opened, or where orders that share
    what they point to would take many times its room.
    """
    if _CONTAINED not in entry.raw or not any(f'"{one}"'.encode() in entry.raw for one in types):
        return
    try:
        outer = _outer.decode(entry.raw)
        if outer.resource_type in whole:
            return
        room = _ROOM * len(entry.raw)
        for one in _lifted(entry, place, types, whole, outer):
            room -= len(one.raw)
            if room < 0:
                raise NotOpenedError
            yield one
    except msgspec.MsgspecError:
        raise NotOpenedError from None


def _lifted(
    entry: AnyEntry, place: int, types: Collection[str], whole: Collection[str], outer: _Outer
) -> Iterator[Lifted]:
    inside = [(one, _outer.decode(one)) for one in _listed(outer.contained)]
    shared = {f"#{inner.id}".encode(): bytes(one) for one, inner in inside}
    around = outer.id if isinstance(outer.id, str) else ""
    for raw, inner in inside:
        if inner.resource_type in types:
            id_ = inner.id.removeprefix(_MARK) if isinstance(inner.id, str) else ""
            name = f"{outer.resource_type}/{around}"
            keys = {id_, f"{_MARK}{id_}", f"{name}{_MARK}{id_}"} if id_ else set()
            # Under an id that no other entry has, and that no action can name.
            own = f"{around}{_MARK}{id_}" if around and id_ else ""
            yield Lifted(_alone(raw, own, _beside(raw, shared)), place, entry, frozenset(keys))
        elif inner.resource_type not in whole and bytes(inner.contained):
            yield from _lifted(entry, place, types, whole, inner)


def _beside(raw: Raw, shared: dict[bytes, bytes]) -> list[bytes]:
    """What a contained resource points to beside it, and what that points to."""
    found: dict[bytes, bytes] = {}
    left = [bytes(raw)]
    while left:
        for name in _POINTER.findall(left.pop()):
            if name in shared and name not in found:
                found[name] = shared[name]
                left.append(shared[name])
    return list(found.values())


def _alone(raw: Raw, id_: str, others: list[bytes]) -> bytes:
    """A contained resource that stands alone, with its siblings in its own `contained`."""
    elements = _elements.decode(raw)
    own = [bytes(one) for one in _listed(elements.get("contained", ABSENT))]
    elements["contained"] = Raw(b"[" + b",".join([*own, *others]) + b"]")
    elements.pop("id", None)
    if id_:
        elements["id"] = Raw(msgspec.json.encode(id_))
    return msgspec.json.encode(elements)


def _listed(contained: Raw) -> list[Raw]:
    """The resources of `contained`; one that is no list is the only one."""
    written = bytes(contained).lstrip()
    if not written or written == b"null":
        return []
    items = _items.decode(written) if written.startswith(b"[") else [Raw(written)]
    return [one for one in items if bytes(one).lstrip().startswith(b"{")]
