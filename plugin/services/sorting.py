"""The entries of a prefetch value: which the part can hold, and which are no resources at all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from cds_hooks.model import PrefetchValue, Sent
from plugin.reading.source import AnyEntry
from plugin.services.parts import Part


class Name(Struct, rename="camel"):
    """What a resource says that it is."""

    resource_type: Any = ""
    id: Any = ""


class Sorted(Struct, frozen=True):
    """The entries to read, the places of those that are no resources, and whether any will do."""

    entries: Sequence[Sent]
    malformed: tuple[int, ...] = ()
    usable: bool = True


_NOTHING = Sorted(())
_names = msgspec.json.Decoder(Name)


def sort_out(part: Part, value: PrefetchValue) -> Sorted:
    """Sort the entries of a value. One that is empty is usable: nothing was found.

    Entries of another type stay among those to read: an included Medication is of use.
    """
    sent = value.sent
    if not sent:
        return _NOTHING
    starts = part.starts
    odd = [one for one in sent if not one.raw.startswith(starts)]
    if odd:
        return _with_odd(part, sent, odd)
    return Sorted(sent)


def _with_odd(part: Part, sent: tuple[Sent, ...], odd: list[Sent]) -> Sorted:
    expected = len(sent) - len(odd)
    broken: set[int] = set()
    for one in odd:
        said = name_of(one).resource_type
        if not isinstance(said, str) or not said or _misspelt(said, part.types):
            broken.add(id(one))
        else:
            expected += said in part.types
    good = [one for one in sent if id(one) not in broken]
    places = tuple(one.place for one in odd if id(one) in broken)
    return Sorted(good, places, usable=expected > 0)


def name_of(sent: AnyEntry) -> Name:
    """The type and id of a resource, as they stand; of what is no resource, empty."""
    try:
        return _names.decode(sent.raw)
    except msgspec.ValidationError:
        return Name()


def _misspelt(said: str, types: Iterable[str]) -> bool:
    """A reader would take `Medicationrequest` for a type of no use, and set it aside."""
    return said not in types and said.strip().lower() in {one.lower() for one in types}
