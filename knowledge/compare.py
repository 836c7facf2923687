"""What one knowledge has that another has not, by id and field. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from enum import Enum, StrEnum
from typing import Any

from msgspec import Struct, structs

from knowledge.model import Knowledge
from knowledge.vocabulary import Fact


class How(StrEnum):
    """What became of an entry."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


class FieldChange(Struct, frozen=True):
    """A field that differs, in plain values: texts, numbers, lists and tables of them."""

    field: str
    was: Any
    now: Any


class Difference(Struct, frozen=True):
    """An entry that is not the same in both; `fields` are of one that changed."""

    kind: str
    id: str
    how: How
    fields: tuple[FieldChange, ...] = ()


def compare(old: Knowledge, new: Knowledge) -> tuple[Difference, ...]:
    """Every difference, by kind and id; what decides answers comes first."""
    before, after = _entries(old), _entries(new)
    return tuple(
        difference for kind in before for difference in _compared(kind, before[kind], after[kind])
    )


def _entries(known: Knowledge) -> dict[str, Mapping[str, Struct]]:
    return {
        "rule": {one.id: one for one in known.rules},
        "rule switched off": {one.id: one for one in known.switched_off},
        "ingredient": known.ingredients,
        "interaction": {one.id: one for one in known.interactions},
        "mitigation": known.mitigations,
        "lab": known.labs,
        "condition": known.conditions,
        "term": known.terms,
        "group": known.groups,
        "mechanism": known.mechanisms,
        "constant": known.constants,
        "product": {one.name: one for one in known.products},
        "drug code": {f"{one.system} {one.code}": one for one in known.site_drug_codes},
        "source": known.sources,
        "review": {one.file: one for one in known.reviews},
    }


def _compared(
    kind: str, old: Mapping[str, Struct], new: Mapping[str, Struct]
) -> Iterator[Difference]:
    for id_ in sorted(old.keys() | new.keys()):
        if id_ not in new:
            yield Difference(kind, id_, How.REMOVED)
        elif id_ not in old:
            yield Difference(kind, id_, How.ADDED)
        elif old[id_] != new[id_]:
            yield Difference(kind, id_, How.CHANGED, tuple(_fields(old[id_], new[id_])))


def _fields(old: Struct, new: Struct) -> Iterator[FieldChange]:
    for name in old.__struct_fields__:
        was, now = getattr(old, name), getattr(new, name)
        if was != now:
            yield FieldChange(name, plain(was), plain(now))


def plain(value: Any) -> Any:  # noqa: PLR0911 - one return for each kind of value
    """A value as JSON has it; a fact as the data files write it, sets in the order of names."""
    match value:
        case Fact():
            return str(value)
        case Enum():
            return value.value
        case Decimal() | date():
            return str(value)
        case Struct():
            items = structs.asdict(value).items()
            return {name: plain(part) for name, part in items if part not in ("", None, ())}
        case frozenset():
            return sorted(map(plain, value))
        case tuple() | list():
            return [plain(part) for part in value]
        case _:
            return value


def parted(was: Iterable[Any], now: Iterable[Any]) -> tuple[list[Any], list[Any]]:
    """What only the first list has, and what only the second, each in its order."""
    left, right = list(was), list(now)
    return [one for one in left if one not in right], [one for one in right if one not in left]
