"""What is silenced of an assessment, over every golden case."""

from __future__ import annotations

import pytest

from knowledge.model import Level
from plugin.cards.issued import RuleOutcome
from plugin.cards.shape import REASON_SYSTEM
from plugin.config import Settings
from plugin.model import Assessment, Finding
from plugin.pipeline import default_pipeline
from plugin.reading.source import split
from plugin.services.suppressing import ORDER_SIGN, Suppression, quiet
from tests.plugin.golden import all_cases, case

PIPELINE = default_pipeline(Settings())
KNOWLEDGE = PIPELINE.knowledge
CARE = {rule.id for rule in KNOWLEDGE.rules if rule.drug == "flagged"}
CASES = [one.name for one in all_cases()]


def assessed(name: str) -> Assessment:
    patient_case = case(name)
    return PIPELINE.assess_entries(split(patient_case.bundle), patient_case.as_of)


def same(_: Finding) -> str:
    return "same"


def overrides(assessment: Assessment, **changed: str) -> dict[str, RuleOutcome]:
    """Every rule of an assessment, overridden at its level for a reason that lasts."""
    found = {}
    for one in assessment.findings:
        outcome = {
            "rule": one.rule,
            "level": one.level.value,
            "evidence": "same",
            "outcome": "overridden",
            "reason_system": REASON_SYSTEM,
            "reason_code": "other-cause",
            **changed,
        }
        found[one.rule] = RuleOutcome(**outcome)
    return found


@pytest.mark.parametrize("name", CASES)
def test_of_every_case_only_what_is_critical_is_left(name: str) -> None:
    """With what that proposes; and care that anybody gets does not stand alone."""
    before = assessed(name)
    after, gone = quiet(before, overrides(before), same, KNOWLEDGE)
    critical = [one for one in before.findings if one.level is Level.CRITICAL]
    assert list(after.findings) == critical
    assert {*after.findings, *gone} == {*before.findings}
    assert after.level is (Level.CRITICAL if critical else Level.NONE)
    assert {one.id for one in after.mitigations} <= {one.id for one in before.mitigations}
    named = {name for one in critical for name in one.mitigations}
    assert named <= {one.id for one in after.mitigations}
    assert critical or (after.mitigations, after.withheld) == ((), ())
    assert (after.unread, after.medications) == (before.unread, before.medications)


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize(
    "changed",
    [
        {"evidence": "other"},
        {"outcome": "accepted"},
        {"reason_code": "record-wrong"},
        {"reason_system": "urn:other"},
        {"level": "none"},
    ],
    ids=str,
)
def test_whatever_is_different_about_an_override_leaves_everything_said(
    name: str, changed: dict[str, str]
) -> None:
    before = assessed(name)
    assert quiet(before, overrides(before, **changed), same, KNOWLEDGE) == (before, ())


@pytest.mark.parametrize("name", CASES)
def test_each_finding_that_is_silenced_alone_leaves_the_others(name: str) -> None:
    """But for care beside a flagged drug, where no other finding is left."""
    before = assessed(name)
    for rule, outcome in overrides(before).items():
        after, gone = quiet(before, {rule: outcome}, same, KNOWLEDGE)
        kept = {one.rule for one in after.findings}
        silent = {one.rule for one in gone}
        assert silent <= {rule} | CARE
        assert not kept or kept - CARE or {one.level for one in after.findings} != {Level.INFO}
        for one in after.findings:
            assert set(one.mitigations) <= {offered.id for offered in after.mitigations}


@pytest.mark.parametrize(
    ("days", "on_sign", "hook", "applies"),
    [
        (0, True, "patient-view", False),
        (1, False, "patient-view", True),
        (1, False, "order-select", True),
        (1, False, ORDER_SIGN, False),
        (1, True, ORDER_SIGN, True),
    ],
)
def test_orders_are_signed_without_silence_unless_a_site_says_otherwise(
    days: int, on_sign: bool, hook: str, applies: bool
) -> None:
    assert Suppression(days, on_sign).applies(hook) is applies
