"""Malaria excuses quinine while it is there, and not for ever: FHIR in, answer out."""

from __future__ import annotations

from typing import Any

import pytest

from plugin.pipeline import default_pipeline
from plugin.reading.source import split
from tests.plugin.reading.build import AS_OF, ICD, Json, bundle, order, person, problem

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
    assert excused is ("quinine-without-malaria" not in _fired(*chart))


def _fired(*chart: Json) -> set[str]:
    data = bundle(*({"resource": resource} for resource in chart))
    said = default_pipeline().assess_entries(split(data), AS_OF)
    return {one.rule for one in said.findings}


QUININE = "quinine sulfate 324 mg capsule"
CRAMPS = {"text": "Nocturnal leg cramps"}


@pytest.mark.parametrize(
    ("given_for", "excused"),
    [
        ({"reasonCode": [MALARIA]}, True),
        ({"reasonCode": [{"text": "Malaria"}]}, True),
        ({"reasonCode": [CRAMPS, MALARIA]}, True),
        ({"reason": [{"concept": MALARIA}]}, True),
        ({"reason": [{"reference": {"reference": "Condition/elsewhere"}}]}, False),
        ({"reasonCode": [CRAMPS]}, False),
        ({"reasonCode": "malaria"}, True),  # a text where a list of concepts belongs
        ({"reasonCode": [{"coding": 5}]}, False),
        ({"reasonCode": [MALARIA], "authoredOn": "2015-05-05"}, False),
        ({}, False),
    ],
)
@pytest.mark.parametrize("drug", [QUININE, "hydroquinine 100 mg"])
def test_malaria_as_the_reason_of_the_order_excuses_it(
    given_for: dict[str, Any], excused: bool, drug: str
) -> None:
    """As a code or a text, of R4 and of R5; that of an order of years ago does not."""
    fired = _fired(person(), order(drug) | given_for)
    assert excused is ("quinine-without-malaria" not in fired)


def test_the_reason_of_an_order_that_is_over_excuses_nothing() -> None:
    """Malaria was treated with another order; this one has no reason."""
    over = order(QUININE, id="old") | {"reasonCode": [MALARIA], "status": "stopped"}
    assert "quinine-without-malaria" in _fired(person(), over, order(QUININE, id="new"))


def test_reasons_of_other_drugs_are_not_read() -> None:
    """They are given for much that is only feared, or was long ago."""
    other = order("doxycycline 100 mg") | {"reasonCode": [MALARIA]}
    assert "quinine-without-malaria" in _fired(person(), other, order(QUININE, id="q"))


def test_a_draft_that_says_it_is_for_malaria_draws_no_card() -> None:
    """As it is signed; beside it, one for cramps does."""
    drafts = [
        order(QUININE, id=id_) | {"reasonCode": [reason], "status": "draft"}
        for id_, reason in (("a", MALARIA), ("b", CRAMPS))
    ]
    for draft, expected in zip(drafts, (False, True), strict=True):
        chart = split(bundle({"resource": person()}))
        orders = split(bundle({"resource": draft}))
        read = default_pipeline().read_ordered(chart, orders, AS_OF, "Patient/p1")
        said = default_pipeline().assessor.assess(read.after, AS_OF)
        assert expected is ("quinine-without-malaria" in [one.rule for one in said.findings])
