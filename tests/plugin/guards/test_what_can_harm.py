"""What can harm is offered where the policy lets it stand, and nowhere else."""

from __future__ import annotations

import pytest

from tests.plugin.guards.judged import disagreements, pipeline
from tests.plugin.guards.options_of import TRIED
from tests.plugin.guards.patients import patients


@pytest.mark.parametrize("name", TRIED)
def test_it_is_offered_withheld_or_not_said_as_the_policy_rules(name: str) -> None:
    """On every patient of the enumeration, with the facts of the chart as the reasons."""
    tried = TRIED[name]
    found = disagreements(name, tried.predicate, patients(*tried.parts), unforced=tried.unforced)
    assert not found, "\n".join(found)


def test_every_option_that_can_harm_is_tried() -> None:
    """A new one needs a predicate of its own here."""
    mitigations = pipeline().knowledge.mitigations.values()
    assert {m.id for m in mitigations if m.can_harm} == TRIED.keys()
