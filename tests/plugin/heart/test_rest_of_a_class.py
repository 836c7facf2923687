"""What holds potassium or raises it, and what thins the blood, counts by whatever name.

A thiazide and an ACE inhibitor with a low potassium: replacement may be considered, and may not be
once a second drug that raises potassium is taken. A statin with a muscle symptom: coenzyme Q10 may
be discussed, and may not be beside any vitamin K antagonist.
"""

from __future__ import annotations

import pytest

from plugin.pipeline import default_pipeline
from plugin.reading.source import split
from tests.plugin.heart.front_door import pipeline
from tests.plugin.reading.build import AS_OF, Json, bundle, lab, order, person, problem

REPLETION = "potassium-repletion-review"


def _offered(*drugs: str | Json) -> set[str]:
    """The options for a low potassium; a drug is a text or a coded concept."""
    orders = [{"text": drug} if isinstance(drug, str) else drug for drug in drugs]
    chart = (
        person(),
        lab("2823-3", 3.2, id="k"),
        lab("98979-8", 75, "mL/min/{1.73_m2}", id="e"),
        *(
            order(id=f"m{number}", medicationCodeableConcept=drug)
            for number, drug in enumerate(orders)
        ),
    )
    data = bundle(*({"resource": resource} for resource in chart))
    said = default_pipeline().assess_entries(split(data), AS_OF)
    assert () == said.unread
    return {option.id for option in said.mitigations}


TWO = ("hydrochlorothiazide 25 mg tablet", "lisinopril 10 mg tablet")


@pytest.mark.parametrize("text", ["amlodipine 5 mg tablet", "aspirin 81 mg tablet"])
def test_beside_one_drug_that_raises_potassium_replacement_may_be_considered(text: str) -> None:
    """So that what follows is withheld for the second one alone."""
    assert REPLETION in _offered(*TWO, text)


@pytest.mark.parametrize(
    "text",
    [
        "potassium bicarb-citric acid (EFFER-K) 20 mEq effervescent tablet",
        "potassium bicarb 25 mEq effervescent tablet",
        "potassium aspartate 99 mg capsule",
        "potassium-magnesium aspartate 250 mg-250 mg capsule",
        "potassium acetate 2 mEq/mL intravenous solution",
        "potassium 20 mEq tablet",
        "Potassium 99 mg OTC",
        "monobasic potassium phosphate 500 mg tablet",
        "nabumetone 500 mg tablet",
        "etodolac 400 mg tablet",
        "piroxicam 20 mg capsule",
        "oxaprozin 600 mg tablet",
        "ketoprofen 75 mg capsule",
        "dalteparin 5,000 unit/0.2 mL subcutaneous syringe",
        "fimasartan 60 mg tablet",
        "voclosporin 7.9 mg capsule",
        "esaxerenone 2.5 mg tablet",
        "nadroparin calcium 5700 IU injection",
        "loxoprofen sodium 60 mg tablet",
        "potassium bitartrate 500 mg tablet",
    ],
)
def test_beside_two_of_them_it_is_withheld(text: str) -> None:
    """Salts of potassium under their other names, and the rest of a class that the policy names."""
    assert REPLETION not in _offered(*TWO, text)


@pytest.mark.parametrize(
    ("text", "review"),
    [
        ("altizide 15 mg tablet", "thiazide-review"),
        ("benzthiazide 25 mg tablet", "thiazide-review"),
        ("clofenamide 10 mg", "thiazide-review"),
        ("muzolimine 30 mg", "diuretic-review"),
        ("etozolin 400 mg capsule", "diuretic-review"),
    ],
)
def test_a_diuretic_of_elsewhere_is_flagged_for_a_low_potassium(text: str, review: str) -> None:
    """As hydrochlorothiazide and furosemide are, with what may be done about it."""
    assert {REPLETION, review} <= _offered(text, "lisinopril 10 mg tablet")


def test_a_combination_is_counted_by_its_atc_code_alone() -> None:
    """One drug of it raises potassium in the first; the second holds eplerenone."""
    for code, offered in (("C09DX01", True), ("C03DA54", False)):
        coded = {"coding": [{"system": "http://www.whocc.no/atc", "code": code}]}
        assert offered is (REPLETION in _offered("hydrochlorothiazide 25 mg tablet", coded))


def test_every_ace_inhibitor_counts() -> None:
    """Those that are sold elsewhere as well."""
    for text in ("imidapril 5 mg", "cilazapril 2.5 mg", "zofenopril 30 mg", "delapril 15 mg"):
        assert REPLETION not in _offered(TWO[0], text, "naproxen 500 mg tablet")


