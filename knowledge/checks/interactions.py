"""The rows of the interaction table agree with each other, and adding a medicine silences none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations

from knowledge.checks.expansion import facts_below
from knowledge.draft import Draft
from knowledge.faults import Fault
from knowledge.layout import Kind
from knowledge.model import CAUTION, NO_INTERACTION, Interaction, Status, Term


def check(draft: Draft) -> Iterator[Fault]:
    """All faults of the table."""
    rows = draft.knowledge.interactions
    for row in rows:
        yield from _unless(draft, row, draft.knowledge.terms)
    of_the_same: dict[tuple[str, frozenset[str]], list[Interaction]] = {}
    for row in rows:
        if row.partners:
            of_the_same.setdefault((row.drug, frozenset(row.partners)), []).append(row)
    for same in of_the_same.values():
        for first, second in combinations(same, 2):
            yield from _pair(draft, first, second)


def _unless(draft: Draft, row: Interaction, terms: Mapping[str, Term]) -> Iterator[Fault]:
    for _, fact in facts_below(row.unless, terms):
        if fact.about_medication:
            yield (
                draft.place(Kind.INTERACTION, row.id)
                .at("unless")
                .fault(
                    f"{fact} is about a medicine, so adding one could silence the row; "
                    "name only labs, conditions or age here"
                )
            )


def _pair(draft: Draft, first: Interaction, second: Interaction) -> Iterator[Fault]:
    """Two rows of the same drugs and place: not two limits, and not one beside `none`."""
    if not set(first.jurisdictions) & set(second.jurisdictions):
        return
    place = draft.place(Kind.INTERACTION, second.id)
    if NO_INTERACTION in (first.effect, second.effect):
        yield place.fault(f"speaks of the same drugs as {first.id}, and one says: no interaction")
    elif _limits(first) and _limits(second):
        yield place.fault(f"is a second limit for the drugs of {first.id} in one jurisdiction")


def _limits(row: Interaction) -> bool:
    return row.acts and row.effect != CAUTION and row.status is not Status.UNCONFIRMED
