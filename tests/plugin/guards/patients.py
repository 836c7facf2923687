"""Every combination of the states of a chart's parts, or those that a short run has time for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations, product
from math import prod

from tests.plugin.guards.chart import NOTHING, Chart
from tests.plugin.guards.options import Options, Part
from tests.plugin.heart.front_door import SOAK

FEW, SLICE, SLICE_WHEN_SOAKING = 800, 250, 30_000


def patients(*parts: Part) -> Iterator[Chart]:
    """First those near a good chart; then the product of all parts, or an even slice of it.

    When soaking it is the whole product of the states that guards tell apart, where that has no
    more than 30,000 patients, and otherwise so many of them.
    """
    yield from near(*parts)
    most = SLICE_WHEN_SOAKING if SOAK else SLICE
    yield from _slice([part.core if SOAK else part.all for part in parts], most)


def near(*parts: Part) -> Iterator[Chart]:
    """Each guard alone, by any of its states; then every combination of the states that guards tell
    apart, where those are few, and otherwise each pair of them (when soaking, each three).
    """
    every, core = [part.all for part in parts], [part.core for part in parts]
    yield _sum(states[0] for states in every)
    yield from _apart(1, every)
    if prod(map(len, core)) <= FEW:
        yield from map(_sum, product(*core))
        return
    yield from _apart(2, every if SOAK else core)
    if SOAK:
        yield from _apart(3, core)


def _apart(count: int, parts: list[Options]) -> Iterator[Chart]:
    """All patients of whom exactly so many parts differ from the first of their states."""
    for places in combinations(range(len(parts)), count):
        for chosen in product(*(parts[place][1:] for place in places)):
            chart = [states[0] for states in parts]
            for place, state in zip(places, chosen, strict=True):
                chart[place] = state
            yield _sum(chart)


def _slice(parts: list[Options], most: int) -> Iterator[Chart]:
    """The patients of the product, or as many from all over it."""
    size = prod(map(len, parts))
    # An odd step, so that no part is always seen in the same few states.
    step = 1 if size <= most else (size // most) | 1
    for number in range(step // 2, size, step):
        rest, chosen = number, []
        for states in parts:
            rest, place = divmod(rest, len(states))
            chosen.append(states[place])
        yield _sum(chosen)


def _sum(chosen: Iterable[Chart]) -> Chart:
    return sum(chosen, NOTHING)
