"""Names that only a release knows, and names of both sides that are of one drug."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.model import Knowledge, RouteClass
from knowledge.terminology.concept import Coding, Concept, Match, Reason, Resolution
from knowledge.terminology.release.opening import SqliteRelease
from knowledge.terminology.resolver import Resolver
from tests.knowledge.terminology.release.conftest import imported_text
from tests.rxnorm import small
from tests.rxnorm.rrf import ReleaseText

OTHER_DRUG = 90_006_001  # made up: an ingredient that no list of names has
PRODUCT = 90_006_002


@pytest.fixture(scope="module")
def told(knowledge: Knowledge, tmp_path_factory: pytest.TempPathFactory) -> Resolver:
    text = small.small_release()
    text.concept(OTHER_DRUG, "IN", "vvquimab")
    text.source(OTHER_DRUG, "DRUGBANK", "DB99999", "vvquimabum")
    text.concept(PRODUCT, "SCD", "vvquimab 10 MG Oral Tablet")
    text.relation(PRODUCT, "has_ingredient", OTHER_DRUG)
    _common_words(text)
    return Resolver(knowledge, imported_text(text, tmp_path_factory.mktemp("names")))


def _common_words(text: ReleaseText) -> None:
    """Brands that are words of instructions, one of them three letters short."""
    for number, name in enumerate(("Daily", "Oral", "Zqx"), start=OTHER_DRUG + 100):
        text.concept(number, "BN", name)
        text.relation(number, "tradename_of", small.SIMVASTATIN)


def read(resolver: Resolver, text: str) -> Resolution:
    return resolver.resolve(Concept((), text))


@pytest.mark.parametrize(
    ("text", "drugs", "match"),
    [
        ("Zzyzxol", ["furosemide"], Match.BRAND),
        ("ZZYZXOL 40 mg tablet, take one daily", ["furosemide"], Match.BRAND),
        ("vvquimab 10 mg", ["vvquimab"], Match.TEXT),
        ("vvquimabum", ["vvquimab"], Match.TEXT),
        ("furosemide / vvquimab", ["furosemide", "vvquimab"], Match.TEXT),
    ],
)
def test_a_name_that_only_the_release_has_is_recognised(
    told: Resolver, knowledge: Knowledge, text: str, drugs: list[str], match: Match
) -> None:
    """Alone, with its strength, by another source's name, and as a part of a combination."""
    found = read(told, text)
    assert (tuple(drugs), match) == (found.ingredients, found.match)
    assert () == read(Resolver(knowledge), text).ingredients


def test_the_strength_beside_such_a_name_is_read(told: Resolver) -> None:
    """As beside any other."""
    (strength,) = read(told, "Zzyzxol 40 mg tablet").strengths
    assert ("furosemide", "40", "MG") == (
        strength.ingredient,
        str(strength.value),
        strength.unit,
    )
    assert RouteClass.ORAL is read(told, "Zzyzxol 40 mg oral tablet").route


@pytest.mark.parametrize("text", ["take one daily", "oral", "zqx", "the blue pill", "", "Zzyzxoll"])
def test_words_of_instructions_short_names_and_misspellings_name_nothing(
    told: Resolver, text: str
) -> None:
    """Brands are made to sound like words; nothing is guessed from a release."""
    assert () == read(told, text).ingredients


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("not taking Zzyzxol", Reason.NO_DRUG_NAMED),
        ("no known medications", Reason.NO_KNOWN_MEDICATION),
        ("furosemide 40 mg (Zocor)", Reason.CONFLICT),
    ],
)
def test_what_a_text_says_against_an_answer_stands(
    told: Resolver, text: str, reason: Reason
) -> None:
    """A release knows more names, and does not read between the lines."""
    found = read(told, text)
    assert () == found.ingredients
    assert reason in (found.reason, Reason.NO_DRUG_NAMED)


def test_texts_that_are_read_without_a_release_are_read_the_same_with_one(
    told: Resolver, knowledge: Knowledge
) -> None:
    """The names of the release are asked only where nothing else is found."""
    texts = [
        "furosemide 40 mg", "Hyzaar", "daily furosemide", "hctz 25", "Lasix oral", "furosemid",
        "salbutamol inhaler", "potassium chloride 20 mEq", "amoxicillin",
    ]  # fmt: skip
    without = Resolver(knowledge)
    assert [without.resolve(Concept((), text)) for text in texts] == [
        read(told, text) for text in texts
    ]


def test_two_spellings_of_one_drug_are_no_conflict(told: Resolver) -> None:
    """The name of a text and the code meet at the ingredient's RxCUI."""
    codings = (Coding("rxnorm", str(PRODUCT), "Vvquimabum 10 mg"),)
    found = told.resolve(Concept(codings, "vvquimab"))
    assert (("vvquimab",), Match.CODE) == (found.ingredients, found.match)


def test_a_name_of_two_different_drugs_names_none(tmp_path: Path, knowledge: Knowledge) -> None:
    """Unless one of the two is retired."""
    text = small.small_release()
    for number, (name, suppress) in enumerate(
        (("Twicexol", "N"), ("Twicexol", "N"), ("Oncexol", "O"), ("Oncexol", "N")),
        start=OTHER_DRUG,
    ):
        text.concept(number, "BN", name, suppress=suppress)
        drug = small.FUROSEMIDE if number % 2 else small.HCTZ
        text.relation(number, "tradename_of", drug, suppress=suppress)
    resolver = Resolver(knowledge, imported_text(text, tmp_path))
    assert () == read(resolver, "Twicexol 10 mg").ingredients
    assert ("hydrochlorothiazide",) == read(resolver, "Oncexol 10 mg").ingredients


def test_a_name_that_the_knowledge_calls_ambiguous_stays_so(
    release: SqliteRelease, knowledge: Knowledge, tmp_path: Path
) -> None:
    """ "Penicillin" is several drugs, even where a release has an ingredient of that name."""
    text = small.small_release()
    text.concept(OTHER_DRUG, "IN", "penicillin")
    resolver = Resolver(knowledge, imported_text(text, tmp_path))
    assert () == read(resolver, "penicillin").ingredients
    assert read(Resolver(knowledge, release), "penicillin") == read(resolver, "penicillin")
