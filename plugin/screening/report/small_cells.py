"""Counts as they may be shown: exactly, or so that no small one can be told. Pure.

With `below`, a count of 1 to `below - 1` is shown as fewer than `below`, and every other as the
nearest multiple of a base. The rest is found by trying what a reader can: each count shown is an
interval, the relations between counts narrow it, and where a small one is narrowed to less than
half of what it could be, another count is withheld, until none is. See decision 0055.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import Enum

from msgspec import Struct

Key = tuple[str, ...]
LEAST_BELOW = 5  # under it, the nearest multiple of a base could be 0
_ENDLESS = 10**15
_STEP = 5


class Shown(Struct, frozen=True):
    """A count as a reader sees it. `value` is what is drawn and divided; None where that would
    tell too much.
    """

    text: str
    value: int | None


class How(Enum):
    """In what way a count is shown."""

    ZERO = "zero"
    FEWER = "fewer"
    ROUNDED = "rounded"
    WITHHELD = "withheld"


class Kind(Enum):
    """What a whole has to do with its parts."""

    SUM = "sum"  # it is their sum
    UNION = "union"  # the parts overlap: at most their sum, at least each of them
    COVER = "cover"  # the parts reach beyond it: at most their sum


class Relation(Struct, frozen=True):
    """What a reader knows to hold between counts."""

    total: Key
    parts: tuple[Key, ...]
    kind: Kind = Kind.SUM


Bounds = dict[Key, tuple[int, int]]


def exact(counts: Mapping[Key, int]) -> dict[Key, Shown]:
    """Every count as it is."""
    return {key: Shown(f"{count:,}", count) for key, count in counts.items()}


def base(below: int) -> int:
    """What counts are rounded to: `below`, or the next multiple of five."""
    return -(-below // _STEP) * _STEP


def disclosed(
    counts: Mapping[Key, int], relations: Sequence[Relation], below: int
) -> dict[Key, Shown]:
    """Every count so that nothing under `below` can be told from all of them together.

    `relations` are those that a reader knows to hold; no two of them share more than one count.
    Raises ValueError where `below` is under `LEAST_BELOW`.
    """
    if below < LEAST_BELOW:
        raise ValueError(f"counts are suppressed below {LEAST_BELOW} or more, not below {below}")
    how = {key: _first(count, below) for key, count in counts.items()}
    while (told := _too_well_known(counts, how, relations, below)) is not None:
        how[_to_withhold(told, counts, how, relations)] = How.WITHHELD
    return {key: _shown(count, how[key], below) for key, count in counts.items()}


def _first(count: int, below: int) -> How:
    if count == 0:
        return How.ZERO
    return How.FEWER if count < below else How.ROUNDED


def _shown(count: int, how: How, below: int) -> Shown:
    if how is How.WITHHELD:
        return Shown("not shown", None)
    if how is How.FEWER:
        return Shown(f"<{below}", None)
    rounded = nearest(count, below)
    return Shown(f"{rounded:,}", rounded)


def nearest(count: int, below: int) -> int:
    """The multiple of the base that a count is shown as; halves go up."""
    step = base(below)
    return (2 * count + step) // (2 * step) * step


def _published(count: int, how: How, below: int) -> tuple[int, int]:
    """What a reader can take a count for."""
    if how is How.WITHHELD:
        return 0, _ENDLESS
    if how is How.FEWER:
        return 1, below - 1
    if how is How.ZERO:
        return 0, 0
    rounded, step = nearest(count, below), base(below)
    return max(below, rounded - step // 2), rounded + (step - 1) // 2


def _too_well_known(
    counts: Mapping[Key, int],
    how: Mapping[Key, How],
    relations: Sequence[Relation],
    below: int,
) -> Key | None:
    """A small count that a reader can narrow to less than half of what it could be."""
    bounds = {key: _published(count, how[key], below) for key, count in counts.items()}
    narrow(bounds, relations)
    for key, (low, high) in bounds.items():
        if how[key] is How.FEWER and 2 * (high - low + 1) < below - 1:
            return key
    return None


def _to_withhold(
    told: Key, counts: Mapping[Key, int], how: Mapping[Key, How], relations: Sequence[Relation]
) -> Key:
    """What to withhold so that less is known of a count: the smallest number beside it."""
    rank = {How.ROUNDED: 0, How.ZERO: 1, How.FEWER: 2}
    beside = {
        key
        for relation in relations
        if told in (relation.total, *relation.parts)
        for key in relation.parts
        if key != told and how[key] is not How.WITHHELD
    }
    return min(beside, key=lambda key: (rank[how[key]], counts[key], key), default=told)


def narrow(bounds: Bounds, relations: Iterable[Relation]) -> None:
    """What a reader of all counts knows of each: exact where the relations form no ring.

    Raises ValueError where no counts could be so: then a relation does not hold.
    """
    known = tuple(relations)
    changed = True
    while changed:
        before = dict(bounds)
        for relation in known:
            _narrow(bounds, relation)
            if any(bounds[key][0] > bounds[key][1] for key in (relation.total, *relation.parts)):
                raise ValueError(f"the parts of {relation.total} do not reconcile with it")
        changed = bounds != before


def _narrow(bounds: Bounds, relation: Relation) -> None:
    parts = relation.parts
    least = sum(bounds[part][0] for part in parts)
    most = sum(bounds[part][1] for part in parts)
    low, high = bounds[relation.total]
    if relation.kind is Kind.SUM:
        low = max(low, least)
    elif relation.kind is Kind.UNION:
        low = max([low, *(bounds[part][0] for part in parts)])
    high = min(high, most)
    bounds[relation.total] = low, high
    for part in parts:
        was_low, was_high = bounds[part]
        now_low, now_high = max(was_low, low - (most - was_high)), was_high
        if relation.kind is Kind.SUM:
            now_high = min(was_high, high - (least - was_low))
        elif relation.kind is Kind.UNION:
            now_high = min(was_high, high)
        least, most = least + now_low - was_low, most + now_high - was_high
        bounds[part] = now_low, now_high
