"""What the expected ratio does not see: each limit that the page names, in numbers.

Populations by daily chances rather than by drawn days: patients come in on any day, and leave.
"""

from __future__ import annotations

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from plugin.screening.signal.symmetry import Estimate
from tests.plugin.screening.signal.simulating import estimated, holds

YEAR = 365
DAYS = 12 * YEAR
NEVER = 10 * DAYS
Days = NDArray[np.int64]


class Lives(Struct, frozen=True):
    """Chances a year of one patient. `leaving`: of dying or leaving, from the start on."""

    patients: int = 60_000
    start: float = 0.08
    cramp: float = 0.03
    rate_ratio: float = 1.0
    leaving: float = 0.0
    all_at_once: bool = True


def found(lives: Lives, seed: int) -> Estimate:
    """What is new in each patient after a year of their own, and what the method makes of it."""
    random = np.random.default_rng(seed)
    entry = (
        np.zeros(lives.patients, dtype=np.int64)
        if lives.all_at_once
        else random.integers(0, DAYS - 400, lives.patients)
    )
    start = entry + _wait(random, lives.start, lives.patients)
    cramp = entry + _wait(random, lives.cramp, lives.patients)
    wait = 1 + _wait(random, lives.cramp * (lives.rate_ratio - 1), lives.patients)
    cramp = np.where(wait <= YEAR, np.minimum(cramp, start + wait), cramp)
    end = np.minimum(DAYS, start + 1 + _wait(random, lives.leaving, lives.patients))
    pairs = zip(*(_seen(day, entry + YEAR, end) for day in (start, cramp)), strict=True)
    return estimated(list(pairs))


def _wait(random: np.random.Generator, chance: float, count: int) -> Days:
    if not chance:
        return np.full(count, NEVER, dtype=np.int64)
    return np.minimum(random.exponential(YEAR / chance, count), NEVER).astype(np.int64)


def _seen(day: Days, new: Days, end: Days) -> list[int | None]:
    return [
        int(one) if first <= one < last else None
        for one, first, last in zip(day, new, end, strict=True)
    ]


def test_with_everybody_there_throughout_no_effect_and_a_doubling_are_told() -> None:
    assert holds(found(Lives(), seed=1), 1.0)
    doubled = found(Lives(rate_ratio=2.0), seed=2)
    assert holds(doubled, 2.0)
    assert not holds(doubled, 1.0)


def test_leaving_soon_after_the_start_lowers_the_ratio() -> None:
    """Nobody who has left has cramps later: a drug of the dying seems to protect."""
    left = found(Lives(leaving=0.5), seed=3)
    assert left.adjusted is not None
    assert left.adjusted < 0.9
    assert not holds(left, 1.0)


def test_starts_that_crowd_after_the_run_in_raise_the_ratio() -> None:
    """Each in the own first year after theirs; of the population as a whole it is no trend."""
    crowded = Lives(start=0.5, all_at_once=False)
    late = found(crowded, seed=4)
    assert late.adjusted is not None
    assert late.adjusted > 1.1
    assert not holds(late, 1.0)


def test_where_cramps_are_frequent_the_ratio_is_less_than_the_effect() -> None:
    """A first record is no longer there to be had: four times the rate is told as about three."""
    often = found(Lives(cramp=0.2, rate_ratio=4.0, patients=20_000), seed=5)
    assert often.adjusted is not None
    assert 2.5 < often.adjusted < 3.6
    assert not holds(often, 4.0)
