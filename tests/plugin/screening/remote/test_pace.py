"""One pace for all threads: never faster than it may be, slower when the server is busy."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.screening.remote.pace import BURST, Pace, Stopped


class Time(threading.Event):
    """A clock that only waiting moves on."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 1000.0

    def wait(self, timeout: float | None = None) -> bool:
        self.now += timeout or 0
        return self.is_set()

    def __call__(self) -> float:
        return self.now


def paced(per_second: float = 10.0) -> tuple[Pace, Time]:
    time = Time()
    return Pace(per_second, time, time), time


@given(
    per_second=st.floats(0.5, 100),
    rests=st.lists(st.floats(0, 30), min_size=2, max_size=60),
)
def test_no_window_holds_more_requests_than_the_pace_and_a_burst(
    per_second: float, rests: list[float]
) -> None:
    pace, time = paced(per_second)
    went = []
    for rest in rests:
        time.now += rest
        pace.wait()
        went.append(time.now)
    for first, start in enumerate(went):
        for last, end in enumerate(went[first:], start=first):
            assert last - first <= (end - start) * per_second + BURST + 0.001


def test_nobody_asks_before_retry_after_has_passed() -> None:
    pace, time = paced()
    pace.busy(30)
    pace.busy(5)  # of another thread: it shortens nothing
    before = time.now
    pace.wait()
    assert time.now >= before + 30


def test_a_busy_server_is_asked_half_as_often_and_then_more_again() -> None:
    pace, time = paced()
    pace.busy(1)
    pace.busy(1)  # the same moment, heard by two threads
    assert 5.0 == pace.per_second
    time.now += 2
    for _ in range(100):
        pace.busy(1)
        time.now += 2
    assert 0.1 == pace.per_second
    for _ in range(200):
        pace.fine()
    assert 10.0 == pace.per_second


def test_a_long_wait_is_told_once() -> None:
    told: list[str] = []
    time = Time()
    pace = Pace(10, time, time, told.append)
    pace.busy(5)
    time.now += 6
    pace.busy(120)
    pace.busy(120)
    assert ["the server is busy; it is asked again in 120 seconds"] == told


def test_who_waits_stops_when_the_run_ends() -> None:
    pace = Pace()
    pace.busy(3600)
    threading.Timer(0.05, pace.stop.set).start()
    with pytest.raises(Stopped):
        pace.wait()
