"""Statins and what is taken beside them: a FHIR Bundle to the answer, over the shipped table."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from knowledge.model import Level
from plugin.pipeline import default_pipeline
from plugin.reading.source import split
from tests.plugin.heart.statin_charts import (
    answer,
    drug,
    flagged,
    interactions,
    kidney,
    offered,
)

VIGNETTES = Path(__file__).parents[4] / "shared/vignettes"
SUSPEND = "statin-suspend-during-interacting-course"
CAP = "statin-dose-cap"


def test_simvastatin_above_its_cap_beside_amlodipine_is_a_warning() -> None:
    """The statin is flagged, its partner is named, and the cap is offered, not a pause."""
    said = answer(drug("simvastatin 40 mg tablet", 40), drug("amlodipine 5 mg tablet", 5))
    (finding,) = interactions(said)
    assert ("statin-over-dose-cap", Level.WARNING) == (finding.rule, finding.level)
    assert (("simvastatin",), ("amlodipine",)) == (finding.ingredients, finding.partners)
    assert Level.WARNING is said.level
    assert {"simvastatin": "warning"} == flagged(said)
    assert CAP in offered(said)
    assert SUSPEND not in offered(said)


def test_a_finding_cites_the_label_of_its_own_row() -> None:
    """Of rosuvastatin, not of the simvastatin label that most rows come from."""
    said = answer(drug("rosuvastatin 20 mg tablet", 20), drug("cyclosporine 100 mg capsule"))
    (finding,) = interactions(said)
    (row,) = (
        row
        for row in default_pipeline().knowledge.interactions
        if (row.drug, row.partners, row.jurisdictions)
        == ("rosuvastatin", ("cyclosporine",), ("US",))
    )
    assert {citation.source for citation in row.sources} <= set(finding.sources)
    assert "zocor-label" not in finding.sources


@pytest.mark.parametrize("mg", [10, 20])
def test_simvastatin_at_or_below_its_cap_is_in_order(mg: float) -> None:
    """20 mg is what the label allows beside amlodipine."""
    said = answer(drug(f"simvastatin {mg} mg tablet", mg), drug("amlodipine 5 mg tablet", 5))
    assert [] == interactions(said)
    assert CAP not in offered(said)


def test_simvastatin_beside_clarithromycin_is_critical_at_any_dose() -> None:
    """No dose is right, so the course is bridged without the statin and no cap is offered."""
    for mg in (5, 40, None):
        said = answer(drug("simvastatin", mg), drug("clarithromycin 500 mg tablet"))
        (finding,) = interactions(said)
        assert ("statin-contraindicated-combination", Level.CRITICAL) == (
            finding.rule,
            finding.level,
        )
        assert {"simvastatin": "critical"} == flagged(said)
        assert SUSPEND in offered(said)
        assert CAP not in offered(said)


def test_a_dose_that_cannot_be_read_is_said_beside_a_capped_partner() -> None:
    """It may be above the cap or not: information, with the cap."""
    said = answer(drug("simvastatin"), drug("amlodipine 5 mg tablet", 5))
    (finding,) = interactions(said)
    assert ("statin-dose-not-read", Level.INFO) == (finding.rule, finding.level)
    assert CAP in offered(said)


@pytest.mark.parametrize(
    ("mg", "jurisdiction", "rules"),
    [
        (10, "US", []),
        (20, "US", ["statin-over-dose-cap"]),
        (20, "UK", []),
        (40, "US", ["statin-over-dose-cap"]),
        (40, "UK", ["statin-over-dose-cap"]),
    ],
)
def test_the_cap_beside_verapamil_is_10_mg_in_the_us_and_20_in_the_uk(
    mg: float, jurisdiction: str, rules: list[str]
) -> None:
    """Each jurisdiction by its own text."""
    said = answer(
        drug(f"simvastatin {mg} mg tablet", mg),
        drug("verapamil 120 mg tablet", 120),
        jurisdiction=jurisdiction,
    )
    assert rules == [finding.rule for finding in interactions(said)]


@pytest.mark.parametrize(
    ("mg", "jurisdiction", "found"),
    [
        (5, "US", []),
        (10, "US", [("statin-over-dose-cap", Level.CRITICAL)]),
        (5, "UK", [("statin-contraindicated-combination", Level.CRITICAL)]),
        (5, "EU", [("statin-contraindicated-combination", Level.CRITICAL)]),
    ],
)
def test_rosuvastatin_beside_cyclosporine_is_capped_in_the_us_and_forbidden_elsewhere(
    mg: float, jurisdiction: str, found: list[tuple[str, Level]]
) -> None:
    """Above the US cap it is critical without a symptom: the row itself says so."""
    said = answer(
        drug(f"rosuvastatin {mg} mg tablet", mg),
        drug("cyclosporine 100 mg capsule", 100),
        jurisdiction=jurisdiction,
    )
    assert found == [(finding.rule, finding.level) for finding in interactions(said)]


@pytest.mark.parametrize("jurisdiction", ["UK", "EU", "US"])
def test_fusidic_acid_counts_where_it_is_swallowed_and_only_in_the_uk_and_eu(
    jurisdiction: str,
) -> None:
    """A cream is no exposure, and the US has no such row."""
    tablet = drug("fusidic acid 250 mg tablet", 500)
    cream = drug("fusidic acid cream", dosageInstruction=[{"route": {"text": "topical"}}])
    statin = drug("atorvastatin 20 mg tablet", 20)
    by_mouth = interactions(answer(statin, tablet, jurisdiction=jurisdiction))
    assert [] == interactions(answer(statin, cream, jurisdiction=jurisdiction))
    assert ([] if jurisdiction == "US" else [Level.CRITICAL]) == [f.level for f in by_mouth]


def test_a_row_of_two_partners_needs_both() -> None:
    """Atorvastatin is capped beside boosted darunavir, not beside ritonavir or darunavir alone."""
    statin = drug("atorvastatin 40 mg tablet", 40)
    boosted = (drug("darunavir 800 mg tablet"), drug("ritonavir 100 mg tablet"))
    for one in boosted:
        assert [] == interactions(answer(statin, one))
    (finding,) = interactions(answer(statin, *boosted))
    assert ("statin-over-dose-cap", ("darunavir", "ritonavir")) == (finding.rule, finding.partners)


@pytest.mark.parametrize("inhibitor", ["ritonavir 100 mg tablet", "nelfinavir 250 mg tablet"])
def test_any_protease_inhibitor_is_forbidden_beside_simvastatin(inhibitor: str) -> None:
    """The label names the class."""
    (finding,) = interactions(answer(drug("simvastatin 10 mg tablet", 10), drug(inhibitor)))
    assert ("statin-contraindicated-combination", Level.CRITICAL) == (finding.rule, finding.level)


def test_a_statin_that_is_over_does_not_interact() -> None:
    """A completed order is listed and fires nothing."""
    said = answer(
        drug("simvastatin 40 mg tablet", 40, status="completed"),
        drug("clarithromycin 500 mg tablet"),
    )
    assert [] == interactions(said)
    assert {"simvastatin": False, "clarithromycin": True} == {
        medication.ingredients[0]: medication.current for medication in said.medications
    }


@pytest.mark.parametrize("partner", ["clarithromycin", "itraconazole", "amlodipine", "verapamil"])
@pytest.mark.parametrize("jurisdiction", ["US", "UK", "EU"])
def test_rosuvastatin_does_not_mind_cyp3a4_inhibitors(partner: str, jurisdiction: str) -> None:
    """It is not cleared by that enzyme."""
    said = answer(drug("rosuvastatin 40 mg tablet", 40), drug(partner), jurisdiction=jurisdiction)
    assert [] == interactions(said)
    assert not {CAP, SUSPEND} & offered(said)


@pytest.mark.parametrize(
    ("egfr", "mg", "rules"),
    [(29, 40, ["statin-over-dose-cap-by-record"]), (29, 20, []), (30, 40, []), (None, 40, [])],
)
def test_lovastatin_is_capped_by_a_proven_low_kidney_function(
    egfr: float | None, mg: float, rules: list[str]
) -> None:
    """Below 30 and above 20 mg; a kidney function that is not known proves nothing."""
    results = [kidney(egfr)] if egfr is not None else []
    said = answer(drug(f"lovastatin {mg} mg tablet", mg), *results)
    assert rules == [finding.rule for finding in interactions(said)]


@pytest.mark.parametrize("name", ["V05", "V24"])
def test_the_published_cases_of_interaction(name: str) -> None:
    """Level, flags, what is offered and what must not be."""
    file = VIGNETTES / f"{name}.json"
    if not file.exists():
        pytest.skip("the published cases are not beside this checkout")
    case = json.loads(file.read_bytes())
    expect = case["expect"]
    entries = split(json.dumps(case["bundle"]).encode())
    said = default_pipeline().assess_entries(entries, date.fromisoformat(case["as_of"]))
    assert expect["level"] == said.level.value
    assert expect["flagged"] == flagged(said)
    assert not set(expect["not_flagged"]) & set(flagged(said))
    assert set(expect["mitigations"]) <= offered(said)
    assert not set(expect["forbidden_mitigations"]) & offered(said)
    assert expect["unread_texts"] == [entry.text for entry in said.unread]
