"""The sequence ratio, the ratio that trends alone would give, and the exact interval. Pure.

Days are whole numbers (ordinals); a *count by day* maps a day to how many patients have their first
start, or their first record of cramps, on it. A pair is a patient with both.

    crude ratio     pairs with cramps after the start / pairs with cramps before it
    null ratio      the same ratio, expected if nobody's cramps had to do with their start: every
                    start of the population against every first cramp of the population within the
                    window, after / before
    adjusted ratio  crude / null

The day of the start itself is in neither: of a pair on one day nobody knows the order. Sources:
Hallas 1996 (PMID 8862977) for the method, Tsiropoulos 2009 (doi 10.1002/pds.1736) for the window.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from enum import Enum
from itertools import accumulate

from msgspec import Struct

CONFIDENCE = 0.95


class Order(Enum):
    """Where the first cramps of a patient lie, seen from the start of the drug."""

    AFTER = "after"
    BEFORE = "before"
    SAME_DAY = "same-day"
    OUTSIDE = "outside-window"


class Estimate(Struct, frozen=True):
    """The ratios of one group, and the limits of the adjusted ratio.

    None where there is no such number: a ratio to nothing, or no upper limit.
    """

    crude: float | None
    null: float | None
    adjusted: float | None
    low: float | None
    high: float | None


def order_of(start: int, cramp: int, window: int) -> Order:
    """Of one pair. A difference of `window` days is still inside."""
    if start == cramp:
        return Order.SAME_DAY
    if abs(start - cramp) > window:
        return Order.OUTSIDE
    return Order.AFTER if cramp > start else Order.BEFORE


def expected_orders(
    starts: Mapping[int, int], cramps: Mapping[int, int], window: int
) -> tuple[int, int]:
    """How many (start, cramp) of any two patients lie within the window: after, and before."""
    days = sorted(cramps)
    sums = [0, *accumulate(cramps[day] for day in days)]

    def between(first: int, last: int) -> int:
        return sums[bisect_right(days, last)] - sums[bisect_left(days, first)]

    after = sum(count * between(day + 1, day + window) for day, count in starts.items())
    before = sum(count * between(day - window, day - 1) for day, count in starts.items())
    return after, before


def estimate(after: int, before: int, expected: tuple[int, int]) -> Estimate:
    """The ratios from the pairs of one group and what `expected_orders` gives for it.

    The interval is the exact (Clopper-Pearson) 95% one of the share of pairs with cramps after the
    start, turned into a ratio and divided by the null ratio, which is taken as known.
    """
    null = _ratio(*expected)
    pairs = after + before
    if not pairs:
        return Estimate(None, null, None, None, None)
    crude = _ratio(after, before)
    if not null:  # 0, or unknown: no trend to adjust for, so no adjusted ratio
        return Estimate(crude, null, None, None, None)
    low, high = exact_interval(after, pairs)
    return Estimate(
        crude=crude,
        null=null,
        adjusted=None if crude is None else crude / null,
        low=low / (1 - low) / null if low < 1 else None,
        high=high / (1 - high) / null if high < 1 else None,
    )


def exact_interval(successes: int, of: int) -> tuple[float, float]:
    """Clopper and Pearson's limits of a proportion; `of` is at least 1."""
    from scipy.stats import binomtest  # noqa: PLC0415 - an extra, and slow to import

    interval = binomtest(successes, of).proportion_ci(CONFIDENCE, method="exact")
    return float(interval.low), float(interval.high)


def _ratio(over: int, under: int) -> float | None:
    return over / under if under else None
