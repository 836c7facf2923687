"""Numbers in facts: equal numbers are equal facts, however they are written."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import example, given
from hypothesis import strategies as st

from knowledge.fact_text import number, parse_fact


@example(Decimal("0.000"), 4)
@given(st.decimals(min_value=0, max_value=10_000, places=3), st.integers(min_value=0, max_value=4))
def test_trailing_zeros_never_make_another_fact(value: Decimal, zeros: int) -> None:
    """`0.50` and `0.5` are the same cut, and no number is written with an exponent."""
    plain = f"{value:f}"
    padded = plain + "0" * zeros
    assert parse_fact(f"potassium<{plain}") == parse_fact(f"potassium<{padded}")
    assert parse_fact(str(parse_fact(f"potassium<{padded}"))) == parse_fact(f"potassium<{plain}")
    assert "E" not in str(number(plain))
    assert value == number(plain)
