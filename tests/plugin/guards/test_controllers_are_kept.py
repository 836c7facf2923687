"""No answer offers to stop a controller, a steroid or a rescue inhaler. Rows G1 to G3 and F9."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import product

import pytest
from hypothesis import given

from plugin.assess import Assessor
from plugin.model import Assessment
from tests.oracle.sketch import Sketch
from tests.plugin.guards.chart import NOTHING, TODAY, Chart, has, lab, takes
from tests.plugin.guards.judged import forced, pipeline, read
from tests.plugin.heart.front_door import answer, effort
from tests.plugin.heart.strategies import sketches

KEPT = (
    "albuterol", "levalbuterol", "terbutaline", "salmeterol", "formoterol", "vilanterol",
    "indacaterol", "olodaterol", "arformoterol", "fluticasone", "budesonide", "prednisone",
    "prednisolone", "methylprednisolone", "dexamethasone", "hydrocortisone", "fludrocortisone",
    "tiotropium", "procaterol", "bambuterol", "tulobuterol", "reproterol", "hexoprenaline",
)  # fmt: skip
ABOUT = re.compile(
    r"inhaler|beta-agonist|controller|reliever|rescue|steroid|bronchodilator|\b(?:LABA|ICS|SABA)\b|"
    + "|".join(KEPT),
    re.IGNORECASE,
)
STOPPING = re.compile(
    r"\b(?:stop|discontinu|paus|suspend|withdraw|withh|ceas|omit|skip|wean|taper|come off|quit)",
    re.IGNORECASE,
)
DENIED = re.compile(r"\b(?:never|not|kept|stays|without stopping)\b", re.IGNORECASE)
# Of a drug that is kept, only these changes may be spoken of.
REVIEWS = {
    "asthma-control-review",
    "inhaler-technique-review",
    "laba-lowest-dose-review",
    "medication-list-verification",
    "thyroid-review",
    "interacting-drug-alternative-review",
}


def stops_one(text: str) -> bool:
    """A sentence that speaks of stopping what is to be kept, and does not forbid it."""
    return any(
        STOPPING.search(part) and ABOUT.search(part) and not DENIED.search(part)
        for part in re.split(r"(?<=[.;])\s", text)
    )


def _texts() -> Iterator[tuple[str, str]]:
    knowledge = pipeline().knowledge
    for mitigation in knowledge.mitigations.values():
        yield mitigation.id, mitigation.text
        yield from ((mitigation.id, added.text) for added in mitigation.adjust)
    for rule in knowledge.rules:
        yield rule.id, rule.summary
        yield from ((rule.id, note.text) for note in rule.notes)


def test_no_sentence_of_the_knowledge_offers_to_stop_one() -> None:
    """Neither an option nor a finding."""
    assert [] == [(id_, text) for id_, text in _texts() if stops_one(text)]


def test_no_draft_order_of_one_may_be_offered_for_deletion() -> None:
    """A group of the knowledge says so, and it holds each of them."""
    knowledge = pipeline().knowledge
    groups = [group for group in knowledge.groups.values() if group.never_stopped]
    held = {name for group in groups for name in group.members}
    assert set(KEPT) & knowledge.ingredients.keys() <= held


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("Consider stopping the long-acting beta-agonist.", True),
        ("Pause prednisone for a week.", True),
        ("Withdraw the rescue inhaler.", True),
        ("Never stop the rescue inhaler.", False),
        ("The controller is kept; review its dose.", False),
        ("Consider stopping the statin now.", False),
        ("Stop if it hurts.", False),
    ],
)
def test_such_a_sentence_would_be_noticed(text: str, is_one: bool) -> None:
    """The check can fail, and does not cry wolf."""
    assert stops_one(text) is is_one


def _offered(found: Assessment) -> list[str]:
    return [one.text for one in found.mitigations] + [
        text for finding in found.findings for text in (finding.summary, *finding.notes)
    ]


@effort(50)
@given(sketches())
def test_no_answer_offers_to_stop_one(sketch: Sketch) -> None:
    """Whatever else is taken."""
    assert [] == [text for text in _offered(answer(sketch)) if stops_one(text)]


STATES = (
    (NOTHING, has("muscle cramp"), has("muscle weakness")),
    (NOTHING, lab("potassium", "3.2"), lab("potassium", "2.4"), lab("potassium", "5.6")),
    (NOTHING, has("asthma")),
    (lab("egfr", "75"), lab("egfr", "20")),
)


@cache
def _weighing_everything() -> Assessor:
    knowledge = pipeline().knowledge
    for name in knowledge.mitigations:
        knowledge = forced(knowledge, name)
    return Assessor(knowledge)


@pytest.mark.parametrize("name", KEPT)
def test_to_somebody_on_one_alone_nothing_is_offered_that_stops_a_drug(name: str) -> None:
    """Even where every option is weighed: none of those that stop, pause or switch is about it."""
    everything = _weighing_everything()
    for states in product(*STATES):
        chart: Chart = sum(states, takes(name))
        found = everything.assess(read(chart), TODAY)
        reviews = {one.id for one in found.mitigations if one.kind == "review"}
        assert reviews <= REVIEWS, f"{chart}: {sorted(reviews - REVIEWS)}"
