"""Populations of our own making, of which the truth is known.

A patient may start a drug, on a day drawn from a trend, and has a first record of cramps: of no
cause (drawn from another trend), or brought on by the drug within a window after its start, at so
many times the usual rate. Whichever is first counts. Seeded, so that a run can be repeated.
"""

from __future__ import annotations

from collections import Counter

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from plugin.screening.signal.symmetry import Estimate, Order, estimate, expected_orders, order_of

DAYS = 3650
WINDOW = 365


class Made(Struct, frozen=True):
    """What a population is made by. A slope of 1 doubles a frequency from the first day to the
    last, relative to the middle; -1 the other way; 0 is level.
    """

    patients: int = 20_000
    start_chance: float = 0.5
    cramp_chance: float = 0.15
    rate_ratio: float = 1.0
    start_slope: float = 0.0
    cramp_slope: float = 0.0


def first_days(made: Made, seed: int) -> list[tuple[int | None, int | None]]:
    """Of each patient the first day of the drug and of cramps, where there is one."""
    random = np.random.default_rng(seed)
    count = made.patients
    starts = _drawn(random, count, made.start_slope)
    starts[random.random(count) >= made.start_chance] = -1
    cramps = _drawn(random, count, made.cramp_slope)
    cramps[random.random(count) >= made.cramp_chance] = -1
    if made.rate_ratio > 1:
        daily = made.cramp_chance / DAYS * (made.rate_ratio - 1)
        wait = 1 + random.exponential(1 / daily, count).astype(int)
        brought_on = np.where((starts >= 0) & (wait <= WINDOW), starts + wait, -1)
        brought_on[brought_on >= DAYS] = -1
        sooner = (brought_on >= 0) & ((cramps < 0) | (brought_on < cramps))
        cramps = np.where(sooner, brought_on, cramps)
    return [
        (int(start) if start >= 0 else None, int(cramp) if cramp >= 0 else None)
        for start, cramp in zip(starts, cramps, strict=True)
    ]


def _drawn(random: np.random.Generator, count: int, slope: float) -> NDArray[np.int64]:
    days = np.arange(DAYS)
    weights = 1 + slope * (2 * days / DAYS - 1)
    return random.choice(days, size=count, p=weights / weights.sum())


def estimated(days: list[tuple[int | None, int | None]]) -> Estimate:
    """The ratios of a population, by the code under test."""
    starts = Counter(start for start, _ in days if start is not None)
    cramps = Counter(cramp for _, cramp in days if cramp is not None)
    orders = Counter(
        order_of(start, cramp, WINDOW)
        for start, cramp in days
        if start is not None and cramp is not None
    )
    expected = expected_orders(starts, cramps, WINDOW)
    return estimate(orders[Order.AFTER], orders[Order.BEFORE], expected)


def holds(found: Estimate, truth: float) -> bool:
    """True if the interval has a lower and an upper limit and holds the truth."""
    assert found.low is not None
    assert found.high is not None
    return found.low <= truth <= found.high
