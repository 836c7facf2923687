"""Histories to counts: what is new, what is a pair, what is withheld."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from knowledge.load import load
from knowledge.signals import load_signals
from plugin.screening.signal.analysis import Analysis, analysis_of
from plugin.screening.signal.dating import FirstDay
from plugin.screening.signal.history import History
from plugin.screening.signal.lines import Line, Verdict
from plugin.screening.signal.settings import Settings
from plugin.screening.signal.tally import Tally
from plugin.screening.signal.wording import of_controls
from tests.plugin.screening.signal.conftest import AS_OF

SIGNALS = load_signals(load())
STATIN, CONTROL = "statin", "control-beta-blocker"
BEGINS = 1000
NEW = BEGINS + 365


def history(start: int | None, cramp: int | None, group: str = STATIN, **more: Any) -> History:
    """Of a patient whose record begins on day 1000."""
    found: dict[str, Any] = {
        "patient": "Patient/p",
        "begins": BEGINS,
        "of_age": 0,
        "starts": {} if start is None else {group: start},
        "unclear": (),
        "cramp": FirstDay(cramp),
        "unread": 0,
        "undated": 0,
        "coarse": 0,
        "later": 0,
    }
    return History(**{**found, **more})


def analysed(*histories: History, **chosen: Any) -> Analysis:
    tally = Tally(SIGNALS.groups, Settings(as_of=AS_OF, **{"min_pairs": 1, **chosen}))
    for one in histories:
        tally.add(one)
    return analysis_of(tally, SIGNALS, "test")


def line(analysis: Analysis, group: str = STATIN) -> Line:
    return next(one for one in analysis.groups if one.id == group)


def pairs(after: int, before: int, group: str = STATIN) -> list[History]:
    """Patients with cramps 10 days after, or before, a start, spread over days."""
    return [
        *(history(3000 + 40 * number, 3010 + 40 * number, group) for number in range(after)),
        *(history(3010 + 40 * number, 3000 + 40 * number, group) for number in range(before)),
    ]


def test_what_is_recorded_within_the_run_in_is_not_new() -> None:
    """The day on which it ends is the first that counts, for the drug and for cramps alike."""
    found = analysed(
        history(NEW - 1, NEW + 50),
        history(NEW, NEW + 50),
        history(NEW + 50, NEW - 1),
        history(NEW + 50, NEW),
    )
    seen = line(found)
    assert (3, 1, 1, 1) == (seen.starts, seen.not_new, seen.after, seen.before)
    assert (3, 1) == (found.population.cramps, found.population.cramps_not_new)


def test_the_data_may_begin_on_one_day_for_everybody() -> None:
    """Then a patient's own first record no longer matters."""
    late = [history(5000, 5010, begins=4990)]
    assert (0, 1) == (line(analysed(*late)).after, line(analysed(*late)).not_new)
    assert 1 == line(analysed(*late, data_from=date.fromordinal(4000))).after
    assert 0 == line(analysed(*late, data_from=date.fromordinal(4990))).after


def test_what_is_recorded_before_the_least_age_is_not_new() -> None:
    found = line(analysed(history(5000, 5010, of_age=5001), history(5000, 5010, of_age=5000)))
    assert (1, 1, 1) == (found.starts, found.not_new, found.after)
    assert 1 == line(analysed(history(5000, 5010, of_age=None))).after


def test_a_pair_on_one_day_and_one_outside_the_window_are_counted_apart() -> None:
    found = line(analysed(history(3000, 3000), history(3000, 3366), history(3000, 3365)))
    assert (3, 1, 0) == (found.starts, found.after, found.before)
    assert (1, 1) == (found.same_day, found.outside_window)


def test_a_first_day_that_is_not_known_makes_no_pair() -> None:
    """Of the drug in one patient, of the cramps in another: each is counted."""
    found = analysed(
        history(None, 3000, unclear=(STATIN,)),
        structs.replace(history(3000, None), cramp=FirstDay(unclear=True)),
    )
    assert (1, 1, 0, 0) == (
        line(found).starts,
        line(found).unclear,
        line(found).after,
        line(found).before,
    )
    assert (1, 1) == (found.population.cramps, found.population.cramps_unclear)


