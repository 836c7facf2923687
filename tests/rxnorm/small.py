"""A small release of real facts.

Codes of ingredients are RxNorm's, verified in the project's shared table; codes of products are
those that recorded medication codings carry together with their ingredients. What a test needs and
no record tells (components, several-ingredient concepts, packed drugs, retired concepts) has codes
from 90000001: RxNorm's have seven digits at most.
"""

from __future__ import annotations

from tests.rxnorm.rrf import ReleaseText

FUROSEMIDE, HCTZ, LOSARTAN, SIMVASTATIN, ALBUTEROL = 4603, 5487, 52175, 36567, 435
WARFARIN, AMLODIPINE, TIMOLOL, APIXABAN, BISOPROLOL = 11289, 17767, 10600, 1364430, 19484
INGREDIENTS = {
    FUROSEMIDE: "furosemide",
    HCTZ: "hydrochlorothiazide",
    LOSARTAN: "losartan",
    SIMVASTATIN: "simvastatin",
    ALBUTEROL: "albuterol",
    WARFARIN: "warfarin",
    AMLODIPINE: "amlodipine",
    TIMOLOL: "timolol",
    APIXABAN: "apixaban",
    BISOPROLOL: "bisoprolol",
}
ALBUTEROL_SULFATE = 142153
FUROSEMIDE_40, FUROSEMIDE_20 = 313988, 310429
HCTZ_25, HCTZ_LOSARTAN, HYZAAR, HCTZ_BISOPROLOL = 310798, 979468, 979470, 854916
SIMVASTATIN_10_COMPONENT, SIMVASTATIN_20 = 316672, 312961
ALBUTEROL_INHALER, APIXABAN_PACK, TIMOLOL_EYE_DROPS = 745679, 1992427, 1922894
WARFARIN_TABLET = 855338  # recorded without a name
PRODUCTS = {
    FUROSEMIDE_40: ("SCD", "furosemide 40 MG Oral Tablet", (FUROSEMIDE,)),
    FUROSEMIDE_20: ("SCD", "furosemide 20 MG Oral Tablet", (FUROSEMIDE,)),
    HCTZ_25: ("SCD", "hydrochlorothiazide 25 MG Oral Tablet", (HCTZ,)),
    HCTZ_LOSARTAN: (
        "SCD",
        "hydrochlorothiazide 12.5 MG / losartan potassium 50 MG Oral Tablet",
        (HCTZ, LOSARTAN),
    ),
    HCTZ_BISOPROLOL: (
        "SCD",
        "bisoprolol fumarate 2.5 MG / hydrochlorothiazide 6.25 MG Oral Tablet",
        (BISOPROLOL, HCTZ),
    ),
    SIMVASTATIN_20: ("SCD", "simvastatin 20 MG Oral Tablet", (SIMVASTATIN,)),
    TIMOLOL_EYE_DROPS: ("SCD", "Preservative-Free timolol 5 MG/ML Ophthalmic Solution", (TIMOLOL,)),
}
# Made up.
MADE_UP = 90000001
BRAND, SEVERAL, PACKED, INERT, INERT_TABLET, INERT_PACK = range(MADE_UP, MADE_UP + 6)
MERGED, OBSOLETE, NAME_ONLY, SPLIT, REPLACED, MOVED = range(MADE_UP + 100, MADE_UP + 106)
RENAMED_BRAND, OWN_BRAND, EDITED = range(MADE_UP + 200, MADE_UP + 203)
_COMPONENTS = MADE_UP + 1000
NDC_FUROSEMIDE = "63304062410"  # recorded with furosemide 20 MG Oral Tablet
UNII_FUROSEMIDE, ATC_FUROSEMIDE, SNOMED_LOSARTAN = "7LXU5N7ZO5", "C03CA01", "96309000"


def small_release(version: str = "20AA_261102F") -> ReleaseText:
    """All of the above, with the relations that a release has between them."""
    text = ReleaseText(version)
    for rxcui, name in INGREDIENTS.items():
        text.concept(rxcui, "IN", name)
    component = _COMPONENTS
    for rxcui, (tty, name, ingredients) in PRODUCTS.items():
        text.concept(rxcui, tty, name)
        for ingredient in ingredients:
            component += 1
            text.concept(component, "SCDC", f"{INGREDIENTS[ingredient]} 1 MG")
            text.relation(rxcui, "consists_of", component)
            text.relation(component, "has_ingredient", ingredient)
    text.ndc(FUROSEMIDE_20, NDC_FUROSEMIDE)
    _substances(text)
    _brands_and_packs(text)
    _retired(text)
    return text


