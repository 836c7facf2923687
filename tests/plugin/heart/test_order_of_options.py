"""What is done first stands first, and what an offer waits for is offered in its place."""

from __future__ import annotations

import pytest

from plugin.model import Assessment
from plugin.pipeline import default_pipeline
from plugin.reading.source import split
from tests.plugin.reading.build import AS_OF, Json, bundle, lab, order, person, problem


def _said(*resources: Json) -> Assessment:
    data = bundle(*({"resource": one} for one in (person(), *resources)))
    return default_pipeline().assess_entries(split(data), AS_OF)


def test_care_for_anybody_comes_after_the_team_and_the_tests() -> None:
    """Nobody reads of footwear before "speak with the transplant team before any change"."""
    said = _said(
        order("tacrolimus 1 MG Oral Capsule"),
        problem(code={"text": "muscle cramps"}),
        problem(code={"text": "kidney transplant status"}, id="c2"),
        lab("19123-9", 1.1, "mg/dL", id="mg"),
        lab("98979-8", 50, "mL/min/{1.73_m2}", id="e"),
    )
    kinds = [one.kind for one in said.mitigations]
    assert {"transplant-team-review", "ecg"} <= {one.id for one in said.mitigations}
    assert kinds == sorted(kinds, key=lambda kind: kind == "non-drug")
    assert "non-drug" in kinds


@pytest.mark.parametrize(
    "result",
    [
        lab("2823-3", 3.2, id="k"),
        lab("19123-9", 1.4, "mg/dL", id="mg"),
        lab("17861-6", 8.0, "mg/dL", id="ca"),
    ],
    ids=["potassium", "magnesium", "calcium"],
)
def test_a_replacement_that_waits_for_the_kidneys_asks_for_them(result: Json) -> None:
    """It was held back for want of an eGFR, and nothing asked for one."""
    furosemide = order("furosemide 40 MG Oral Tablet")
    said = _said(furosemide, result)
    assert "check-kidney-function" in {one.id for one in said.mitigations}
    asked = {one.lab: one.mitigations for one in said.orders}
    assert "check-kidney-function" in asked["creatinine"]
    known = lab("98979-8", 80, "mL/min/{1.73_m2}", id="e")
    dialysis = problem(code={"text": "on hemodialysis"})
    for other in (known, dialysis):
        offered = _said(furosemide, result, other).mitigations
        assert "check-kidney-function" not in {one.id for one in offered}


def test_a_low_thyrotropin_on_levothyroxine_says_what_to_do_in_plain_units() -> None:
    """`mIU/L`, as people write it, and not the brackets of UCUM."""
    said = _said(
        order("levothyroxine sodium 0.1 MG Oral Tablet"),
        lab("3016-3", 0.1, "m[IU]/L", id="t"),
    )
    (found,) = said.findings
    assert "thyrotropin 0.1 mIU/L (" in found.summary
    assert ["levothyroxine-dose-review"] == [one.id for one in said.mitigations]
