"""Malaria excuses quinine while it is there, and not for ever: FHIR in, answer out."""

from __future__ import annotations

from typing import Any

import pytest

from plugin.pipeline import default_pipeline
from plugin.reading.source import split
from tests.plugin.reading.build import AS_OF, ICD, bundle, order, person, problem

MALARIA = {"coding": [{"system": ICD, "code": "B50.9"}]}
ENCOUNTER = {"category": [{"coding": [{"code": "encounter-diagnosis"}]}]}


@pytest.mark.parametrize(
    ("elements", "excused"),
    [
        ({"recordedDate": "2026-10-20", **ENCOUNTER}, True),
        ({"recordedDate": "2015-05-05", **ENCOUNTER}, False),
        ({"recordedDate": "2015-05-05"}, True),
        ({"clinicalStatus": {"coding": [{"code": "resolved"}]}}, False),
    ],
)
def test_malaria_of_an_encounter_long_ago_excuses_no_quinine(
    elements: dict[str, Any], excused: bool
) -> None:
    """Nobody closes an encounter's diagnosis; what stands on the problem list is believed."""
    ill = problem(MALARIA) | {"onsetDateTime": "", **elements}
    chart = (person(), order("quinine sulfate 324 mg capsule"), ill)
    data = bundle(*({"resource": resource} for resource in chart))
    said = default_pipeline().assess_entries(split(data), AS_OF)
    assert excused is ("quinine-without-malaria" not in [one.rule for one in said.findings])
