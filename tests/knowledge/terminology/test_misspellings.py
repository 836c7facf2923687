"""Misspelt names are guessed with a clear margin, or not at all."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from knowledge.terminology.concept import Match, Resolution
from knowledge.terminology.guess import Guesser
from knowledge.terminology.index import NameIndex
from tests.knowledge.terminology.conftest import few_drugs

Read = Callable[[str], Resolution]


@pytest.mark.parametrize(
    ("text", "drug"),
    [
        ("furosimide", "furosemide"),
        ("Furosmide Tablet 40 mg", "furosemide"),
        ("simvistatin 10 MG", "simvastatin"),
        ("atorvastin", "atorvastatin"),
        ("lisniopril", "lisinopril"),
        ("spironalactone", "spironolactone"),
        ("warfrin", "warfarin"),
        ("take lisinipril daily", "lisinopril"),
    ],
)
def test_a_near_name_is_guessed_and_said_to_be_a_guess(read: Read, text: str, drug: str) -> None:
    """Few edits, no rival: the drug, as a guess."""
    answer = read(text)
    assert (drug,) == answer.ingredients
    assert Match.FUZZY is answer.match


def test_a_misspelt_part_of_a_combination_is_guessed(read: Read) -> None:
    """The known part stands as it is."""
    answer = read("Losartan + Hydrochlorthiazid Tablet")
    assert ("hydrochlorothiazide", "losartan") == answer.ingredients


@pytest.mark.parametrize(
    ("text", "drug"),
    [
        ("potasium chloride 20 meq", "potassium chloride"),
        ("potassium cloride ER", "potassium chloride"),
        ("potassium-chlorid", "potassium chloride"),
        ("sodium phosfate", "sodium phosphate"),
    ],
)
def test_a_word_is_told_by_its_neighbour(read: Read, text: str, drug: str) -> None:
    """Where the other word of the name narrows the choice."""
    answer = read(text)
    assert (drug,) == answer.ingredients
    assert Match.FUZZY is answer.match


@pytest.mark.parametrize(
    ("text", "drug"),
    [
        ("torasemida", "torsemide"),
        ("furosémide comprimé", "furosemide"),
        ("idroclorotiazide 25 mg", "hydrochlorothiazide"),
        ("espironolactona", "spironolactone"),
        ("simvastatine", "simvastatin"),
        ("digoxina", "digoxin"),
    ],
)
def test_a_name_is_read_in_the_spelling_of_other_languages(
    read: Read, text: str, drug: str
) -> None:
    """International names differ in regular ways."""
    assert (drug,) == read(text).ingredients


@pytest.mark.parametrize(
    "text",
    [
        "prednislone",  # prednisone or prednisolone
        "prednisown",
        "warf",  # too short
        "zurosemide",  # another first letter
        "swelling",
        "take as the doctor said, furosimide maybe",  # prose
        "furosemide4u",
        "lasax",  # a changed letter in a short brand
        "deltaxons",  # two edits from a brand
        "micros",
        "xqzwv",
    ],
)
def test_an_unclear_word_is_not_guessed(read: Read, text: str) -> None:
    """Look-alikes, short words, other initials and prose are left alone."""
    answer = read(text)
    assert answer.ingredients in ((), ("furosemide",))
    assert Match.FUZZY is not answer.match


def test_a_rare_drug_that_is_as_near_forbids_the_guess(read: Read) -> None:
    """The misspelt name of a drug of the lexicon never becomes one of ours."""
    assert () == read("colchicerine").linked


def test_a_look_alike_needs_twice_the_margin() -> None:
    """One edit from prednisone and two from prednisolone is too near to both."""
    guesser = Guesser(NameIndex(few_drugs()))
    assert guesser.guess("prednisolne") is None


def test_a_known_word_is_never_a_misspelling() -> None:
    """A name that is in the index is not bent into another."""
    guesser = Guesser(NameIndex(few_drugs()))
    assert guesser.guess("furosemide") is None
    assert guesser.guess("swelling") is None


def test_guesses_are_forgotten_when_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory stays bounded, and the answer is the same."""
    monkeypatch.setattr("knowledge.terminology.guess.MOST_REMEMBERED", 1)
    guesser = Guesser(NameIndex(few_drugs()))
    first = guesser.guess("furosimide")
    assert guesser.guess("simvistatin") is not None
    assert first == guesser.guess("furosimide")
