"""What holds for every text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.terminology.concept import Coding, Concept, Match, Reason
from knowledge.terminology.resolver import Resolver
from tests.knowledge.terminology.conftest import few_drugs

RESOLVER = Resolver(few_drugs())
KNOWN = sorted(few_drugs().ingredients)
WORDS = [
    *KNOWN, "Lasix", "Hyzaar", "insulin", "potassium", "sodium", "chloride", "40", "mg", "/", "+",
    "(", ")", "[", "]", "-", ",", "and", "with", "no", "not", "stopped", "oral", "tablet", "cream",
    "spacer", "vaccine", "HCT", "plus", "NS", "unknownium", "5%", "0.9", "ml", "amoxicillin",
]  # fmt: skip
PHRASES = st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join)
TEXTS = st.text(max_size=80) | PHRASES
CODINGS = st.lists(
    st.builds(
        Coding,
        st.sampled_from(["", "rxnorm", "http://www.whocc.no/atc", "x"]) | st.text(max_size=10),
        st.sampled_from(["", "4603", "36567"]) | st.text(max_size=8),
        TEXTS,
    ),
    max_size=3,
).map(tuple)
SUFFIXES = [
    " 40 MG Oral Tablet", " 40mg", " 5 MG/ML Injectable Solution", " (substance)", " tabs",
    " 2 puffs as needed", " 24 HR Extended Release Oral Capsule", " [Unheardof]", " once daily",
]  # fmt: skip


@given(CODINGS, TEXTS)
def test_every_concept_is_answered_consistently(codings: tuple[Coding, ...], text: str) -> None:
    """It never fails, and an answer has ingredients exactly if it was recognised."""
    answer = RESOLVER.resolve(Concept(codings, text))
    recognised = answer.reason is Reason.RECOGNISED
    assert recognised == bool(answer.ingredients)
    assert recognised == (answer.match not in (Match.NONE, Match.CONFLICT))
    assert set(answer.linked) <= set(answer.ingredients)
    assert list(answer.ingredients) == sorted(set(answer.ingredients))
    assert {strength.ingredient for strength in answer.strengths} <= set(answer.ingredients)
    assert recognised or answer.detail


@given(PHRASES)
def test_case_and_spaces_do_not_matter(text: str) -> None:
    """Capitals and layout are not meaning."""
    plain = RESOLVER.resolve(Concept((), text))
    for other in (text.upper(), text.title(), "  " + text.replace(" ", "   ") + "\n"):
        loud = RESOLVER.resolve(Concept((), other))
        assert (plain.ingredients, plain.reason) == (loud.ingredients, loud.reason)


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("name", KNOWN)
def test_a_strength_or_form_after_a_name_keeps_the_drug(name: str, suffix: str) -> None:
    """What stands after a name does not change what it names."""
    assert (name,) == RESOLVER.resolve(Concept((), name + suffix)).ingredients


@given(st.lists(st.sampled_from(KNOWN), min_size=2, max_size=4, unique=True))
def test_a_combination_is_the_union_of_its_parts(names: list[str]) -> None:
    """In any order, and however it is joined."""
    for sign in (" / ", " + ", " & ", "/", " and "):
        answer = RESOLVER.resolve(Concept((), sign.join(f"{name} 5 MG" for name in names)))
        assert sorted(names) == list(answer.ingredients)


@given(st.sampled_from(KNOWN), st.sampled_from(KNOWN))
def test_two_names_conflict_exactly_if_they_differ(one: str, other: str) -> None:
    """A text and a display of single drugs."""
    answer = RESOLVER.resolve(Concept((Coding("", "", other),), one))
    assert (answer.match is Match.CONFLICT) == (one != other)


def test_memory_is_bounded_and_answers_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forgetting changes no answer."""
    monkeypatch.setattr("knowledge.terminology.resolver.MOST_REMEMBERED", 2)
    resolver = Resolver(few_drugs())
    for _ in range(2):
        for name in KNOWN:
            assert (name,) == resolver.resolve(Concept((), name)).ingredients


def test_a_text_of_many_thousand_letters_is_read_to_a_limit_and_not_believed() -> None:
    """A name that begins a very long text is found; what the rest names is not known."""
    answer = RESOLVER.resolve(Concept((), "furosemide " + "x " * 50_000))
    assert () == answer.ingredients
    assert "100011 characters" in answer.detail
