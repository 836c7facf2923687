"""The facts of an example can be true together: an example proves that its rule can be reached."""

from __future__ import annotations

from collections.abc import Iterator

from knowledge.checks.reachable import impossible
from knowledge.draft import Draft
from knowledge.fact_text import parse_fact
from knowledge.faults import Fault
from knowledge.layout import Kind
from knowledge.possible import drug_is


def check(draft: Draft) -> Iterator[Fault]:
    """Examples of no patient, and those that say of their drug what it is not."""
    for rule in draft.knowledge.rules:
        place = draft.place(Kind.RULE, rule.id)
        for index, example in enumerate(rule.examples):
            at = place.at(f"example[{index}].facts")
            facts = [parse_fact(text) for text in example.facts]
            if why := impossible(draft, tuple((fact,) for fact in facts)):
                yield at.fault(f"can never be true together: {why}")
            drug = draft.knowledge.ingredients.get(example.drug)
            for fact in facts if drug else ():
                if drug and drug_is(fact, drug, draft.knowledge) is False:
                    yield at.fault(f"{fact} is not so of {drug.name}; leave it to the drug")
