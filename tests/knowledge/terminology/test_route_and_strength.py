"""What a name says of the route and the strength."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from knowledge.model import RouteClass
from knowledge.terminology.concept import Coding, Concept, Resolution, Strength
from knowledge.terminology.resolver import Resolver

Read = Callable[[str], Resolution]


@pytest.mark.parametrize(
    ("text", "route"),
    [
        ("furosemide 40 MG Oral Tablet", RouteClass.ORAL),
        ("furosemide tab", RouteClass.ORAL),
        ("furosemide 10 MG/ML Injectable Solution", RouteClass.PARENTERAL),
        ("furosemide IV", RouteClass.PARENTERAL),
        ("albuterol 0.09 MG/ACTUAT Metered Dose Inhaler", RouteClass.INHALED),
        ("Ventolin HFA", RouteClass.INHALED),
        ("albuterol 0.83 MG/ML Inhalation Solution", RouteClass.NEBULISED),
        ("albuterol nebs", RouteClass.NEBULISED),
        ("timolol 0.5% eye drops", RouteClass.OPHTHALMIC),
        ("timolol 5 MG/ML Ophthalmic Solution", RouteClass.OPHTHALMIC),
        ("prednisolone acetate 1% ophthalmic QID", RouteClass.OPHTHALMIC),
        ("fluticasone 0.05 MG/ACTUAT Nasal Spray", RouteClass.NASAL),
        ("hydrocortisone 1% cream", RouteClass.TOPICAL),
        ("hydrocortisone 25 MG/ML Rectal Cream", RouteClass.RECTAL),
        ("clonidine patch 0.1 mg/24 hr", RouteClass.TRANSDERMAL),
        ("ofloxacin otic solution", RouteClass.OTIC),
        ("estradiol vaginal cream", RouteClass.VAGINAL),
        ("Cosopt", RouteClass.OPHTHALMIC),
        ("Advair 250/50", RouteClass.INHALED),
        ("furosemide 40 mg", RouteClass.UNKNOWN),
        ("atropine Ophthalmic Solution (used Sublingual)", RouteClass.UNKNOWN),
    ],
)
def test_the_dose_form_tells_the_route(read: Read, text: str, route: RouteClass) -> None:
    """Site words outrank vehicles; what contradicts itself says nothing."""
    assert route is read(text).route


@pytest.mark.parametrize(
    ("text", "strengths"),
    [
        ("furosemide 40 MG Oral Tablet", [("furosemide", "40", "MG")]),
        ("furosemide 40mg daily", [("furosemide", "40", "MG")]),
        ("levothyroxine 0,5 mg", [("levothyroxine", "0.5", "MG")]),
        ("penicillin g 2,400,000 units", [("penicillin g", "2400000", "UNT")]),
        ("albuterol 0.09 MG/ACTUAT inhaler", [("albuterol", "0.09", "MG/ACTUAT")]),
        ("albuterol 100micrograms/dose inhaler", [("albuterol", "100", "MCG/ACTUAT")]),
        ("enoxaparin 40 mg/0.4 mL", [("enoxaparin", "100", "MG/ML")]),
        ("5% Dextrose", [("glucose", "5", "%")]),
        (
            "hydrochlorothiazide 12.5 MG / losartan potassium 50 MG Oral Tablet",
            [("hydrochlorothiazide", "12.5", "MG"), ("losartan", "50", "MG")],
        ),
        (
            "potassium chloride 20 mEq in 0.9% sodium chloride",
            [("potassium chloride", "20", "MEQ"), ("sodium chloride", "0.9", "%")],
        ),
        (
            "nitrofurantoin, macrocrystals 25 MG / nitrofurantoin, monohydrate 75 MG Capsule",
            [("nitrofurantoin", "100", "MG")],
        ),
        ("prednisone 5 mg, 20 mg", [("prednisone", "5", "MG"), ("prednisone", "20", "MG")]),
        (
            "80 mg atorvastatin / 10 mg ezetimibe",
            [("atorvastatin", "80", "MG"), ("ezetimibe", "10", "MG")],
        ),
        ("niacin 1.000 mg", []),
        ("prednisone 5-10 mg daily", []),
        ("prednisone 5 mg-10 mg daily", []),
        ("fluticasone/salmeterol 250/50 mcg", []),
        ("ezetimibe-simvastatin 10 mg-40 mg tablet", []),
        ("ezetimibe/simvastatin (Vytorin) 10mg/40mg tab", []),
        (
            "ezetimibe 10 mg-simvastatin 40 mg tablet",
            [("ezetimibe", "10", "MG"), ("simvastatin", "40", "MG")],
        ),
        ("simvastatin (Zocor) 40 mg tablet", [("simvastatin", "40", "MG")]),
        ("Hyzaar 50 mg", []),
        ("Zocor 40 at night", []),
        ("furosemide 40 mg/0 ml", [("furosemide", "40", "MG")]),
    ],
)
def test_strengths_are_read_where_they_are_plain(
    read: Read, text: str, strengths: list[tuple[str, str, str]]
) -> None:
    """A range, a pair of numbers, a number without a unit or one after two names gives none."""
    expected = tuple(Strength(name, Decimal(value), unit) for name, value, unit in strengths)
    assert expected == read(text).strengths


def test_a_strength_is_written_without_an_exponent(read: Read) -> None:
    """100 is not 1.0E+2."""
    assert "100" == str(read("enoxaparin 40 mg/0.4 mL").strengths[0].value)


def test_strengths_come_from_the_name_that_gives_most(resolver: Resolver) -> None:
    """The text names a brand, the display has the parts."""
    display = "hydrochlorothiazide 12.5 MG / losartan potassium 50 MG Oral Tablet [Hyzaar]"
    answer = resolver.resolve(Concept((Coding("", "", display),), "Hyzaar 50/12.5"))
    assert ["12.5", "50"] == [str(strength.value) for strength in answer.strengths]
