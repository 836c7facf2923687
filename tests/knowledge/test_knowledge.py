"""What loaded knowledge is: inheritance, groups, evidence of examples, what awaits review."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec
import pytest

from knowledge.check import awaiting_review, overdue
from knowledge.load import load
from knowledge.model import Knowledge, Level, RouteClass, Status, Tier
from tests.knowledge.knowledge_copy import TINY


@pytest.fixture(scope="module")
def tiny() -> Knowledge:
    return load(TINY)


def test_a_claim_of_the_class_is_inherited_unless_the_drug_has_its_own(tiny: Knowledge) -> None:
    """Found for the class is weaker than found for the drug, and unconfirmed stays unconfirmed."""
    own = {claim.kind: claim for claim in tiny.ingredients["bumetanide"].claims}
    inherited = {claim.kind: claim for claim in tiny.ingredients["furosemide"].claims}
    assert ("A trial of its own.", Status.VERIFIED) == (own["signal"].text, own["signal"].status)
    assert Status.VERIFIED_CLASS == inherited["signal"].status
    assert Status.UNCONFIRMED == inherited["mechanism"].status == own["mechanism"].status


def test_a_route_is_the_drugs_own_or_its_groups(tiny: Knowledge) -> None:
    """The group's route stands in where the ingredient names none."""
    assert RouteClass.ORAL == tiny.ingredients["furosemide"].default_route
    assert RouteClass.PARENTERAL == tiny.ingredients["bumetanide"].default_route


def test_groups_of_groups_hold_ingredients(tiny: Knowledge) -> None:
    """A union lists ingredient names only, through every level."""
    loop = frozenset({"furosemide", "bumetanide"})
    assert loop == tiny.groups["loop-diuretic"].members == tiny.groups["diuretic"].members
    assert loop | {"potassium chloride"} == tiny.groups["potassium-moving"].members
    assert {"quinine", "tonic water"} == tiny.groups["never-propose"].members
    assert tiny.groups["never-propose"].never_propose
    assert not tiny.groups["diuretic"].never_propose


def test_an_unconfirmed_tier_only_lists(tiny: Knowledge) -> None:
    """A tier that was not found in a source may not act."""
    assert Tier.LISTED == tiny.ingredients["bumetanide"].effective_tier
    assert Tier.ALONE == tiny.ingredients["furosemide"].effective_tier
    assert Tier.NEVER == tiny.ingredients["quinine"].effective_tier


def test_a_selector_is_a_group_or_a_drug_or_everything(tiny: Knowledge) -> None:
    """`any` and `flagged` select every ingredient."""
    assert frozenset({"quinine"}) == tiny.members("quinine")
    assert tiny.groups["diuretic"].members == tiny.members("diuretic")
    assert frozenset(tiny.ingredients) == tiny.members("any") == tiny.members("flagged")


def test_only_local_routes_are_not_exposure() -> None:
    """A route that nobody named counts as systemic."""
    local = {route for route in RouteClass if not route.systemic}
    assert {RouteClass.TOPICAL, RouteClass.OPHTHALMIC, RouteClass.OTIC} == local


def test_entries_become_values_with_their_file(tiny: Knowledge) -> None:
    """Numbers are exact, rules keep their order and their file."""
    assert ["low-potassium", "very-low-potassium", "with-quinine", "dose-cap"] == [
        rule.id for rule in tiny.rules
    ]
    assert {"rules/potassium.toml"} == {rule.file for rule in tiny.rules}
    assert "ingredients/loop.toml" == tiny.ingredients["furosemide"].file
    assert (Decimal("3.5"), Decimal(5)) == tiny.labs["potassium"].codes[1].trusted
    assert Decimal(40) == tiny.interactions[0].cap_mg
    assert tiny.interactions[1].cap_mg is None
    assert Level.CRITICAL == tiny.interactions[1].level
    assert "never-propose" == tiny.rules[2].partner
    assert "potassium-moving" == tiny.rules[2].also


def test_knowledge_survives_being_stored(tiny: Knowledge) -> None:
    """Every fact keeps its type, every number its value, through msgpack."""
    stored = msgspec.msgpack.encode(tiny)
    assert tiny == msgspec.msgpack.decode(stored, type=Knowledge)


def test_files_that_nobody_reviewed_are_listed(tiny: Knowledge) -> None:
    """Until somebody signs, that is every file."""
    assert "rules/potassium.toml" in {entry.file for entry in awaiting_review(tiny)}
    assert tiny.reviews == awaiting_review(tiny)


def test_knowledge_that_ages_still_loads_and_is_listed(tiny: Knowledge) -> None:
    """A review is overdue the day after it was due, and stops nothing."""
    assert () == overdue(tiny, date(2027, 1, 2))
    assert len(tiny.reviews) == len(overdue(tiny, date(2027, 1, 3)))
    assert len(tiny.reviews) == len(overdue(tiny, date(2999, 1, 1)))
