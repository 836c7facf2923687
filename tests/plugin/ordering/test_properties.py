"""What must be true of every check of orders, whoever the patient is."""

from __future__ import annotations

import random
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from plugin.cards.ordering import order_cards
from plugin.cards.site import NOWHERE
from plugin.model import Assessment
from tests.oracle.book import the_book
from tests.oracle.charts import is_current
from tests.oracle.sketch import Med, Said, Sketch
from tests.plugin.heart.front_door import answer, effort, pipeline, verdict
from tests.plugin.heart.strategies import MEDS, sketches
from tests.plugin.ordering.front_door import check, drafts

BOOK = the_book()
RANK = ("none", "info", "warning", "critical")
DRAFTED = st.lists(MEDS, min_size=1, max_size=3)


def signed(sketch: Sketch, meds: list[Med]) -> Assessment:
    """The answer as it will be once the drafts are signed, by the way of the chart."""
    as_orders = [
        replace(
            med, status="active", intent="order", statement=False, start=None, ended=None,
            not_prescribed=False,
        )
        for med in meds
    ]  # fmt: skip
    return answer(replace(sketch, meds=(*sketch.meds, *as_orders)))


def known(before: frozenset[Said], one: Said) -> bool:
    """Whether a rule spoke of the same drugs and partners before, at the level or above."""
    same = [
        said
        for said in before
        if said.rule == one.rule and RANK.index(said.level) >= RANK.index(one.level)
    ]
    drugs = {name for said in same for name in said.ingredients}
    partners = {name for said in same for name in said.partners}
    return set(one.ingredients) <= drugs and set(one.partners) <= drugs | partners


@effort(150)
@given(sketches(), DRAFTED)
def test_what_orders_bring_is_said_and_what_was_there_is_not_made_up(
    sketch: Sketch, meds: list[Med]
) -> None:
    """Each finding with the drafts was there before, or is said where a drafted drug is in it."""
    before, after = verdict(answer(sketch)).findings, verdict(signed(sketch, meds)).findings
    said = verdict(check(sketch, drafts(meds, sketch)).assessment).findings
    ordered = {name for med in meds for name in med.ingredients}
    assert said <= after
    owed = {
        one
        for one in after
        if not known(before, one) and ordered & {*one.ingredients, *one.partners}
    }
    assert owed <= said


@effort(100)
@given(sketches(), DRAFTED)
def test_an_order_check_holds_together(sketch: Sketch, meds: list[Med]) -> None:
    """Level, options and findings belong to each other, and a draft is removed for a reason."""
    orders = drafts(meds, sketch)
    found = check(sketch, orders)
    told = found.assessment
    assert told.level.value == max(
        (f.level.value for f in told.findings), key=RANK.index, default="none"
    )
    offered = {one.id for one in told.mitigations}
    assert not offered & {one.mitigation for one in told.withheld}
    assert {name for one in told.findings for name in one.mitigations} <= offered
    with_all = signed(sketch, meds)
    assert offered <= {one.id for one in with_all.mitigations}
    kept = pipeline().knowledge.members("never-stopped")
    for draft in found.removable:
        assert draft.reference in {f"MedicationRequest/{one['id']}" for one in orders}
        assert told.level.value == "critical"
        assert not kept & set(draft.ingredients)


@effort(100)
@given(sketches())
def test_an_order_of_an_antibiotic_without_a_link_says_nothing(sketch: Sketch) -> None:
    """Whatever the chart holds, and whatever of it could not be read."""
    found = check(sketch, drafts([Med(("amoxicillin",))], sketch))
    assert order_cards(found, found.assessment, pipeline().knowledge, NOWHERE) == ([], [])


@effort(100)
@given(sketches())
def test_renewing_what_is_taken_says_only_what_is_critical_of_it(sketch: Sketch) -> None:
    """The same drug, route and dose as an order that is current."""
    taken = [one for one in sketch.meds if is_current(one, sketch.as_of)]
    renewed = [one for one in taken if not one.statement]
    found = check(sketch, drafts(renewed, sketch))
    names = {name for one in renewed for name in one.ingredients}
    critical = [one for one in answer(sketch).findings if one.level.value == "critical"]
    due = {one.rule for one in critical if names & set(one.ingredients)}
    assert {one.rule for one in found.assessment.findings} == due
    assert found.removable == ()


@effort(100)
@given(sketches(), DRAFTED, MEDS)
def test_one_more_draft_never_lowers_the_level(sketch: Sketch, meds: list[Med], more: Med) -> None:
    """On order-sign, where all drafts are meant."""
    few = check(sketch, drafts(meds, sketch)).assessment.level
    many = check(sketch, drafts([*meds, more], sketch)).assessment.level
    assert many.rank >= few.rank


@effort(60)
@given(sketches(), DRAFTED, st.integers(0, 2**32))
def test_the_order_of_drafts_changes_nothing(sketch: Sketch, meds: list[Med], seed: int) -> None:
    """Nor does a draft that came twice."""
    orders = drafts(meds, sketch)
    again = [*orders, orders[0]]
    random.Random(seed).shuffle(again)  # noqa: S311
    once, twice = check(sketch, orders), check(sketch, again)
    assert verdict(once.assessment) == verdict(twice.assessment)
    assert {one.reference for one in once.removable} == {one.reference for one in twice.removable}


@effort(60)
@given(sketches(), DRAFTED)
def test_selecting_every_draft_is_as_signing_all(sketch: Sketch, meds: list[Med]) -> None:
    """The two hooks ask one question."""
    orders = drafts(meds, sketch)
    every = [f"MedicationRequest/{one['id']}" for one in orders]
    assert check(sketch, orders, every) == check(sketch, orders)


@effort(60)
@given(sketches(), DRAFTED)
def test_what_is_said_of_one_selection_is_of_it(sketch: Sketch, meds: list[Med]) -> None:
    """A part of what is said of all; and every draft selected in turn misses nothing of its own."""
    orders = drafts(meds, sketch)
    everything = verdict(check(sketch, orders).assessment).findings
    for order, med in zip(orders, meds, strict=True):
        said = verdict(check(sketch, orders, [order["id"]]).assessment).findings
        assert said <= everything
        names = set(med.ingredients)
        local = med.route in ("ophthalmic", "topical")
        owed = {one for one in everything if names & {*one.ingredients, *one.partners}}
        assert local or owed <= said
