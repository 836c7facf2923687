"""The list of the worst never grows, and is what sorting everybody would give."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from plugin.screening.report.answers import Answer, Found
from plugin.screening.report.worst import WorstFirst

RANK = {"critical": 3, "warning": 2, "info": 1}


@given(
    st.lists(st.tuples(st.sampled_from(sorted(RANK)), st.integers(1, 4)), max_size=40),
    st.integers(0, 12),
)
def test_the_worst_are_those_that_sorting_all_would_put_first(
    flagged: list[tuple[str, int]], most: int
) -> None:
    """Of equals, who came first."""
    worst = WorstFirst(most)
    found = Found("rule", "info", (), "")
    for place, (level, findings) in enumerate(flagged):
        worst.add(f"Patient/{place}", level, Answer((found,) * findings, ()))
        assert len(worst.patients) <= most
    places = sorted(range(len(flagged)), key=lambda n: (-RANK[flagged[n][0]], -flagged[n][1], n))
    assert [f"Patient/{n}" for n in places[:most]] == [one.patient for one in worst.patients]
