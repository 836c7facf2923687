"""What names no drug, or not for sure, is answered with a reason and no ingredient."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from knowledge.model import RouteClass
from knowledge.terminology.concept import Coding, Concept, Match, Reason, Resolution
from knowledge.terminology.resolver import Resolver
from tests.knowledge.terminology.conftest import ingredient, knowledge_of

Read = Callable[[str], Resolution]

REASONS = [
    (Reason.EMPTY, ["", "   ", "?!", "\u200b"]),
    (
        Reason.NO_DRUG_NAMED,
        [
            "water pill when ankles swell",
            "Medication 2",
            "Multi-vitamins",
            "some text",
            "blood pressure pill",
            "ACE inhibitor or ARB",
            "calcium channel blocker",
            "potassium-sparing diuretic",
            "Influenza virus vaccine",
            "Stress Formula Extra TABS",
            "12 Hour Nasal Relief Spray 0.05 % SOLN",
            "statin",
            "hct",
        ],
    ),
    (
        Reason.SUPPLY,
        [
            "Able Spacer with small mask",
            "albuterol spacer",
            "Sterile Water For Irrigation",
            "Syringe (IV Room)",
            "insulin syringe 1 ml",
            "BD pen needle 31G",
            "alcohol swabs",
            "Sterile Diluent for Flolan",
            "SW",
            "Vial",
        ],
    ),
    (
        Reason.NO_KNOWN_MEDICATION,
        [
            "No known medications",
            "No Known Hospital Discharge Medications",
            "Patient takes no medication",
            "nil regular medications",
            "None",
            "No data",
        ],
    ),
    (
        Reason.AMBIGUOUS,
        [
            "insulin",
            "potassium replacement",
            "furosemide and potassium-rich food",
            "Micardis Duo 80",
            "Cozaar comp",
            "non-furosemide tablets",
            "co-furosemide",
            "butyl simvastatin",
            "Stress Formula Plus furosemide",
            "lisinopril / unknownium 10 mg",
            "Chlorphenex-PE-furosemide syrup",
            "not taking furosemide",
            "stopped simvastatin in 2019",
            "furosemide - stopped",
            "furosemide not taking",
            "allergic to simvastatin",
            "no warfarin",
            "d/c'd Lasix",
            "losartan and diuretics",
            "furosemide and potassium-sparing agents",
            "simvastatin, combinations",
            "salmeterol and other drugs for obstructive airway diseases",
            "prednisone or prednisolone",
            "simvastatin 20 mg vs atorvastatin 20 mg",
            "losartan-HCTZ (Diovan HCT)",
            "calcium unheardofate 500 mg",
            "Lasix-X",
            "furosemide PE",
            "losartan-XZ 50 mg",
        ],
    ),
    (Reason.CONFLICT, ["furosemide (Zocor)", "Prinivil (losartan)"]),
]


@pytest.mark.parametrize(
    ("text", "reason"), [(text, reason) for reason, texts in REASONS for text in texts]
)
def test_a_text_that_names_no_sure_drug_gives_a_reason(
    read: Read, text: str, reason: Reason
) -> None:
    """No ingredient, no strength, and the reason that a person needs."""
    answer = read(text)
    assert () == answer.ingredients
    assert () == answer.linked
    assert () == answer.strengths
    assert reason is answer.reason
    assert answer.match is (Match.CONFLICT if reason is Reason.CONFLICT else Match.NONE)
    assert answer.detail


@pytest.mark.parametrize(
    ("text", "drugs"),
    [
        ("furosemide 40 mg tablet [discontinued]", ("furosemide",)),
        ("Lasix 40 MG [OBSOLETE]", ("furosemide",)),
        ("furosemide or placebo", ("furosemide",)),
        ("take 1 or 2 tablets of furosemide", ("furosemide",)),
        ("loop diuretics + furosemide 40 mg", ("furosemide",)),
        ("Zocor or simvastatin", ("simvastatin",)),
        ("ferrous sulfate 325 mg (65 mg iron)", ("ferrous sulfate",)),
        ("furosemide oral powder sachets lemon & lime (Unheardof Ltd)", ("furosemide",)),
    ],
)
def test_what_only_looks_open_is_answered(read: Read, text: str, drugs: tuple[str, ...]) -> None:
    """A catalogue's remark, a choice of counts, a class before the drug, an element of a salt."""
    assert drugs == read(text).ingredients


