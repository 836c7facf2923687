"""What holds in an example: the facts that it lists, and what follows from them and from its drug.

A listed `potassium<3.0` proves `potassium<3.5` too, a listed `takes:spironolactone` proves
`takes:mra`, as they would for a patient. Nothing else holds.
"""

from __future__ import annotations

from knowledge.fact_text import parse_fact
from knowledge.logic import prove
from knowledge.model import Example, Ingredient, Knowledge, Status
from knowledge.vocabulary import (
    Age,
    AnyFact,
    Count,
    DrugEvidence,
    DrugGroup,
    DrugMechanism,
    DrugTier,
    Fact,
    LabCut,
    Takes,
    TermRef,
)

_Proof = tuple[()] | None


class NotDeclaredError(LookupError):
    """An example rests on a name that is not declared or could not be read."""


class ExampleOracle:
    """Answers for one example which facts hold."""

    def __init__(self, knowledge: Knowledge, example: Example) -> None:
        """Raises NotDeclaredError if the example's drug is not known."""
        if example.drug not in knowledge.ingredients:
            raise NotDeclaredError(example.drug)
        self._knowledge = knowledge
        self._example = example
        self._drug: Ingredient = knowledge.ingredients[example.drug]
        self._listed: frozenset[AnyFact] = frozenset(parse_fact(text) for text in example.facts)
        taken = [fact.selector for fact in self._listed if isinstance(fact, Takes)]
        taken += [fact.group for fact in self._listed if isinstance(fact, Count)]
        taken += [name for name in (example.drug, example.partner) if name]
        self._taken = tuple(dict.fromkeys(taken))
        self._terms_within: set[str] = set()

    def proof(self, fact: Fact) -> _Proof:
        """An empty proof if the fact holds, None if not."""
        return () if fact in self._listed or self._follows(fact) else None

    def takes_partner(self, selector: str) -> bool:
        """Is something else than the example's drug taken that the selector covers?"""
        others = [name for name in self._taken if name != self._example.drug]
        return any(self.covers(selector, name) for name in others)

    def _follows(self, fact: Fact) -> bool:
        match fact:
            case LabCut() | Age():
                return any(implies(known, fact) for known in self._listed)
            case Takes():
                return any(self.covers(fact.selector, name) for name in self._taken)
            case Count():
                return self._counts(fact)
            case TermRef():
                return self._term(fact.name)
            case _:
                return self._drug_fact(fact)

    def _drug_fact(self, fact: Fact) -> bool:
        match fact:
            case DrugGroup():
                return self.covers(fact.group, self._drug.name)
            case DrugMechanism():
                found = {m.id for m in self._drug.mechanisms if m.status is not Status.UNCONFIRMED}
                return fact.mechanism in found
            case DrugTier():
                return fact.tier == self._drug.effective_tier.value
            case DrugEvidence():
                return fact.basis == self._drug.evidence
            case _:
                return False

    def _members(self, selector: str) -> frozenset[str]:
        if selector not in self._knowledge.groups and selector not in self._knowledge.ingredients:
            raise NotDeclaredError(selector)
        return self._knowledge.members(selector)

    def covers(self, selector: str, taken: str) -> bool:
        """Does a drug or group lie wholly within another? Raises NotDeclaredError."""
        members = self._members(taken)
        return bool(members) and members <= self._members(selector)

    def _counts(self, fact: Count) -> bool:
        listed = [known for known in self._listed if isinstance(known, Count)]
        for known in listed:
            if known.at_least >= fact.at_least and self.covers(fact.group, known.group):
                return True
        group = self._members(fact.group)
        singles = {name for name in self._taken if name in self._knowledge.ingredients}
        return len(singles & group) >= fact.at_least

    def _term(self, name: str) -> bool:
        term = self._knowledge.terms.get(name)
        if term is None:
            raise NotDeclaredError(name)
        if name in self._terms_within:
            return False  # a circle of terms, reported by the references check
        self._terms_within.add(name)
        holds = prove(term.condition, self.proof) is not None
        self._terms_within.discard(name)
        return holds


def implies(known: AnyFact, fact: AnyFact) -> bool:
    """True if a value that meets one cut meets another: `potassium<3.0` and `potassium<3.5`."""
    if isinstance(known, LabCut) and isinstance(fact, LabCut):
        if known.analyte != fact.analyte or known.op != fact.op:
            return False
        return known.cut <= fact.cut if fact.op == "<" else known.cut >= fact.cut
    if isinstance(known, Age) and isinstance(fact, Age) and known.op == fact.op:
        return known.years <= fact.years if fact.op == "<" else known.years >= fact.years
    return False
