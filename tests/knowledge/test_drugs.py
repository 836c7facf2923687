"""The drugs against the reference table they were written from, row by row."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from knowledge.load import load
from knowledge.model import Ingredient, Knowledge, Status
from plugin.cli.main import main

SHARED = Path(__file__).parents[3] / "shared"
MECHANISMS = {
    "HYPOK": "potassium-loss", "HYPOMG": "magnesium-loss", "HYPONA": "sodium-loss",
    "HYPOCA": "calcium-loss", "PHOS": "phosphate-loss", "VOL": "volume-depletion",
    "HYPERK": "potassium-raising", "B2SHIFT": "potassium-shift", "MITO": "mitochondrial",
    "NMX": "neuromuscular-excitability", "MYO": "direct-myotoxicity", "PK": "pharmacokinetic",
    "THY": "thyroid", "VASC": "vasoconstriction", "NEUROP": "neuropathy",
}  # fmt: skip
# Our group of each group of the reference; where it has several, the drugs tell which.
GROUPS = {
    "thiazide": "thiazide", "thiazide-like": "thiazide-like-diuretic",
    "loop diuretic": "loop-diuretic", "potassium-sparing": "potassium-sparing", "MRA": "mra",
    "MRA (non-steroidal)": "mra", "carbonic anhydrase inhibitor": "carbonic-anhydrase-inhibitor",
    "osmotic diuretic": "osmotic-diuretic", "vaptan": "vaptan", "SABA": "saba",
    "SABA (also oral/SC)": "saba", "LABA": "laba",
    "non-approved beta2-agonist (US: veterinary)": "non-approved-beta2-agonist",
    "methylxanthine": "methylxanthine caffeine-stimulant", "sympathomimetic": "sympathomimetic",
    "statin": "statin", "fibrate": "fibrate", "lipid modifier": "other-lipid-drug",
    "cholesterol absorption inhibitor": "other-lipid-drug", "ACL inhibitor": "other-lipid-drug",
    "PCSK9 mAb": "other-lipid-drug", "MTP inhibitor": "other-lipid-drug",
    "corticosteroid (systemic)": "systemic-corticosteroid",
    "mineralocorticoid": "systemic-corticosteroid", "PPI": "ppi",
    "stimulant laxative": "laxative", "bowel prep": "laxative", "osmotic laxative": "laxative",
    "SGLT2 inhibitor": "sglt2-inhibitor", "insulin": "insulin", "GLP-1 RA": "glp-1-agonist",
    "biguanide": "biguanide", "PTH analogue": "parathyroid-hormone-analogue",
    "PTHrP analogue": "parathyroid-hormone-analogue", "SERM": "oestrogen-and-serm",
    "estrogen": "oestrogen-and-serm", "SERM (oncology)": "oestrogen-and-serm",
    "aromatase inhibitor": "aromatase-inhibitor", "bisphosphonate": "bisphosphonate",
    "RANKL mAb": "calcium-lowering", "calcimimetic": "calcium-lowering",
    "cholinesterase inhibitor": "cholinergic", "cholinergic": "cholinergic",
    "beta-blocker with ISA": "isa-beta-blocker",
    "beta-blocker with (weak) ISA": "weak-isa-beta-blocker",
    "beta-blocker no ISA": "non-isa-beta-blocker", "alpha/beta-blocker": "non-isa-beta-blocker",
    "beta-blocker (often ophthalmic)": "non-isa-beta-blocker", "LAMA": "inhaled-anticholinergic",
    "inhaled corticosteroid": "inhaled-corticosteroid",
    "dihydropyridine CCB": "calcium-channel-blocker", "non-DHP CCB": "calcium-channel-blocker",
    "antiarrhythmic": "antiarrhythmic", "antianginal": "antiarrhythmic",
    "cardiac glycoside": "cardiac-glycoside", "ACE inhibitor": "ace-inhibitor", "ARB": "arb",
    "ARNI": "arni", "renin inhibitor": "renin-inhibitor",
    "antibacterial": "antifolate muscle-toxic-drug", "anticoagulant": "heparin-anticoagulant",
    "potassium supplement": "potassium-supplement", "magnesium supplement": "cramp-supplement",
    "supplement (CoQ10)": "cramp-supplement", "vitamin K antagonist": "vitamin-k-antagonist",
    "macrolide": "macrolide", "azole antifungal": "azole-antifungal",
    "HIV PI / booster": "pharmacokinetic-booster", "booster": "pharmacokinetic-booster",
    "antiplatelet": "pharmacokinetic-booster", "DMARD": "pharmacokinetic-booster",
    "antiviral": "anti-infective-electrolyte pharmacokinetic-booster",
    "calcineurin inhibitor": "calcineurin-inhibitor", "androgen": "muscle-toxic-drug",
    "anti-gout": "muscle-toxic-drug", "BCR-ABL TKI": "targeted-cancer-drug",
    "hedgehog inhibitor": "targeted-cancer-drug", "anti-EGFR mAb": "targeted-cancer-drug",
    "CYP17 inhibitor": "targeted-cancer-drug", "vinca alkaloid": "cytotoxic",
    "platinum": "cytotoxic", "polyene antifungal": "anti-infective-electrolyte",
    "aminoglycoside": "anti-infective-electrolyte",
    "antiprotozoal": "anti-infective-electrolyte", "NRTI": "muscle-toxic-drug",
    "INSTI": "muscle-toxic-drug", "HBV NRTI": "muscle-toxic-drug",
    "antimalarial": "cinchona muscle-toxic-drug", "chelator": "muscle-toxic-drug",
    "IV iron": "iron-and-erythropoietin", "ESA": "iron-and-erythropoietin", "NSAID": "nsaid",
    "gabapentinoid": "gabapentinoid muscle-toxic-drug", "thyroid hormone": "thyroid-hormone",
    "mood stabiliser": "mood-stabiliser", "SSRI": "ssri", "SNRI": "snri",
    "vasopressin analogue": "vasopressin-analogue", "antiepileptic": "antiepileptic",
    "antiepileptic / CAI": "antiepileptic", "antipsychotic": "antipsychotic muscle-toxic-drug",
    "muscle relaxant": "muscle-relaxant", "H2 blocker": "h2-blocker",
    "K binder": "potassium-binder", "phosphate binder": "potassium-binder",
    "PDE5 inhibitor": "pde5-inhibitor", "depolarising NMB": "muscle-toxic-drug",
    "retinoid": "muscle-toxic-drug", "immunomodulator": "muscle-toxic-drug",
    "GnRH agonist": "muscle-toxic-drug", "herbal": "substance", "substance": "substance",
}  # fmt: skip
# Mechanisms that we leave unconfirmed although the row is verified: what was found is a rate or an
# association, and says nothing of how.
STRICTER = {
    ("alirocumab", "MYO"), ("imatinib", "HYPOCA"), ("imatinib", "PHOS"), ("naproxen", "VOL"),
}  # fmt: skip
# Where two sources differ, `explain` shows both.
DISAGREE = {
    "imatinib": ("49.2% against 11.8%", "38% against 11%"),
    "albuterol": ("0.5 to 3%", "5%"),
    "risedronate": ("3.5% against 2.6%", "3.3%"),
    "alirocumab": ("2.7% against 2.7%", "common (1 to 10%)"),
    "sonidegib": ("54.4%", "43.9%"),
    "estradiol": ("rare (one in", "uncommon"),
    "indapamide": ("1 to 3%", "1.2%"),
    "amlodipine": ("below 1%", "1 to 4%"),
    "bisoprolol": ("negative control", "2.1%"),
    "theophylline": ("fell further when", "no further fall"),
    "lithium": ("Long use can raise sodium", "low sodium is listed by recall"),
    "coenzyme q10": ("-1.78", "no benefit"),
    "warfarin": ("fall of the INR", "no effect of coenzyme Q10"),
    "hydrochlorothiazide": ("adjusted sequence ratio 1.48", "12.6%"),
}
# Rates of the reference that only a page written by a machine gives: unconfirmed here.
FROM_A_MACHINE = {"imatinib": {"38", "11"}}
_PERCENT = re.compile(r"\d+(?:\.\d+)?(?=%|-\d+(?:\.\d+)?%)")


def _rows() -> list[dict[str, str]]:
    file = SHARED / "reference/drugs.csv"
    if not file.exists():
        pytest.skip("the reference table is not beside this checkout")
    with file.open(newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture(scope="module")
def shipped() -> Knowledge:
    return load()


def _each(shipped: Knowledge) -> Iterator[tuple[dict[str, str], Ingredient]]:
    rows = _rows()
    assert 206 == len(rows)
    for row in rows:
        yield row, shipped.ingredients[row["ingredient"]]


def test_every_drug_of_the_reference_is_there_with_its_tier_and_group(shipped: Knowledge) -> None:
    """All 206, under the name, the international name, the tier and the group of the reference."""
    for row, drug in _each(shipped):
        assert row["signal_tier"].lower() == drug.tier.value, row["ingredient"]
        assert drug.group in GROUPS[row["group"]].split(), row["ingredient"]
        assert row["inn"].lower() == drug.inn.lower()
        assert drug.file.startswith("ingredients/")


def test_every_mechanism_is_there_and_as_sure_as_the_reference(shipped: Knowledge) -> None:
    """In its order; what the reference recalls, or found nothing of, is unconfirmed."""
    for row, drug in _each(shipped):
        codes = [code for code in row["mechanism"].split(";") if code != "-"]
        assert [MECHANISMS[code] for code in codes] == [one.id for one in drug.mechanisms]
        recalled = _recalled_codes(row["fact_status"], codes)
        unsure = {
            code
            for code, one in zip(codes, drug.mechanisms, strict=True)
            if one.status is Status.UNCONFIRMED
        }
        stricter = {code for name, code in STRICTER if name == row["ingredient"]}
        assert unsure == recalled | stricter, row["ingredient"]


def _recalled_codes(status: str, codes: list[str]) -> set[str]:
    if status == "RECALL":
        return set(codes)
    told = "".join(re.findall(r"RECALL\(([^)]*)\)", status))
    return {code for code in codes if re.search(rf"\b{code}\b", told)}


def test_a_tier_is_unconfirmed_exactly_where_nothing_was_found(shipped: Knowledge) -> None:
    """It then acts as one that is only listed, and `explain` says so."""
    for row, drug in _each(shipped):
        nothing = row["fact_status"] == "RECALL"
        assert (drug.tier_status is Status.UNCONFIRMED) == nothing, row["ingredient"]


def test_only_codes_that_were_seen_in_a_source_are_taken(shipped: Knowledge) -> None:
    """RxNorm codes of verified rows, and ATC codes of the drug itself."""
    for row, drug in _each(shipped):
        verified = {(c.system, c.code) for c in drug.codes if c.status is Status.VERIFIED}
        sure = row["rxcui_status"].startswith("VERIFIED")
        assert sure == (("rxnorm", row["rxcui"]) in verified), row["ingredient"]
        of_its_own = re.fullmatch(r"[A-Z]\d\d[A-Z]{2}\d\d", row["atc"])
        if of_its_own and row["atc_status"].startswith("VERIFIED") and drug.name != "sacubitril":
            assert ("atc", row["atc"]) in verified, row["ingredient"]


def test_no_code_is_verified_that_the_code_table_does_not_verify(shipped: Knowledge) -> None:
    """A row of another status gives no code."""
    file = SHARED / "terminology/ingredients.csv"
    if not file.exists():
        pytest.skip("the code table is not beside this checkout")
    with file.open(newline="") as lines:
        known = {r["rxcui_in"]: r["status"] for r in csv.DictReader(lines) if r["rxcui_in"]}
    unsure = {code for code, status in known.items() if not status.lower().startswith("verified")}
    ours = {
        code.code
        for drug in shipped.ingredients.values()
        for code in drug.codes
        if code.system == "rxnorm" and code.status is Status.VERIFIED
    }
    assert ours
    assert not ours & unsure


def test_every_known_rate_of_cramps_is_a_claim_of_that_kind(shipped: Knowledge) -> None:
    """With every percentage that the reference confirms, and none that it only recalls."""
    for row, drug in _each(shipped):
        told = row["label_cramp_rate"]
        if told in ("-", "n/a (no US label)"):
            continue
        rates = [claim for claim in drug.claims if claim.kind == "label-rate"]
        assert rates, row["ingredient"]
        sure = " ".join(c.text for c in rates if c.status is not Status.UNCONFIRMED)
        confirmed = re.split(r"[;(]?[^;(]*RECALL", told)[0]
        wanted = set(_PERCENT.findall(confirmed)) - {"0"} - FROM_A_MACHINE.get(drug.name, set())
        assert wanted <= set(re.findall(r"\d+(?:\.\d+)?", sure)), row["ingredient"]


@pytest.mark.parametrize(
    ("drug", "number"),
    [
        ("bumetanide", "1.1%"), ("bempedoic acid", "2.3%"), ("teriparatide", "2.6%"),
        ("iron sucrose", "29%"), ("celecoxib", "1.9%"), ("epoetin alfa", "7%"),
        ("pregabalin", "1.5%"), ("letermovir", "20 mg"), ("leflunomide", "10 mg"),
        ("imatinib", "38%"),
    ],
)  # fmt: skip
def test_a_recalled_number_stands_in_an_unconfirmed_claim_only(
    shipped: Knowledge, drug: str, number: str
) -> None:
    """It is shown as such, and nothing confirmed repeats it."""
    holding = [claim for claim in shipped.ingredients[drug].claims if number in claim.text]
    assert holding
    assert {Status.UNCONFIRMED} == {claim.status for claim in holding}


@pytest.mark.parametrize("drug", DISAGREE)
def test_where_sources_disagree_explain_shows_both(drug: str) -> None:
    """Side by side, each with its own source; no middle is taken."""
    said = CliRunner().invoke(main, ["explain", drug])
    assert 0 == said.exit_code
    flat = " ".join(said.output.split())
    for words in DISAGREE[drug]:
        assert words in flat


def test_every_claim_names_a_place_in_its_source(shipped: Knowledge) -> None:
    """A locator is more than the name of the source, and never a page that nobody read."""
    for drug in shipped.ingredients.values():
        for claim in drug.claims:
            assert claim.sources
            for cited in claim.sources:
                assert cited.locator.strip().lower() not in {"label", "text", "page", "various"}


def test_what_nobody_found_is_never_called_verified(shipped: Knowledge) -> None:
    """A claim that rests on recall alone is unconfirmed."""
    for drug in shipped.ingredients.values():
        for claim in drug.claims:
            if {cited.source for cited in claim.sources} == {"maintainer-recall"}:
                assert claim.status is Status.UNCONFIRMED, (drug.name, claim.text)


def test_class_evidence_is_inherited_and_marked_as_such(shipped: Knowledge) -> None:
    """A drug without evidence of its own has its class's; one that has it keeps its own."""
    fluvastatin = [c for c in shipped.ingredients["fluvastatin"].claims if c.kind == "signal"]
    assert {Status.VERIFIED_CLASS} == {claim.status for claim in fluvastatin}
    own = [c for c in shipped.ingredients["gemfibrozil"].claims if c.kind == "signal"]
    assert all("Gemfibrozil" in claim.text for claim in own)
