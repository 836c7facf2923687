"""Simulated populations: a known effect is found, none is not, and trends are seen through."""

from __future__ import annotations

import os

import pytest

from tests.conftest import SOAK
from tests.plugin.screening.signal.simulating import Made, estimated, first_days, holds

SOAKING = os.environ.get(SOAK) == "1"
TIMES = 2000 if SOAKING else 60
SMALL = 4000


def test_a_doubled_rate_after_the_start_is_recovered() -> None:
    """Twice the rate of cramps for a year: the interval holds 2, and does not hold 1."""
    found = estimated(first_days(Made(rate_ratio=2.0), seed=1))
    assert holds(found, 2.0)
    assert not holds(found, 1.0)


def test_without_an_effect_the_interval_holds_1() -> None:
    found = estimated(first_days(Made(), seed=2))
    assert holds(found, 1.0)


@pytest.mark.parametrize(
    ("start_slope", "cramp_slope"), [(0.9, -0.9), (-0.9, 0.9)], ids=["rising", "falling"]
)
def test_trends_mislead_the_crude_ratio_and_not_the_adjusted(
    start_slope: float, cramp_slope: float
) -> None:
    """The drug comes into use while cramps are recorded less and less, and the other way round."""
    made = Made(patients=60_000, start_slope=start_slope, cramp_slope=cramp_slope)
    found = estimated(first_days(made, seed=3))
    assert found.crude is not None
    assert found.null is not None
    assert holds(found, 1.0)
    # The crude ratio with an interval of its own: the adjusted one without its adjustment.
    assert found.low is not None
    assert found.high is not None
    assert not found.low * found.null <= 1.0 <= found.high * found.null


def test_an_effect_is_recovered_under_trends() -> None:
    """Prescribing rises and cramps are recorded less: the adjusted ratio still finds the 2."""
    made = Made(patients=40_000, rate_ratio=2.0, start_slope=0.9, cramp_slope=-0.9)
    found = estimated(first_days(made, seed=4))
    assert holds(found, 2.0)
    assert not holds(found, 1.0)


@pytest.mark.parametrize(
    "made",
    [
        Made(patients=SMALL, cramp_chance=0.3),
        Made(patients=SMALL, cramp_chance=0.3, start_slope=0.6, cramp_slope=-0.6),
        Made(patients=SMALL, cramp_chance=0.15, rate_ratio=2.0),
    ],
    ids=["none", "none, with trends", "doubled"],
)
def test_nineteen_of_twenty_intervals_hold_the_truth(made: Made) -> None:
    """An exact interval is on the wide side, so rather more than fewer."""
    held = sum(holds(estimated(first_days(made, seed)), made.rate_ratio) for seed in range(TIMES))
    least, most = (0.94, 0.99) if SOAKING else (0.88, 1.0)
    assert least <= held / TIMES <= most
