"""Small counts of overlapping groups, judged by what a reader could work out."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.load import load
from knowledge.signals import load_signals
from plugin.screening.signal.analysis import analysis_of
from plugin.screening.signal.lines import Line, Verdict
from plugin.screening.signal.settings import Settings
from plugin.screening.signal.tally import Tally
from plugin.screening.signal.withholding import COUNTS, withheld
from tests.plugin.screening.signal.conftest import AS_OF
from tests.plugin.screening.signal.test_tally import STATIN, analysed, history, line, pairs

SIGNALS = load_signals(load())
WIDE = "long-acting-beta-agonist"
PARTS = ("laba-with-inhaled-corticosteroid", "laba-alone")
LIMIT = 11


def lines(**by_group: dict[str, int]) -> list[Line]:
    """A line of every group: all counts are 0 but those given, by the id of the group."""
    nothing: dict[str, Any] = dict.fromkeys(COUNTS, 0)
    said = {id_.replace("_", "-"): counts for id_, counts in by_group.items()}
    return [
        Line(
            id=group.id,
            label=group.label,
            short=group.short,
            control=group.control,
            verdict=Verdict.OPEN,
            **{**nothing, **said.get(group.id, {})},
            null_ratio=1.0,
        )
        for group in SIGNALS.groups
    ]


def shown(found: tuple[Line, ...], id_: str) -> Line:
    return next(one for one in found if one.id == id_)


def test_a_wide_group_does_not_tell_the_small_count_of_its_part() -> None:
    """Of 30 starts 22 had a steroid in the product: so 8 to 10 had none. That is too well known.

    The other counts of the group stay, and so does a wide count that tells next to nothing.
    """
    given = {
        "long_acting_beta_agonist": {"starts": 30, "not_new": 50},
        "laba_with_inhaled_corticosteroid": {"starts": 22, "not_new": 49},
        "laba_alone": {"starts": 9, "not_new": 4},
    }
    found = withheld(lines(**given), SIGNALS.groups, LIMIT)
    wide, alone = shown(found, WIDE), shown(found, "laba-alone")
    assert (None, ("starts",)) == (wide.starts, wide.withheld)
    assert (None, ()) == (alone.starts, alone.withheld)
    assert (50, None) == (wide.not_new, alone.not_new)
    assert 22 == shown(found, PARTS[0]).starts


def test_pairs_of_a_wide_group_that_tell_those_of_a_part_go_with_its_ratio() -> None:
    given = {
        "any_diuretic": {"after": 60, "before": 40},
        "loop_diuretic": {"after": 30, "before": 32},
        "thiazide_and_thiazide_like": {"after": 30, "before": 8},
    }
    found = withheld(lines(**given), SIGNALS.groups, LIMIT)
    for id_ in ("any-diuretic", "thiazide-and-thiazide-like"):
        one = shown(found, id_)
        assert Verdict.SUPPRESSED is one.verdict
        assert (None, None, None) == (one.after, one.before, one.null_ratio)
    assert (30, 32) == (shown(found, "loop-diuretic").after, shown(found, "loop-diuretic").before)


COUNT = st.integers(0, 30)


@given(one=COUNT, two=COUNT, both=COUNT)
@settings(deadline=None)
def test_half_of_what_a_small_count_could_be_stays_possible(one: int, two: int, both: int) -> None:
    """By trying every pair of numbers that looks the same."""
    both = min(both, one, two)
    given = {
        "long_acting_beta_agonist": {"starts": one + two - both},
        "laba_with_inhaled_corticosteroid": {"starts": one},
        "laba_alone": {"starts": two},
    }
    found = withheld(lines(**given), SIGNALS.groups, LIMIT)
    seen = [shown(found, id_) for id_ in (WIDE, *PARTS)]
    could = [_could_be(one_) for one_ in seen]
    worlds = [
        (w, p, q) for w in could[0] for p in could[1] for q in could[2] if max(p, q) <= w <= p + q
    ]
    assert (one + two - both, one, two) in worlds
    for place, one_ in enumerate(seen):
        if one_.starts is None and not one_.withheld:
            assert 2 * len({world[place] for world in worlds}) >= LIMIT - 1


def _could_be(one: Line) -> list[int]:
    if one.starts is not None:
        return [one.starts]
    return list(range(61)) if one.withheld else list(range(1, LIMIT))


def test_without_a_limit_nothing_is_withheld() -> None:
    given = lines(laba_alone={"starts": 1, "after": 1})
    assert tuple(given) == withheld(given, SIGNALS.groups, 0)


def test_few_patients_and_lines_that_failed_are_withheld_too() -> None:
    """As in the report of a screening."""
    tally = Tally(SIGNALS.groups, Settings(as_of=AS_OF, suppress_below=LIMIT))
    shown_ = analysis_of(tally, SIGNALS, "test", failed=3, quarantined=10).population
    assert (None, None) == (shown_.failed, shown_.quarantined)
    shown_ = analysis_of(tally, SIGNALS, "test", failed=0, quarantined=11).population
    assert (0, 11) == (shown_.failed, shown_.quarantined)


def test_where_cramps_are_few_the_expected_ratio_is_withheld() -> None:
    """It is made of them."""
    few = [history(4000 + day, None) for day in range(20)] + [history(None, 4005)]
    found = analysed(*few, suppress_below=LIMIT)
    assert (None, None) == (found.population.cramps, line(found).null_ratio)
    assert 20 == line(found).starts
    assert line(analysed(*few)).null_ratio is not None
    many = analysed(*pairs(20, 20), suppress_below=LIMIT)
    assert line(many, STATIN).null_ratio is not None
