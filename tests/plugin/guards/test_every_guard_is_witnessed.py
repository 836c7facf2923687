"""The predicates can fail: whichever guard rail is taken away, some patient tells.

Each copy of the knowledge has one guard less, a weaker one, or one whose cut lies elsewhere. On at
least one patient of the enumeration its answer has to differ from what the policy rules, in its
fate or in its reasons.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest

from knowledge.model import Knowledge
from plugin.assess import Assessor
from plugin.model import PatientRecord
from tests.plugin.guards.chart import TODAY
from tests.plugin.guards.judged import agrees, forced, pipeline, read, said
from tests.plugin.guards.mutants import mutants
from tests.plugin.guards.options_of import TRIED
from tests.plugin.guards.patients import near
from tests.plugin.guards.ruling import Ruling

# Of these no patient can tell: the interaction table is about statins alone, as the test below
# holds, and only a UK and EU row forbids a statin without a partner.
IMPLIED = {
    "statin-dose-cap": {
        "offer_when without takes:statin",
        "offer_when without interaction:alone-contraindicated of interaction:over-cap or"
        " interaction:dose-unread or interaction:alone-over-cap or"
        " interaction:alone-contraindicated or interaction:alone-dose-unread",
    },
    "statin-suspend-during-interacting-course": {"offer_when without takes:statin"},
}


@cache
def _ruled(name: str) -> list[tuple[Ruling, PatientRecord]]:
    """Each patient near a good chart, read once, with the ruling."""
    tried = TRIED[name]
    return [(tried.predicate(chart), read(chart)) for chart in near(*tried.parts)]


def _witnessed(knowledge: Knowledge, name: str) -> bool:
    assessor = Assessor(forced(knowledge, name))
    return any(
        not agrees(ruling, said(assessor.assess(record, TODAY), name))
        for ruling, record in _ruled(name)
    )


def _unseen(name: str) -> Iterator[str]:
    """The changes that no patient tells."""
    for what, knowledge in mutants(pipeline().knowledge, name):
        if not _witnessed(knowledge, name):
            yield what


@pytest.mark.parametrize("name", TRIED)
def test_a_guard_that_is_taken_away_or_moved_is_noticed(name: str) -> None:
    """Each of them, one at a time."""
    assert IMPLIED.get(name, set()) == set(_unseen(name))


def test_the_interaction_table_is_about_statins_alone() -> None:
    """So that what it says of a drug, it says of a statin."""
    knowledge = pipeline().knowledge
    about = {name for row in knowledge.interactions for name in knowledge.members(row.drug)}
    assert about <= knowledge.members("statin")
