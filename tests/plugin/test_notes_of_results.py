"""What a card says beside a result, so that its number is not read for more than it is."""

from __future__ import annotations

import json

import pytest

from plugin.model import Finding
from plugin.pipeline import default_pipeline
from plugin.reading.source import split
from tests.plugin.hook_calls import TODAY, Json, order, patient, potassium


def _result(loinc: str, value: float, unit: str) -> Json:
    code = {"coding": [{"system": "http://loinc.org", "code": loinc}]}
    quantity = {"value": value, "unit": unit}
    return potassium(0, id_=f"o{loinc}", code=code, valueQuantity=quantity)


def _said(rule: str, *resources: Json) -> Finding:
    entries = [{"resource": one} for one in (patient(), *resources)]
    sent = json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries})
    found = default_pipeline().assess_entries(split(sent.encode()), TODAY)
    return next(finding for finding in found.findings if finding.rule == rule)


@pytest.mark.parametrize(
    ("drug", "rule"),
    [("atorvastatin", "severe-low-calcium-on-file"), ("furosemide", "severe-low-calcium")],
)
def test_a_severe_total_calcium_says_when_the_ionised_one_is_not_low(drug: str, rule: str) -> None:
    """It stays critical: the note is for the clinician who has both results and one card."""
    total = _result("17861-6", 7.2, "mg/dL")
    plain = _said(rule, order(drug), total)
    acts = "The ionised calcium, 1.2 mmol/L (2026-10-25), is not low, and it is the one that acts."
    assert acts not in plain.notes
    both = _said(rule, order(drug), total, _result("1994-3", 1.2, "mmol/L"))
    assert acts in both.notes
    assert plain.level is both.level
    low = _said(rule, order(drug), total, _result("1994-3", 1.0, "mmol/L"))
    assert not [note for note in low.notes if "not low" in note]


@pytest.mark.parametrize(("value", "ours"), [(5.0, True), (5.4, True), (5.5, False)])
def test_a_potassium_below_the_bands_is_called_high_by_our_own_limit(
    value: float, ours: bool
) -> None:
    """The guideline's bands begin at 5.5 mmol/L; from 5.0 potassium is refused by choice."""
    found = _said("high-potassium", order("spironolactone"), potassium(value))
    assert ours == any("5.0 is our own limit" in note for note in found.notes)


def test_the_cramp_signal_of_potassium_sparing_diuretics_is_cited_where_it_is_told() -> None:
    """With a high and with a very high potassium."""
    for rule, value in (("high-potassium", 5.6), ("very-high-potassium", 6.1)):
        cramps = {
            "resourceType": "Condition",
            "id": "c1",
            "code": {"text": "muscle cramps"},
            "subject": {"reference": "Patient/zora"},
            "recordedDate": "2026-10-20",
        }
        found = _said(rule, order("spironolactone"), potassium(value), cramps)
        assert [note for note in found.notes if "largest cramp signal" in note]
        assert "garrison-2012" in found.sources
