"""Codes that only a release explains: what they are made of, and what is said of them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from knowledge.model import Knowledge, RouteClass
from knowledge.terminology.concept import Coding, Concept, Match, Reason, Strength
from knowledge.terminology.resolver import Resolver
from tests.knowledge.terminology.release.conftest import Resolve
from tests.rxnorm import small


@pytest.mark.parametrize(
    ("code", "drugs"),
    [
        (small.FUROSEMIDE_40, ["furosemide"]),
        (small.HCTZ_LOSARTAN, ["hydrochlorothiazide", "losartan"]),
        (small.HYZAAR, ["hydrochlorothiazide", "losartan"]),
        (small.BRAND, ["hydrochlorothiazide", "losartan"]),
        (small.SEVERAL, ["hydrochlorothiazide", "losartan"]),
        (small.ALBUTEROL_SULFATE, ["albuterol"]),
        (small.ALBUTEROL_INHALER, ["albuterol"]),
        (small.SIMVASTATIN_10_COMPONENT, ["simvastatin"]),
        (small.WARFARIN_TABLET, ["warfarin"]),
        (small.APIXABAN_PACK, ["apixaban"]),
        (small.INERT_PACK, ["furosemide"]),
        (small.HCTZ_BISOPROLOL, ["bisoprolol", "hydrochlorothiazide"]),
    ],
    ids=[
        "drug", "two-drugs", "branded", "brand", "several-ingredients", "precise-ingredient",
        "through-the-precise-ingredient", "component", "through-the-form", "pack",
        "pack-with-inert-tablets", "one-of-ours-and-another",
    ],
)  # fmt: skip
def test_a_code_of_any_kind_gives_its_ingredients(
    resolve: Resolve, knowledge: Knowledge, code: int, drugs: list[str]
) -> None:
    """Without a release, the same code is unread and the remedy is said."""
    found = resolve("rxnorm", code)
    assert (tuple(drugs), Match.CODE, "") == (found.ingredients, found.match, found.detail)
    assert tuple(drug for drug in drugs if drug in knowledge.ingredients) == found.linked
    without = Resolver(knowledge).resolve(Concept((Coding("rxnorm", str(code)),)))
    assert ((), Reason.CODE_NOT_KNOWN) == (without.ingredients, without.reason)
    assert "import a RxNorm release" in without.detail


def test_the_name_in_the_release_gives_route_and_strengths(resolve: Resolve) -> None:
    """So that the daily dose and eye drops are read from a bare code too."""
    both = resolve("rxnorm", small.HCTZ_LOSARTAN)
    assert both.strengths == (
        Strength("hydrochlorothiazide", Decimal("12.5"), "MG"),
        Strength("losartan", Decimal(50), "MG"),
    )
    assert RouteClass.ORAL is both.route
    assert RouteClass.OPHTHALMIC is resolve("rxnorm", small.TIMOLOL_EYE_DROPS).route
    assert RouteClass.INHALED is resolve("rxnorm", small.ALBUTEROL_INHALER).route


def test_a_pack_gives_no_strength(resolve: Resolve) -> None:
    """Its name tells of several tablets, and nobody says which one a dose is of."""
    assert () == resolve("rxnorm", small.INERT_PACK).strengths


@pytest.mark.parametrize(
    ("code", "drug"),
    [
        (small.MERGED, "furosemide"),
        (small.OBSOLETE, "simvastatin"),
        (small.NAME_ONLY, "furosemide"),
        (small.REPLACED, "hydrochlorothiazide"),
        (small.MOVED, "simvastatin"),
    ],
    ids=["merged", "obsolete", "only-its-name-is-left", "replaced", "moved"],
)
def test_a_retired_code_resolves_and_is_said_to_be_retired(
    resolve: Resolve, code: int, drug: str
) -> None:
    """Charts keep codes for longer than RxNorm does."""
    found = resolve("rxnorm", code)
    assert ((drug,), Match.CODE) == (found.ingredients, found.match)
    assert found.detail.startswith("coding[0].code: a retired code")


def test_a_code_that_became_two_different_drugs_is_not_answered(resolve: Resolve) -> None:
    """Either would be a guess."""
    found = resolve("rxnorm", small.SPLIT)
    assert ((), Reason.CODE_NOT_KNOWN) == (found.ingredients, found.reason)


@pytest.mark.parametrize("code", [small.EDITED, 99999999, "0", "4603x", "-1", "9" * 30, "٤٦٠٣"])
def test_a_code_that_is_withheld_absent_or_none_is_unread(resolve: Resolve, code: object) -> None:
    """The sentence names the release that was asked."""
    found = resolve("rxnorm", code)
    assert ((), Reason.CODE_NOT_KNOWN) == (found.ingredients, found.reason)
    assert "RxNorm full of 2026-11-02 (20AA_261102F) does not hold it" in found.detail


def test_tablets_without_a_drug_are_unread_and_said_to_be_so(resolve: Resolve) -> None:
    """The inactive tablets of a pack."""
    found = resolve("rxnorm", small.INERT_TABLET)
    assert ((), "coding[0].code: holds no drug") == (found.ingredients, found.detail)


@pytest.mark.parametrize(
    ("system", "code", "drug"),
    [
        ("http://www.whocc.no/atc", small.ATC_FUROSEMIDE, "furosemide"),
        ("http://snomed.info/sct", small.SNOMED_LOSARTAN, "losartan"),
        ("http://fdasis.nlm.nih.gov", small.UNII_FUROSEMIDE.lower(), "furosemide"),
    ],
)
def test_codes_of_other_systems_are_read(
    resolve: Resolve, system: str, code: str, drug: str
) -> None:
    """By the system's address, case apart."""
    assert (drug,) == resolve(system, code).ingredients


@pytest.mark.parametrize(
    ("system", "code"),
    [("urn:oid:1.2.3", small.FUROSEMIDE_40), ("", small.FUROSEMIDE_40), ("atc", "4603")],
)
def test_a_code_counts_in_its_own_system_only(resolve: Resolve, system: str, code: object) -> None:
    """The same characters mean something else elsewhere."""
    assert () == resolve(system, code).ingredients


def test_a_code_against_a_name_is_a_conflict(resolve: Resolve) -> None:
    """Neither is chosen, and both are named."""
    found = resolve("rxnorm", small.HCTZ_25, display="furosemide 40 MG Oral Tablet")
    assert (Match.CONFLICT, Reason.CONFLICT, ()) == (found.match, found.reason, found.ingredients)
    assert "coding[0].code (hydrochlorothiazide)" in found.detail
    assert "coding[0].display (furosemide)" in found.detail


def test_a_code_against_another_code_is_a_conflict(resolver: Resolver) -> None:
    """A product of one drug beside the ingredient code of another."""
    codings = (Coding("rxnorm", str(small.HCTZ_25)), Coding("rxnorm", str(small.FUROSEMIDE)))
    assert Match.CONFLICT is resolver.resolve(Concept(codings)).match


def test_a_name_of_one_part_agrees_with_the_code_of_the_whole(resolve: Resolve) -> None:
    """The fullest is answered."""
    found = resolve("rxnorm", small.HCTZ_LOSARTAN, text="losartan 50 mg")
    assert ("hydrochlorothiazide", "losartan") == found.ingredients


def test_a_name_that_shares_only_a_part_with_the_code_is_not_answered(resolve: Resolve) -> None:
    """Which part is right, nobody knows."""
    found = resolve("rxnorm", small.HCTZ_LOSARTAN, text="hydrochlorothiazide / lisinopril")
    assert ((), Reason.AMBIGUOUS) == (found.ingredients, found.reason)