def test_the_expected_ratio_is_of_all_starts_and_all_cramps() -> None:
    """Not of pairs alone: one start amid the cramps of three others."""
    others = [history(None, day) for day in (2990, 3010, 3020)]
    found = line(analysed(history(3000, None), *others, *pairs(0, 0)))
    assert (0, 0, 2.0) == (found.after, found.before, found.null_ratio)


@pytest.mark.parametrize(
    ("after", "before", "verdict"),
    [(40, 10, "above"), (10, 40, "below"), (22, 20, "open"), (5, 4, "few"), (0, 0, "few")],
)
def test_the_verdict_is_that_of_the_interval(after: int, before: int, verdict: str) -> None:
    """Expected is 1 where as many stand before as after, so level pairs are added apart."""
    level = [history(None, day) for day in range(2000, 6000)]
    found = line(analysed(*pairs(after, before), *level, min_pairs=10))
    assert Verdict(verdict) is found.verdict
    few = verdict == "few"
    assert few == (found.adjusted_ratio is None)
    assert few == (found.crude_ratio is None)
    assert (after, before) == (found.after, found.before)


def test_what_the_controls_say_of_the_others_is_said_first() -> None:
    """One that fails, none that can tell, and nothing where they hold or there is no ratio."""
    level = [history(None, day) for day in range(2000, 6000)]
    linked, words = pairs(40, 10), SIGNALS.wording
    holds, fails = pairs(12, 12, CONTROL), pairs(40, 10, CONTROL)
    assert words.controls_failed == of_controls(analysed(*linked, *fails, *level), words)
    assert "" == of_controls(analysed(*linked, *holds, *level, min_pairs=10), words)
    few = analysed(*linked, *pairs(3, 3, CONTROL), *level, min_pairs=10)
    assert words.controls_unknown == of_controls(few, words)
    assert "" == of_controls(analysed(*level), words)


def test_small_cells_are_withheld_with_all_that_gives_them_away() -> None:
    """Of 3 and 40 neither is shown, nor a ratio; a nought and what is large enough are."""
    found = analysed(*pairs(40, 3), *pairs(20, 0, CONTROL), suppress_below=5)
    small, large = line(found), line(found, CONTROL)
    assert Verdict.SUPPRESSED is small.verdict
    hidden = (small.after, small.before, small.crude_ratio, small.null_ratio)
    assert (None, None, None, None) == hidden
    assert (None, None, None) == (small.adjusted_ratio, small.low, small.high)
    assert (20, 0) == (large.after, large.before)
    assert large.low is not None
    assert 43 == small.starts
    assert line(analysed(*pairs(40, 3), suppress_below=3)).before == 3


def test_few_cells_of_any_kind_are_withheld() -> None:
    found = analysed(history(3000, 3000, unread=2, undated=1), suppress_below=5)
    assert (None, None) == (line(found).starts, line(found).same_day)
    assert (None, None) == (found.population.patients, found.population.entries_unread)
    assert 0 == found.population.entries_later


DAYS = st.none() | st.integers(NEW - 400, NEW + 900)
HISTORIES = st.lists(
    st.builds(history, DAYS, DAYS, st.sampled_from([STATIN, CONTROL])), max_size=12
)


@given(histories=HISTORIES, order=st.randoms())
def test_the_order_of_patients_changes_nothing(histories: list[History], order: Any) -> None:
    turned = list(histories)
    order.shuffle(turned)
    assert analysed(*histories) == analysed(*turned)


@given(histories=HISTORIES)
def test_every_start_is_a_pair_or_has_no_cramps_that_count(histories: list[History]) -> None:
    """Counts are conserved: patients with the group are new, not new, or unclear."""
    found = analysed(*histories)
    for group in (STATIN, CONTROL):
        seen = line(found, group)
        with_group = [one for one in histories if group in one.starts]
        assert len(with_group) == (seen.starts or 0) + (seen.not_new or 0)
        both = [
            one for one in with_group if one.starts[group] >= NEW and (one.cramp.day or 0) >= NEW
        ]
        parts = (seen.after, seen.before, seen.same_day, seen.outside_window)
        assert len(both) == sum(part or 0 for part in parts)
