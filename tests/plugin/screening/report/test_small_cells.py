"""What is suppressed cannot be told, judged by trying every world that a reader could imagine."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.screening.report.small_cells import (
    Key,
    Kind,
    Relation,
    Shown,
    base,
    disclosed,
    exact,
    nearest,
)

BELOW = 5
WHOLE: Key = ("whole",)
BIG = 40  # beyond the numbers that are drawn: what is not shown may be any of these


def could_be(shown: Shown, below: int, most: int) -> list[int]:
    """Every number that is shown like this."""
    if shown.text == "not shown":
        return list(range(most + 1))
    if shown.text.startswith("<"):
        return list(range(1, below))
    printed = int(shown.text.replace(",", ""))
    if printed == 0:
        return [0]
    return [n for n in range(below, most + 1) if nearest(n, below) == printed]


def worlds(shown: dict[Key, Shown], parts: tuple[Key, ...], kind: Kind) -> list[tuple[int, ...]]:
    """Every whole with its parts that looks as it is shown: (whole, part, part...)."""
    found = []
    for of_parts in product(*(could_be(shown[part], BELOW, BIG) for part in parts)):
        for whole in could_be(shown[WHOLE], BELOW, BIG * len(parts)):
            holds = {
                Kind.SUM: whole == sum(of_parts),
                Kind.UNION: max(of_parts) <= whole <= sum(of_parts),
                Kind.COVER: whole <= sum(of_parts),
            }[kind]
            if holds:
                found.append((whole, *of_parts))
    return found


@given(counts=st.lists(st.integers(0, 18), min_size=1, max_size=3), kind=st.sampled_from(Kind))
@settings(max_examples=120, deadline=None)
def test_no_small_count_can_be_told_from_the_others(counts: list[int], kind: Kind) -> None:
    """At least half of what a suppressed count could be stays possible, the truth among it."""
    parts = tuple(("part", str(number)) for number in range(len(counts)))
    whole = {Kind.SUM: sum(counts), Kind.UNION: max(counts), Kind.COVER: max(counts) // 2}[kind]
    true = {WHOLE: whole, **dict(zip(parts, counts, strict=True))}
    shown = disclosed(true, [Relation(WHOLE, parts, kind)], BELOW)
    possible = worlds(shown, parts, kind)
    assert (whole, *counts) in possible
    for place, key in enumerate((WHOLE, *parts)):
        if shown[key].value is None and shown[key].text != "not shown":
            assert 2 * len({world[place] for world in possible}) >= BELOW - 1, (key, shown)


@given(counts=st.lists(st.integers(0, 400), min_size=1, max_size=12), below=st.integers(5, 40))
@settings(max_examples=150, deadline=None)
def test_a_count_under_the_limit_is_never_printed(counts: list[int], below: int) -> None:
    """Neither it nor its share: only 0, fewer than the limit, multiples of the base, or nothing."""
    parts = tuple(("part", str(number)) for number in range(len(counts)))
    true = {WHOLE: sum(counts), **dict(zip(parts, counts, strict=True))}
    shown = disclosed(true, [Relation(WHOLE, parts)], below)
    for key, count in true.items():
        assert shown[key].text in {"not shown", f"<{below}", f"{nearest(count, below):,}"}
        assert shown[key].value in {None, 0} or shown[key].value == nearest(count, below)
        if 0 < count < below:
            assert shown[key].value is None
        if shown[key].text == f"<{below}":
            assert 0 < count < below


def test_ten_parts_that_fit_only_one_way_are_not_all_shown() -> None:
    """Ten parts of at least one, in a whole of at most ten, would be one each."""
    parts = tuple(("part", str(number)) for number in range(10))
    true = {WHOLE: 10, **dict.fromkeys(parts, 1)}
    shown = disclosed(true, [Relation(WHOLE, parts)], 11)
    assert "<11" == shown[parts[-1]].text
    assert sum(shown[part].text == "not shown" for part in parts) >= 4


def test_a_rounded_count_is_the_nearest_multiple_of_five_or_more() -> None:
    """Halves go up, and nothing that is shown as a number becomes 0."""
    assert [5, 10, 15, 15, 25] == [base(below) for below in (5, 10, 11, 15, 21)]
    assert [15, 15, 15, 30] == [nearest(count, 11) for count in (11, 15, 22, 23)]
    assert all(nearest(below, below) > 0 for below in range(5, 500))


def test_a_limit_that_protects_nobody_is_refused() -> None:
    """Under five, rounding would not hide a difference of one."""
    with pytest.raises(ValueError, match="below 5 or more"):
        disclosed({WHOLE: 3}, [], 4)


def test_counts_that_do_not_reconcile_are_a_fault() -> None:
    """A relation that does not hold would be found at once, and not narrowed for ever."""
    parts: tuple[Key, ...] = (("part", "0"), ("part", "1"))
    true = {WHOLE: 100, parts[0]: 3, parts[1]: 3}
    with pytest.raises(ValueError, match="do not reconcile"):
        disclosed(true, [Relation(WHOLE, parts)], 11)


def test_without_a_limit_every_count_is_as_it_is() -> None:
    """With commas."""
    assert {WHOLE: Shown("1,234,567", 1234567)} == exact({WHOLE: 1234567})
