"""Names as hospitals write them give the drugs that they name."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from knowledge.terminology.concept import Match, Reason, Resolution

Read = Callable[[str], Resolution]

ONE_DRUG = [
    ("furosemide", "furosemide"),
    ("FUROSEMIDE TAB 40MG", "furosemide"),
    ("tab. frusemide 40mg od", "furosemide"),
    ("Furosemide 40mg tablets (Teva UK Ltd) 28 tablet", "furosemide"),
    ("Product containing furosemide (medicinal product)", "furosemide"),
    ("Furosemide (substance)", "furosemide"),
    ("furosemide (furosemide 40 mg oral tablet)", "furosemide"),
    ("HCTZ 25mg", "hydrochlorothiazide"),
    ("losartan potassium 50 MG Oral Tablet", "losartan"),
    ("Zocor 40 at night", "simvastatin"),
    ("Zocor - 40mg by mouth once daily before bed", "simvastatin"),
    ("simvastatin 10 MG Oral Tablet [Zocor]", "simvastatin"),
    ("albuterol HFA PRN (2 canisters/12 mo)", "albuterol"),
    ("NDA020503 200 ACTUAT Albuterol 0.09 MG/ACTUAT Metered Dose Inhaler", "albuterol"),
    ("120 ACTUAT Budesonide 0.08 MG/ACTUAT Inhaler [Unheardof 80]", "budesonide"),
    ("Statins + atorvastatin 10 MG Oral Tablet", "atorvastatin"),
    ("dexamethasone sodium phosphate 4 MG/ML Injection", "dexamethasone"),
    ("apo-furosemide 40", "furosemide"),
    ("K-Dur 20 mEq", "potassium chloride"),
    ("Kdur 20", "potassium chloride"),
    ("KCl 20 mEq ER", "potassium chloride"),
    ("Value set: furosemide for oedema", "furosemide"),
    ("predniSONE 20 MG Oral Tablet", "prednisone"),
    ("Lasix 40 mg/day for swelling/ankles", "furosemide"),
    ("lasix, no known drug allergies", "furosemide"),
    ("furosemide instead of torsemide", "furosemide"),
    ("simvastatin 40 mg daily, do not take with warfarin", "simvastatin"),
]
COMBINED = [
    (
        "hydrochlorothiazide 12.5 MG / losartan potassium 50 MG Oral Tablet",
        "hydrochlorothiazide losartan",
    ),
    ("Losartan-HCTZ 50/12.5", "hydrochlorothiazide losartan"),
    ("losartan HCT 100-25", "hydrochlorothiazide losartan"),
    ("Hyzaar", "hydrochlorothiazide losartan"),
    ("Diovan HCT 160/12.5", "hydrochlorothiazide valsartan"),
    ("Micardis Plus 80/12.5", "hydrochlorothiazide telmisartan"),
    ("Advair Diskus 250/50", "fluticasone salmeterol"),
    ("fluticasone/salmeterol 250/50 BID", "fluticasone salmeterol"),
    ("fluticasone & salmeterol", "fluticasone salmeterol"),
    ("budesonide and formoterol", "budesonide formoterol"),
    ("amlodipine plus atorvastatin", "amlodipine atorvastatin"),
    ("Caduet (amlodipine, atorvastatin)", "amlodipine atorvastatin"),
    ("Norvasc; Lipitor", "amlodipine atorvastatin"),
    ("Caduet (amlodipine/atorvastatin) 5/10", "amlodipine atorvastatin"),
    (
        "amlodipine, valsartan and hydrochlorothiazide",
        "amlodipine hydrochlorothiazide valsartan",
    ),
    (
        "amlodipine, lisinopril and hydrochlorothiazide",
        "amlodipine hydrochlorothiazide lisinopril",
    ),
    ("furosemide, fluticasone and salmeterol", "fluticasone furosemide salmeterol"),
    ("furosemide, Tenoret 50", "atenolol chlorthalidone furosemide"),
    ("furosemide 40 mg, Cholib", "fenofibrate furosemide simvastatin"),
    ("lamivudine, darunavir and cobicistat", "cobicistat darunavir lamivudine"),
]


@pytest.mark.parametrize(("text", "drug"), ONE_DRUG)
def test_a_name_gives_the_one_drug_it_names(read: Read, text: str, drug: str) -> None:
    """One drug is answered, and it is linked."""
    answer = read(text)
    assert (drug,) == answer.ingredients
    assert (drug,) == answer.linked
    assert Reason.RECOGNISED is answer.reason


@pytest.mark.parametrize(("text", "drugs"), COMBINED)
def test_a_combination_gives_all_its_parts(read: Read, text: str, drugs: str) -> None:
    """Every part is answered, in alphabetical order."""
    assert tuple(drugs.split()) == read(text).ingredients


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("furosemide 40 mg", Match.TEXT),
        ("Lasix", Match.BRAND),
        ("Lasix (furosemide)", Match.TEXT),
        ("furosemdie", Match.FUZZY),
    ],
)
def test_the_way_of_recognition_is_said(read: Read, text: str, match: Match) -> None:
    """A generic name, a brand and a guess are told apart."""
    assert match is read(text).match


@pytest.mark.parametrize(
    ("text", "drugs"),
    [
        ("amoxicillin 500 mg capsule", ("amoxicillin",)),
        ("Penicillin V Potassium 250 MG", ("penicillin v",)),
        ("megestrol acetate 125 MG/ML", ("megestrol",)),
        ("insulin human, isophane 70 UNT/ML", ("insulin isophane",)),
        ("Vitamin B12 5 MG/ML", ("vitamin b12",)),
        ("digoxin immune fab", ("digoxin immune fab",)),
        ("infliximab-dyyb", ("infliximab",)),
        ("0.9% Sodium Chloride", ("sodium chloride",)),
        ("NS", ("sodium chloride",)),
        ("Tylenol PM", ("acetaminophen", "diphenhydramine")),
        ("SMZ/TMP DS", ("sulfamethoxazole", "trimethoprim")),
    ],
)
def test_other_drugs_are_recognised_and_not_linked(
    read: Read, text: str, drugs: tuple[str, ...]
) -> None:
    """A drug of the lexicon has a name, and nothing is said about it."""
    answer = read(text)
    assert drugs == answer.ingredients
    assert () == answer.linked


def test_a_part_of_another_kind_stays_beside_ours(read: Read) -> None:
    """Of a combination both parts are named, and one is linked."""
    answer = read("Cosopt eye drops")
    assert ("dorzolamide", "timolol") == answer.ingredients
    assert ("timolol",) == answer.linked


def test_a_salt_that_is_also_a_drug_is_no_second_drug(read: Read) -> None:
    """Sodium phosphate after a name is its salt; alone it is the laxative."""
    assert ("dexamethasone",) == read("dexamethasone sodium phosphate").ingredients
    assert ("sodium phosphate",) == read("sodium phosphate enema").ingredients


def test_a_doubtful_name_in_brackets_does_not_add_a_drug(read: Read) -> None:
    """The extracted lexicon knows odd brands; the sure name beside one counts."""
    assert ("aspirin",) == read("aspirin 100 mg [Tardan]").ingredients
