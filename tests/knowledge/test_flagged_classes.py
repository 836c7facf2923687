"""Each drug of the classes that are flagged is in its class, by the WHO's listing where it can."""

from __future__ import annotations

import pytest

from knowledge.load import load
from knowledge.model import Status, Tier
from knowledge.terminology.concept import Coding, Concept
from knowledge.terminology.resolver import Resolver

KNOWLEDGE = load()
RESOLVER = Resolver(KNOWLEDGE)

# Codes of the listing of 25 April 2026, and the group here. Left out of C03 are the open codes, the
# mercurial C03BC01, theobromine C03BD01 and the vaptans.
LISTED = {
    "thiazide": "C03AA01 C03AA02 C03AA03 C03AA04 C03AA05 C03AA06 C03AA07 C03AA08 C03AA09 C03AA13",
    "thiazide-like-diuretic": (
        "C03BA02 C03BA03 C03BA04 C03BA05 C03BA07 C03BA08 C03BA09 C03BA10 C03BA11 C03BA12 C03BA13 "
        "C03BX03"
    ),
    "loop-diuretic": "C03CA01 C03CA02 C03CA03 C03CA04 C03CC01 C03CC02 C03CD01 C03CX01",
    "mra": "C03DA01 C03DA02 C03DA03 C03DA04 C03DA05",
    "potassium-sparing": "C03DB01 C03DB02",
    "carbonic-anhydrase-inhibitor": "S01EC01 S01EC02 S01EC05",
    "osmotic-diuretic": "B05BC01 B05BC02",
    "saba": (
        "R03AC02 R03AC03 R03AC04 R03AC05 R03AC06 R03AC07 R03AC08 R03AC09 R03AC10 R03AC15 R03AC16 "
        "R03AC17 R03CC02 R03CC03 R03CC04 R03CC05 R03CC06 R03CC07 R03CC08 R03CC09 R03CC10 R03CC14 "
        "R03AB03 R03CB03 G02CA03"
    ),
    "laba": "R03AC11 R03AC12 R03AC13 R03AC18 R03AC19 R03CC11 R03CC12 R03CC15",
    "non-approved-beta2-agonist": "R03AC14 R03CC13",
    "methylxanthine": (
        "R03DA01 R03DA02 R03DA03 R03DA04 R03DA05 R03DA06 R03DA08 R03DA09 R03DA10 R03DA11 R03DA12"
    ),
    "statin": "C10AA01 C10AA02 C10AA03 C10AA04 C10AA05 C10AA06 C10AA07 C10AA08",
}
NOT_LISTED = {
    "thiazide": ("benzthiazide", "altizide", "althiazide", "butizide", "epitizide"),
    "thiazide-like-diuretic": ("tripamide",),
    "loop-diuretic": ("azosemide",),
    "mra": ("esaxerenone",),
    "carbonic-anhydrase-inhibitor": ("ethoxzolamide",),
    "laba": ("carmoterol", "abediterol"),
    "methylxanthine": ("acebrophylline", "ambroxol acefyllinate", "etofylline"),
    "statin": ("mevastatin", "red yeast rice", "monacolin K 10 mg", "Monascus purpureus"),
}


@pytest.mark.parametrize("group", sorted(LISTED))
def test_every_drug_that_the_listing_has_is_of_its_class(group: str) -> None:
    """By its code; each is flagged, or counts where the class does."""
    for code in LISTED[group].split():
        (drug,) = RESOLVER.resolve(Concept((Coding("atc", code),))).linked
        assert group == KNOWLEDGE.ingredients[drug].group, code


@pytest.mark.parametrize("group", sorted(NOT_LISTED))
def test_drugs_that_the_listing_lacks_are_of_their_class_too(group: str) -> None:
    """By name."""
    for name in NOT_LISTED[group]:
        (drug,) = RESOLVER.resolve(Concept((), name)).linked
        assert group == KNOWLEDGE.ingredients[drug].group, name


@pytest.mark.parametrize(
    "name",
    ["benzthiazide", "tripamide", "azosemide", "esaxerenone", "ethoxzolamide", "red yeast rice"],
)
def test_what_no_source_says_is_unconfirmed(name: str) -> None:
    """Such a drug raises no card by itself."""
    drug = KNOWLEDGE.ingredients[name]
    assert Status.UNCONFIRMED is drug.tier_status
    assert {Status.UNCONFIRMED} >= {said.status for said in drug.mechanisms} or name == "azosemide"
    assert not any(code.system == "atc" for code in drug.codes)


@pytest.mark.parametrize(
    ("code", "drug"),
    [
        ("C09AA16", "imidapril"), ("C09AA11", "spirapril"), ("C09CA10", "fimasartan"),
        ("B01AB04", "dalteparin"), ("B01AB06", "nadroparin"), ("B01AA12", "fluindione"),
        ("B01AA01", "dicumarol"), ("L04AD03", "voclosporin"), ("M01AX01", "nabumetone"),
        ("M01AE19", "loxoprofen"), ("M01AH05", "etoricoxib"), ("A12BA04", "potassium bicarbonate"),
    ],
)  # fmt: skip
def test_a_class_that_guards_name_is_proven_where_its_atc_group_is_that_class(
    code: str, drug: str
) -> None:
    """They are still no cause of cramps."""
    assert (drug,) == RESOLVER.resolve(Concept((Coding("atc", code),))).linked
    assert Tier.NONE is KNOWLEDGE.ingredients[drug].tier
    assert Status.VERIFIED_CLASS is KNOWLEDGE.ingredients[drug].tier_status


def test_a_code_of_another_group_proves_no_class() -> None:
    """Diflunisal stands among the salicylates."""
    drug = KNOWLEDGE.ingredients["diflunisal"]
    assert any(code.system == "atc" for code in drug.codes)
    assert Status.UNCONFIRMED is drug.tier_status


@pytest.mark.parametrize(
    "name",
    [
        "isoprenaline", "ritodrine", "isoxsuprine", "methoxyphenamine", "theobromine", "mersalyl",
        "glycerin", "isosorbide", "mepyramine", "ambroxol", "pentoxifylline", "danaparoid",
        "glucosamine", "carbamide peroxide 6.5 % ear drops", "13C-urea 50 mg tablet",
    ],
)  # fmt: skip
def test_what_is_of_none_of_the_classes_is_recognised_and_not_linked(name: str) -> None:
    """Near relatives, and names that begin alike."""
    answer = RESOLVER.resolve(Concept((), name))
    assert answer.ingredients
    assert () == answer.linked


@pytest.mark.parametrize("text", ["BUN (blood urea nitrogen)", "urea nitrogen", "brewer's yeast"])
def test_a_word_that_a_drug_shares_is_no_drug(text: str) -> None:
    """The laboratory's urea is no diuretic."""
    assert () == RESOLVER.resolve(Concept((), text)).ingredients
