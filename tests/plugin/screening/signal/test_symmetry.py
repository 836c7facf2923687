"""The ratios by hand, and the ratio expected from trends against counting every pair."""

from __future__ import annotations

import math
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.screening.signal.symmetry import (
    Estimate,
    Order,
    estimate,
    exact_interval,
    expected_orders,
    order_of,
)

DAYS = st.integers(-400, 400)
SOME_DAYS = st.lists(DAYS, max_size=12)
WINDOWS = st.integers(1, 500)


@pytest.mark.parametrize(
    ("start", "cramp", "order"),
    [
        (100, 101, Order.AFTER),
        (100, 465, Order.AFTER),
        (100, 466, Order.OUTSIDE),
        (100, 99, Order.BEFORE),
        (465, 100, Order.BEFORE),
        (466, 100, Order.OUTSIDE),
        (100, 100, Order.SAME_DAY),
    ],
)
def test_a_difference_of_the_window_is_inside_and_one_day_is_no_order(
    start: int, cramp: int, order: Order
) -> None:
    assert order is order_of(start, cramp, 365)


@given(starts=SOME_DAYS, cramps=SOME_DAYS, window=WINDOWS)
def test_the_expected_orders_are_those_of_every_start_against_every_cramp(
    starts: list[int], cramps: list[int], window: int
) -> None:
    """A slow count from the definition: nobody's own cramps, everybody's."""
    after = before = 0
    for start in starts:
        for cramp in cramps:
            if 0 < cramp - start <= window:
                after += 1
            elif 0 < start - cramp <= window:
                before += 1
    assert (after, before) == expected_orders(Counter(starts), Counter(cramps), window)


@given(starts=SOME_DAYS, cramps=SOME_DAYS, window=WINDOWS, shift=st.integers(-1000, 1000))
def test_the_calendar_does_not_matter_and_time_turned_round_turns_the_orders(
    starts: list[int], cramps: list[int], window: int, shift: int
) -> None:
    found = expected_orders(Counter(starts), Counter(cramps), window)
    moved, moved_cramps = ([day + shift for day in days] for days in (starts, cramps))
    assert found == expected_orders(Counter(moved), Counter(moved_cramps), window)
    turned, turned_cramps = ([-day for day in days] for days in (starts, cramps))
    assert found[::-1] == expected_orders(Counter(turned), Counter(turned_cramps), window)


def test_three_starts_and_two_cramps_by_hand() -> None:
    """Starts on days 10, 10 and 30, cramps on 20 and 40, window 15.

    10 to 20 is after, twice; 30 to 40 is after, 30 to 20 is before: 3 to 1.
    """
    expected = expected_orders({10: 2, 30: 1}, {20: 1, 40: 1}, 15)
    assert (3, 1) == expected
    found = estimate(12, 4, expected)
    assert (3.0, 3.0, 1.0) == (found.crude, found.null, found.adjusted)


def test_the_interval_of_a_textbook_case() -> None:
    """Of 10 pairs all after: the exact lower limit of a share of 1 is 0.025 to the power 1/10."""
    low, high = exact_interval(10, 10)
    assert math.isclose(0.025 ** (1 / 10), low)
    assert 1.0 == high
    found = estimate(10, 0, (1, 2))
    assert (None, None, None) == (found.crude, found.adjusted, found.high)
    assert found.low is not None
    assert math.isclose(low / (1 - low) / 0.5, found.low)


@given(
    after=st.integers(0, 60),
    before=st.integers(0, 60),
    expected=st.tuples(*[st.integers(1, 9)] * 2),
)
def test_the_adjusted_ratio_lies_within_its_interval_and_turns_with_time(
    after: int, before: int, expected: tuple[int, int]
) -> None:
    """Swapping after and before gives one over the ratio, and the limits change places."""
    found = estimate(after, before, expected)
    if not after + before:
        assert Estimate(None, expected[0] / expected[1], None, None, None) == found
        return
    assert found.low is not None
    assert found.adjusted is None or found.low <= found.adjusted
    assert found.adjusted is None or found.high is None or found.adjusted <= found.high
    turned = estimate(before, after, expected[::-1])
    assert turned.low is not None
    if found.high is not None:
        assert math.isclose(1, found.high * turned.low, rel_tol=1e-9) or found.high == 0
    else:
        assert 0 == turned.low


@pytest.mark.parametrize("expected", [(0, 0), (5, 0), (0, 5)])
def test_without_an_expected_ratio_there_is_no_adjusted_one(expected: tuple[int, int]) -> None:
    """Nobody's cramps lie on one side of any start: nothing to adjust by."""
    found = estimate(8, 4, expected)
    assert 2.0 == found.crude
    assert (None, None, None) == (found.adjusted, found.low, found.high)
