"""What holds for every name of the packaged knowledge, and for every text beside it."""

from __future__ import annotations

from functools import lru_cache
from random import Random

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from knowledge.load import load
from knowledge.terminology.concept import Coding, Concept, Match, Resolution
from knowledge.terminology.resolver import Resolver
from knowledge.terminology.tables import lookalikes

KNOWLEDGE = load()
RESOLVER = Resolver(KNOWLEDGE)
NAMES = sorted(
    {
        name
        for ingredient in KNOWLEDGE.ingredients.values()
        for name in (ingredient.name, ingredient.inn, *ingredient.synonyms, *ingredient.brands)
    }
    | {product.name for product in KNOWLEDGE.products}
)
LETTERS = "abcdefghijklmnopqrstuvwxyz"
PRINTABLE = st.text(st.characters(min_codepoint=32, max_codepoint=0x24F), max_size=60)
DOSES = ["5", "12.5", "0,5", "1,000", "100"]
UNITS = ["mg", " MG", " mcg", "mg/5ml", " MG/ML", " mEq", "%"]
FORMS = ["", " Oral Tablet", " tabs", " po qd", " - take one daily", " 24 HR capsule", " injection"]


def read(text: str) -> Resolution:
    """Resolve a text alone."""
    return RESOLVER.resolve(Concept((), text))


@lru_cache(maxsize=1)
def twins() -> tuple[tuple[str, str], ...]:
    """Look-alikes that are both recognised, as different drugs; each pair both ways."""
    known = [
        (one, other)
        for one, other in lookalikes().pairs
        if read(one).ingredients
        and read(other).ingredients
        and read(one).ingredients != read(other).ingredients
    ]
    return tuple(known + [(other, one) for one, other in known])


def test_most_pairs_of_look_alikes_are_two_known_drugs() -> None:
    """A list of names that nobody knows would guard nothing."""
    assert len(twins()) > 1.8 * len(lookalikes().pairs)


@given(st.sampled_from(twins()), st.data())
def test_a_misspelt_look_alike_is_never_its_twin(
    pair: tuple[str, str], data: st.DataObject
) -> None:
    """One letter changed, left out, put in or swapped: the drug itself, or nothing, or no twin."""
    name, twin = pair
    at = data.draw(st.integers(1, len(name) - 2))
    letter = data.draw(st.sampled_from(LETTERS))
    change = data.draw(st.sampled_from(["change", "drop", "insert", "swap"]))
    word = {
        "change": name[:at] + letter + name[at + 1 :],
        "drop": name[:at] + name[at + 1 :],
        "insert": name[:at] + letter + name[at:],
        "swap": name[:at] + name[at + 1] + name[at] + name[at + 2 :],
    }[change]
    assume(word != twin)
    assert read(word).ingredients != read(twin).ingredients


@given(
    st.sampled_from(NAMES), st.sampled_from(DOSES), st.sampled_from(UNITS), st.sampled_from(FORMS)
)
def test_a_strength_layout_and_case_never_change_the_drug(
    name: str, dose: str, unit: str, form: str
) -> None:
    """What stands after a name says how much, where and when."""
    plain = read(name).ingredients
    assume(plain)
    for text in (f"{name} {dose}{unit}{form}", f"  {name.upper()}   {dose}{unit}{form}\n"):
        assert plain == read(text).ingredients


@given(
    st.lists(
        st.builds(
            Coding,
            st.sampled_from(["", "http://www.nlm.nih.gov/research/umls/rxnorm", "ndc", "atc"]),
            st.sampled_from(["", "4603", "36567", "C03CA01", "S01ED01"]),
            st.sampled_from(["", "furosemide 40 MG", "Zocor", "no known medications", "losartan"]),
        ),
        max_size=4,
    ),
    st.sampled_from(["", "Hyzaar", "simvastatin", "furosemide - stopped", "furosemdie"]),
    st.randoms(use_true_random=False),
)
def test_the_order_of_codings_does_not_matter(
    codings: list[Coding], text: str, random: Random
) -> None:
    """A server may send them in any."""
    shuffled = list(codings)
    random.shuffle(shuffled)
    one, other = (RESOLVER.resolve(Concept(tuple(every), text)) for every in (codings, shuffled))
    for field in ("ingredients", "linked", "match", "reason", "route"):
        assert getattr(one, field) == getattr(other, field)


@settings(max_examples=300)
@given(PRINTABLE)
def test_random_letters_are_answered_or_said_to_be_unread(text: str) -> None:
    """Nothing raises; what is recognised is named, and what is not says why."""
    answer = read(text)
    assert bool(answer.ingredients) == (not answer.reason)
    assert answer.ingredients or answer.detail


@given(st.sampled_from(sorted(KNOWLEDGE.ingredients)), PRINTABLE)
def test_letters_beside_a_name_add_no_guess(name: str, text: str) -> None:
    """The drug alone or with others that are named, or nothing: never another in its place."""
    answer = read(f"{name} {text}")
    if answer.match is not Match.FUZZY:
        assert not answer.ingredients or set(read(name).ingredients) & set(answer.ingredients)