def _substances(text: ReleaseText) -> None:
    text.concept(ALBUTEROL_SULFATE, "PIN", "albuterol sulfate")
    text.relation(ALBUTEROL_SULFATE, "form_of", ALBUTEROL)
    text.concept(
        ALBUTEROL_INHALER, "SCD", "200 ACTUAT albuterol 0.09 MG/ACTUAT Metered Dose Inhaler"
    )
    text.relation(ALBUTEROL_INHALER, "consists_of", _COMPONENTS)
    text.concept(_COMPONENTS, "SCDC", "albuterol 0.09 MG/ACTUAT")
    text.relation(_COMPONENTS, "has_precise_ingredient", ALBUTEROL_SULFATE)
    text.concept(SIMVASTATIN_10_COMPONENT, "SCDC", "simvastatin 10 MG")
    text.relation(SIMVASTATIN_10_COMPONENT, "has_ingredient", SIMVASTATIN)
    text.concept(SEVERAL, "MIN", "hydrochlorothiazide / losartan")
    text.relation(SEVERAL, "has_part", HCTZ, LOSARTAN)
    text.concept(WARFARIN_TABLET, "SCD", "warfarin sodium Oral Tablet")
    text.relation(WARFARIN_TABLET, "isa", MADE_UP + 300)
    text.concept(MADE_UP + 300, "SCDF", "warfarin Oral Tablet")
    text.relation(MADE_UP + 300, "has_ingredient", WARFARIN)
    text.source(FUROSEMIDE, "MTHSPL", UNII_FUROSEMIDE, "FUROSEMIDE", tty="SU")
    text.source(FUROSEMIDE, "ATC", ATC_FUROSEMIDE, "furosemide")
    text.source(LOSARTAN, "SNOMEDCT_US", SNOMED_LOSARTAN, "Losartan-containing product", tty="FN")


def _brands_and_packs(text: ReleaseText) -> None:
    text.concept(BRAND, "BN", "Hyzaar")
    text.relation(BRAND, "tradename_of", HCTZ, LOSARTAN)
    text.concept(HYZAAR, "SBD", PRODUCTS[HCTZ_LOSARTAN][1] + " [Hyzaar]")
    text.relation(HYZAAR, "tradename_of", HCTZ_LOSARTAN)
    text.relation(HYZAAR, "has_ingredient", BRAND)
    text.concept(OWN_BRAND, "BN", "Zzyzxol")  # a brand that no list of names has
    text.relation(OWN_BRAND, "tradename_of", FUROSEMIDE)
    text.concept(PACKED, "SCD", "apixaban 5 MG Oral Tablet")
    text.relation(PACKED, "has_ingredients", APIXABAN)
    text.concept(APIXABAN_PACK, "GPCK", "{74 (apixaban 5 MG Oral Tablet) } Pack")
    text.relation(APIXABAN_PACK, "contains", PACKED)
    text.concept(INERT, "IN", "inert ingredients")
    text.concept(INERT_TABLET, "SCD", "inert ingredients 1 MG Oral Tablet")
    text.relation(INERT_TABLET, "consists_of", INERT)
    text.concept(INERT_PACK, "GPCK", "{7 (furosemide 40 MG Oral Tablet) / 7 (inert) } Pack")
    text.relation(INERT_PACK, "contains", FUROSEMIDE_40, INERT_TABLET)


def _retired(text: ReleaseText) -> None:
    text.archive(MERGED, "SCD", "furosemide 40 MG Tablet", FUROSEMIDE_40)
    text.concept(OBSOLETE, "SCD", "simvastatin 15 MG Oral Tablet", suppress="O")
    text.relation(OBSOLETE, "consists_of", SIMVASTATIN_10_COMPONENT, suppress="O")
    text.archive(NAME_ONLY, "SCD", "furosemide 30 MG Oral Tablet")
    text.archive(SPLIT, "SCD", "some tablet", FUROSEMIDE_40)
    text.archive(SPLIT, "SCD", "some tablet", HCTZ_25)
    text.retired(REPLACED, HCTZ_25)
    text.changed(MOVED, SIMVASTATIN_20)
    text.concept(EDITED, "SCD", "not to be used", suppress="Y")
