"""Names with something in them that nobody sees, or that a gap breaks, are never another drug."""

from __future__ import annotations

import pytest

from knowledge.load import load
from knowledge.terminology.concept import Concept, Reason
from knowledge.terminology.resolver import Resolver


@pytest.fixture(scope="module")
def resolver() -> Resolver:
    """Over the packaged knowledge and list of names."""
    return Resolver(load())


@pytest.mark.parametrize(
    "sign", ["\u00ad", "\u200b", "\u200f", "\u202e", "\ufeff", "\x07", "?", " "]
)
@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("me", "fruside"),  # was furosemide
        ("dexa", "methasone"),  # was methadone
        ("levothyr", "oxine"),  # was oxyquinoline
        ("terifl", "unomide"),  # was carbamazepine
        ("es", "omeprazole"),
        ("hydro", "cortisone"),
    ],
)
def test_a_name_that_something_breaks_is_that_name(
    resolver: Resolver, sign: str, start: str, end: str
) -> None:
    """A soft hyphen, a mark of direction, a lost letter, a line that was wrapped."""
    assert (start + end,) == resolver.resolve(Concept(text=start + sign + end)).ingredients


def test_two_names_side_by_side_stay_two(resolver: Resolver) -> None:
    """What is known apart is not put together."""
    answer = resolver.resolve(Concept(text="furosemide simvastatin xq"))
    assert {"furosemide", "simvastatin"} >= set(answer.ingredients)


def test_a_text_that_is_too_long_to_read_is_not_read_in_part(resolver: Resolver) -> None:
    """The drug at its end would be dropped in silence."""
    answer = resolver.resolve(Concept(text="amoxicillin, " * 180 + "warfarin"))
    assert () == answer.ingredients
    assert Reason.AMBIGUOUS is answer.reason
    assert "characters" in answer.detail