@pytest.mark.parametrize(
    ("text", "offered"),
    [("apixaban 5 mg", True), ("fluindione 20 mg", False), ("phenindione 25 mg", False)],
)
def test_beside_any_vitamin_k_antagonist_coenzyme_q10_is_withheld(text: str, offered: bool) -> None:
    """Apixaban is none."""
    ck = lab("2157-6", 90, "U/L", id="ck")
    chart = (person(), ck, problem(), order("atorvastatin 20 mg", id="a"), order(text, id="b"))
    data = bundle(*({"resource": resource} for resource in chart))
    said = default_pipeline().assess_entries(split(data), AS_OF)
    assert offered is ("coq10-review" in {option.id for option in said.mitigations})


@pytest.mark.parametrize("text", ["ketoprofen 2.5 % gel", "flurbiprofen 0.03 % eye drops"])
def test_what_does_not_reach_the_blood_is_not_counted(text: str) -> None:
    """Those of the class that have forms for the skin and the eye."""
    assert REPLETION in _offered(*TWO, text)


@pytest.mark.parametrize(
    "text",
    ["Magnesium 250 mg tablet", "MagTab SR", "magnesium orotate 500 mg", "Calcium-Magnesium-Zinc"],
)
def test_magnesium_whose_salt_is_not_written_is_not_suggested_twice(text: str) -> None:
    """As its dose is reviewed, so is a salt that is rarely met."""
    chart = (
        person(),
        lab("19123-9", 1.4, "mg/dL", id="mg"),
        lab("98979-8", 75, "mL/min/{1.73_m2}", id="e"),
        order("furosemide 40 mg tablet", id="a"),
        order(text, id="b"),
    )
    data = bundle(*({"resource": resource} for resource in chart))
    said = default_pipeline().assess_entries(split(data), AS_OF)
    (option,) = (one for one in said.mitigations if one.id == "magnesium-repletion-review")
    assert "never a second source" in option.text


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("digoxin 0.125 mg", "critical"),
        ("beta-Acetyldigoxin 0,2 mg Tabletten", "critical"),
        ("metildigoxin 0,1 mg", "critical"),
        ("digitoxin 0.07 mg", "critical"),
        ("amlodipine 5 mg", "warning"),
    ],
)
def test_a_low_potassium_is_worse_beside_any_cardiac_glycoside(text: str, level: str) -> None:
    """Not beside another drug for the heart."""
    chart = (
        person(),
        lab("2823-3", 2.8, id="k"),
        order("furosemide 40 mg tablet", id="a"),
        order(text, id="b"),
    )
    data = bundle(*({"resource": resource} for resource in chart))
    said = default_pipeline().assess_entries(split(data), AS_OF)
    assert level == said.level


@pytest.mark.parametrize(
    ("texts", "place", "rule"),
    [
        (("simvastatin 20 mg tablet", "ciprofibrate 100 mg"), "UK", "statin-dose-not-read"),
        (
            ("simvastatin 20 mg tablet", "indinavir 400 mg"),
            "US",
            "statin-contraindicated-combination",
        ),
        (
            ("lovastatin 20 mg tablet", "indinavir 400 mg"),
            "US",
            "statin-contraindicated-combination",
        ),
        (("desmopressin 0.2 mg", "deflazacort 6 mg"), "US", "desmopressin-forbidden-partner"),
        (("hydrochlorothiazide 25 mg", "hydroquinine 100 mg"), "EU", "quinine-without-malaria"),
        (
            ("hydrochlorothiazide 25 mg", "fluvoxamine 50 mg"),
            "EU",
            "thiazide-antidepressant-sodium-not-known",
        ),
        (
            ("hydrochlorothiazide 25 mg", "desvenlafaxine 50 mg"),
            "EU",
            "thiazide-antidepressant-sodium-not-known",
        ),
        (
            ("furosemide 40 mg / magnesium oxide 400 mg", "norfloxacin 400 mg"),
            "EU",
            "magnesium-taken-with-bound-drug",
        ),
    ],
)
def test_an_interaction_of_a_class_holds_for_all_of_it(
    texts: tuple[str, str], place: str, rule: str
) -> None:
    """British "other fibrates", American "HIV protease inhibitors", and glucocorticoids."""
    assert rule in _fired(place, *texts)
    assert rule not in _fired(place, texts[0], "ezetimibe 10 mg")
    assert rule not in _fired(place, texts[0], "dolutegravir 50 mg")


def _fired(place: str, *texts: str) -> set[str]:
    chart = (person(), *(order(text, id=f"m{number}") for number, text in enumerate(texts)))
    data = bundle(*({"resource": resource} for resource in chart))
    said = pipeline(place).assess_entries(split(data), AS_OF)
    assert () == said.unread
    return {finding.rule for finding in said.findings}
