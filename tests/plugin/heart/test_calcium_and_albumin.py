"""A low calcium beside a low albumin is not low for sure, on whichever day albumin was measured."""

from __future__ import annotations

from plugin.model import Assessment
from plugin.pipeline import default_pipeline
from plugin.reading.source import split
from tests.plugin.reading.build import AS_OF, Json, bundle, lab, order, person

CALCIUM, ALBUMIN = "17861-6", "1751-7"
ALENDRONATE = "alendronate 70 MG Oral Tablet"


def _said(calcium: float, albumin: Json | None, *drugs: str) -> Assessment:
    """About somebody who takes alendronate, or these drugs; calcium is of 25 October."""
    chart = [
        person(gender="female"),
        *(order(drug, id=f"m{n}") for n, drug in enumerate(drugs or [ALENDRONATE])),
        lab(CALCIUM, calcium, "mg/dL", id="ca"),
        *([albumin] if albumin else []),
    ]
    data = bundle(*({"resource": resource} for resource in chart))
    return default_pipeline().assess_entries(split(data), AS_OF)


def _albumin(value: float, day: str = "2026-10-24") -> Json:
    return lab(ALBUMIN, value, "g/dL", id="alb", effectiveDateTime=day)


def _rules(said: Assessment) -> set[str]:
    return {finding.rule for finding in said.findings}


def test_a_calcium_that_a_low_albumin_explains_is_no_finding() -> None:
    """7.9 with an albumin of 2.6, of that day or of the day before: 9.0."""
    assert "low-calcium" in _rules(_said(7.9, None))
    for day in ("2026-10-25", "2026-10-24"):
        said = _said(7.9, _albumin(2.6, day))
        assert "low-calcium" not in _rules(said)
        assert "calcium-repletion-review" not in {option.id for option in said.mitigations}


def test_what_albumin_does_not_explain_is_still_said() -> None:
    """7.2 with an albumin of 3.2 the day before is between 7.2 and 7.8: low, not an emergency."""
    assert "severe-low-calcium" in _rules(_said(7.2, None))
    found = _rules(_said(7.2, _albumin(3.2)))
    assert "low-calcium" in found
    assert "severe-low-calcium" not in found


def test_a_high_albumin_of_another_day_hides_no_high_calcium() -> None:
    """Only that of the same day takes anything from a calcium."""
    both = "hydrochlorothiazide 25 MG Oral Tablet", "calcium carbonate 1250 MG Oral Tablet"
    assert "thiazide-calcium-high" in _rules(_said(10.6, _albumin(4.6), *both))
    same_day = _said(10.6, _albumin(4.6, "2026-10-25"), *both)
    assert "thiazide-calcium-high" not in _rules(same_day)
