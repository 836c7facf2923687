"""A result that can explain the symptom, or is an emergency, is said beside any flagged drug."""

from __future__ import annotations

import pytest

from plugin.model import Assessment
from plugin.pipeline import default_pipeline
from plugin.reading.source import split
from tests.plugin.reading.build import AS_OF, Json, allergy, bundle, lab, order, person, problem

STATIN, THIAZIDE, ALBUTEROL = (
    "simvastatin 20 MG Oral Tablet",
    "hydrochlorothiazide 25 MG Oral Tablet",
    "albuterol 90 MCG/ACTUAT Metered Dose Inhaler",
)
CRAMPS = problem(code={"text": "muscle cramps"})
AKI = problem(code={"text": "acute kidney injury"}, id="c2")
U_WAVES = problem(code={"text": "u waves"}, id="c3")
EGFR = lab("98979-8", 80, "mL/min/{1.73_m2}", id="e")


def _said(*resources: Json) -> Assessment:
    data = bundle(*({"resource": one} for one in (person(), EGFR, *resources)))
    return default_pipeline().assess_entries(split(data), AS_OF)


def _k(value: float, **more: str) -> Json:
    return lab("2823-3", value, id="k", **more)


def _mg(value: float, **more: str) -> Json:
    return lab("19123-9", value, "mg/dL", id="mg", **more)


def _ca(value: float, **more: str) -> Json:
    return lab("17861-6", value, "mg/dL", id="ca", **more)


def _ionised(value: float, **more: str) -> Json:
    return lab("1994-3", value, "mmol/L", id="ica", **more)


OLD = {"effectiveDateTime": "2026-09-20"}


@pytest.mark.parametrize(
    ("extra", "rule", "level"),
    [
        ((CRAMPS, _k(3.4)), "low-potassium-beside-symptom", "info"),
        ((CRAMPS, _k(2.9)), "moderate-low-potassium-beside-symptom", "warning"),
        ((CRAMPS, _k(2.4, **OLD)), "moderate-low-potassium-beside-symptom", "warning"),
        ((CRAMPS, _k(2.4)), "very-low-potassium-on-file", "critical"),
        ((U_WAVES, _k(3.2)), "very-low-potassium-on-file", "critical"),
        ((CRAMPS, _mg(1.69)), "low-magnesium-beside-symptom", "warning"),
        ((CRAMPS, _mg(1.1, **OLD)), "low-magnesium-beside-symptom", "warning"),
        ((CRAMPS, _mg(1.19)), "low-magnesium-with-sign-on-file", "critical"),
        ((CRAMPS, _mg(0.99)), "very-low-magnesium-on-file", "critical"),
        ((CRAMPS, _ca(8.4)), "low-calcium-beside-symptom", "info"),
        ((_ca(7.5),), "severe-low-calcium-on-file", "critical"),
        ((_ionised(0.79),), "severe-low-calcium-on-file", "critical"),
        ((AKI, _k(5.5)), "very-high-potassium-on-file", "critical"),
    ],
)
def test_it_is_said_once_and_at_its_level(extra: tuple[Json, ...], rule: str, level: str) -> None:
    """Beside a statin, which explains none of them."""
    said = _said(order(STATIN), *extra)
    found = [one for one in said.findings if "-on-file" in one.rule or "-beside-" in one.rule]
    assert [(rule, level)] == [(one.rule, one.level.value) for one in found]


@pytest.mark.parametrize(
    "extra",
    [
        (_k(3.0),), (_mg(1.3),), (_ca(8.0),), (_ionised(0.9),), (AKI, _k(5.4)), (_k(5.9),),
        (CRAMPS, _k(3.5)), (CRAMPS, _mg(1.7)), (CRAMPS, _ca(8.5)), (AKI, _k(5.7, **OLD)),
        (CRAMPS, _ca(8.0), _ionised(1.2)),
    ],
)  # fmt: skip
def test_nothing_is_said_without_the_symptom_or_short_of_the_cut(extra: tuple[Json, ...]) -> None:
    """Nor of a calcium whose ionised part is sound."""
    said = _said(order(STATIN), *extra)
    assert [] == [one.rule for one in said.findings if "-on-file" in one.rule or "low" in one.rule]


@pytest.mark.parametrize(
    ("drug", "extra"),
    [
        (THIAZIDE, (_k(3.3),)), (THIAZIDE, (_k(2.8),)), (THIAZIDE, (_mg(1.5),)),
        (THIAZIDE, (_mg(1.1),)), (ALBUTEROL, (_k(3.2),)), (ALBUTEROL, (_k(2.8),)),
        ("furosemide 40 MG Oral Tablet", (_ca(8.0),)), (STATIN, (_k(3.2), problem(
            code={"text": "on hemodialysis"}, id="c4"))),
    ],
)  # fmt: skip
def test_where_a_drug_explains_it_or_on_dialysis_it_is_not_said_again(
    drug: str, extra: tuple[Json, ...]
) -> None:
    """The rule about the drug says it, and the dialysis team stands alone."""
    said = _said(order(drug), CRAMPS, *extra)
    assert [] == [
        one.rule for one in said.findings if "-beside-" in one.rule or "-on-file" in one.rule
    ]


def test_no_potassium_or_calcium_is_offered_where_the_cause_is_open() -> None:
    """Magnesium is: its row names no drug."""
    said = _said(order(STATIN), CRAMPS, _k(3.2), _mg(1.4), _ca(8.0))
    offered = {one.id for one in said.mitigations if one.id.endswith("-repletion-review")}
    assert {"magnesium-repletion-review"} == offered


def test_a_very_low_ionised_calcium_is_an_emergency_without_calcium_by_mouth() -> None:
    """0.8 is low, and calcium by mouth is offered."""
    furosemide = order("furosemide 40 MG Oral Tablet")
    offered = [{one.id for one in _said(furosemide, _ionised(v)).mitigations} for v in (0.79, 0.8)]
    assert ["emergency-evaluation" in ids for ids in offered] == [True, False]
    assert ["calcium-repletion-review" in ids for ids in offered] == [False, True]


def test_one_of_several_facts_stops_a_rule_though_an_allergy_is_the_symptom() -> None:
    """A muscle reaction on the allergy list is asked drug by drug, and must be asked alike."""
    reaction = allergy(code={"text": "simvastatin"})
    said = _said(order(STATIN), reaction, _k(2.4))
    found = [one.rule for one in said.findings if "potassium" in one.rule]
    assert ["very-low-potassium-on-file"] == found