def test_a_drug_said_to_be_discontinued_is_still_not_answered(read: Read) -> None:
    """Only in square brackets is it a remark of a catalogue."""
    for text in ("furosemide - discontinued", "furosemide (discontinued)", "discontinued Lasix"):
        assert () == read(text).ingredients


def test_a_bare_product_code_says_how_to_read_it(resolver: Resolver) -> None:
    """Without a name, a product's code needs a release."""
    concept = Concept((Coding("http://hl7.org/fhir/sid/ndc", "00071015623"),))
    answer = resolver.resolve(concept)
    assert Reason.CODE_NOT_KNOWN is answer.reason
    assert "import" in answer.detail


def test_a_useless_name_beside_a_code_stays_unnamed(resolver: Resolver) -> None:
    """A display that names a class does not become the drug of its code."""
    concept = Concept((Coding("http://hl7.org/fhir/sid/ndc", "00071015623", "Opioids, All"),))
    answer = resolver.resolve(concept)
    assert () == answer.ingredients
    assert Reason.NO_DRUG_NAMED is answer.reason


def test_the_code_for_no_known_medication_is_understood(resolver: Resolver) -> None:
    """SNOMED CT has a code for it, which may come without a display."""
    answer = resolver.resolve(Concept((Coding("http://snomed.info/sct", "787481004"),)))
    assert Reason.NO_KNOWN_MEDICATION is answer.reason


def test_a_supply_with_a_strength_of_a_drug_is_the_drug(read: Read) -> None:
    """A prefilled container of saline is saline."""
    assert ("sodium chloride",) == read("Syringe (0.9% Sodium Chloride)").ingredients


@pytest.mark.parametrize("text", ["water tablet", "water pill", "1 water tablet daily"])
def test_a_water_tablet_is_no_water(read: Read, text: str) -> None:
    """It is how people call a diuretic: which, has to be asked. A supply would be passed over."""
    assert () == read(text).ingredients
    assert Reason.SUPPLY is not read(text).reason


@pytest.mark.parametrize("text", ["sterile water", "water for injection 10 ml ampoule"])
def test_water_to_dilute_with_is_a_supply(read: Read, text: str) -> None:
    """No drug is meant."""
    assert Reason.SUPPLY is read(text).reason


def test_an_unread_name_still_tells_its_route(read: Read) -> None:
    """Whether an unread medicine can be systemic matters."""
    answer = read("furosemide / unknownium cream")
    assert () == answer.ingredients
    assert RouteClass.TOPICAL is answer.route


def test_the_part_that_is_not_known_is_named(read: Read) -> None:
    """A person must see which word stopped the reading."""
    assert "unknownium" in read("lisinopril / unknownium 10 mg").detail


def test_a_name_of_two_ingredients_is_neither() -> None:
    """Two drugs that claim one brand make it ambiguous."""
    both = knowledge_of(
        ingredient("furosemide", (), ("Samename",)), ingredient("warfarin", (), ("Samename",))
    )
    answer = Resolver(both).resolve(Concept((), "Samename 5 mg"))
    assert () == answer.ingredients
    assert Reason.AMBIGUOUS is answer.reason


def test_a_brand_that_only_the_lexicon_takes_for_ours_is_not_answered() -> None:
    """Products of several drugs stand in it under one of them."""
    resolver = Resolver(knowledge_of(ingredient("valsartan")))
    answer = resolver.resolve(Concept((), "Provas 80"))
    assert () == answer.ingredients
    assert Reason.AMBIGUOUS is answer.reason
    assert "valsartan" in answer.detail
    assert ("valsartan",) == resolver.resolve(Concept((), "valsartan 80 [Provas]")).ingredients
