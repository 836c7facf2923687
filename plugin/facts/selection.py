"""Which rules can speak of an ingredient, settled once from what the ingredient is.

What never changes from patient to patient is decided here and not asked again: a clause that the
ingredient always meets is dropped, and a rule that it can never meet is left out. What is left of a
condition is split by scope, so that what is asked of the patient is asked once and not per drug,
and is given a gate, so that most rules are dismissed by a look at the facts that hold.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from knowledge.logic import Gate, gate_of
from knowledge.model import FLAGGED, Ingredient, Knowledge, Note, Raise, Rule
from knowledge.vocabulary import (
    Clause,
    Condition,
    DrugGroup,
    DrugLab,
    Fact,
    InteractionState,
    Interacts,
    Scope,
    TermRef,
)
from plugin.facts.numbers import INTERACTION, FactNumbers, either, partner_fact
from plugin.facts.substance import static_fact
from plugin.reading.memo import remembered


class Prepared(Struct, frozen=True):
    """A rule, and what was settled of it once."""

    rule: Rule
    gate: Gate  # what the patient must have for it to fire on any drug
    patient_when: Condition
    stops: int | None  # the facts of which any one stops it; None where they must be asked
    interaction: Interacts | None  # what its partner is, where that is of the interaction table
    raises: tuple[tuple[Gate, Raise], ...]
    notes: tuple[tuple[Gate, Note], ...]


class Candidate(Struct, frozen=True):
    """A rule that may fire on one ingredient, and what is left to ask of that drug."""

    position: int  # the rule's place in the knowledge
    gate: Gate
    drug_when: Condition


class RuleIndex:
    """The rules for each ingredient, those for flagged drugs apart; filled as drugs are met.

    `speaks_of`: whether any rule may fire on an ingredient by itself.
    """

    def __init__(self, knowledge: Knowledge, numbers: FactNumbers) -> None:
        self._knowledge = knowledge
        self._numbers = numbers
        self.rules = tuple(self._prepared(rule) for rule in knowledge.rules)
        self._needed = tuple((one.gate.all_of, one.gate.one_of, one) for one in self.rules)
        self._by_name: dict[str, tuple[tuple[Candidate, ...], tuple[Candidate, ...]]] = {}
        self.speaks_of: Callable[[str], bool] = remembered(self._speaks_of)

    def awake(self, true: int) -> dict[int, Prepared]:
        """The rules that the facts about the patient let fire, by their place."""
        return {
            place: one
            for place, (needed, one_of, one) in enumerate(self._needed)
            if true & needed == needed and (not one_of or one.gate.open(true))
        }

    def _speaks_of(self, name: str) -> bool:
        return name in self._knowledge.ingredients and bool(self._of(name)[0])

    def direct(self, name: str) -> tuple[Candidate, ...]:
        """The rules that may fire on the ingredient by itself."""
        return self._of(name)[0]

    def beside(self, name: str) -> tuple[Candidate, ...]:
        """The rules that may fire on the ingredient once another rule has flagged it."""
        return self._of(name)[1]

    def _prepared(self, rule: Rule) -> Prepared:
        partner = partner_fact(rule)
        state = rule.partner.removeprefix(INTERACTION)
        gate = self._numbers.gate
        return Prepared(
            rule=rule,
            gate=gate((*rule.when, (partner,)) if partner else rule.when),
            patient_when=tuple(c for c in rule.when if self._of_patient(c)),
            stops=self._stops(rule.unless),
            interaction=(
                Interacts(InteractionState(state)) if rule.partner and partner is None else None
            ),
            raises=tuple((gate(one.when), one) for one in rule.raises),
            notes=tuple((gate(one.when), one) for one in rule.notes),
        )

    def _stops(self, unless: Condition) -> int | None:
        return self._numbers.clause(tuple(fact for clause in unless for fact in clause))

    def _of(self, name: str) -> tuple[tuple[Candidate, ...], tuple[Candidate, ...]]:
        if name not in self._by_name:
            ingredient = self._knowledge.ingredients[name]
            found = [
                (one.rule.drug == FLAGGED, self._candidate(place, left, ingredient))
                for place, one in enumerate(self.rules)
                if (left := self._left(one, ingredient)) is not None
            ]
            self._by_name[name] = (
                tuple(candidate for flagged, candidate in found if not flagged),
                tuple(candidate for flagged, candidate in found if flagged),
            )
        return self._by_name[name]

    def _candidate(self, place: int, left: Condition, ingredient: Ingredient) -> Candidate:
        return Candidate(place, self._gate(left, ingredient), left)

    def _left(self, one: Prepared, ingredient: Ingredient) -> Condition | None:
        """What is left to ask of the drug itself; None where the rule can never fire on it."""
        if ingredient.name not in self._knowledge.members(one.rule.drug):
            return None
        left: list[Clause] = []
        for clause in one.rule.when:
            if clause in one.patient_when:
                continue
            known = [self._static(ingredient, fact) for fact in clause]
            if all(value is False for value in known):
                return None
            if True not in known:
                left.append(clause)
        return tuple(left)

    def _gate(self, left: Condition, ingredient: Ingredient) -> Gate:
        """What the labs of the drug's mechanisms ask of the patient."""
        asked = [[self._ways(fact, ingredient) for fact in clause] for clause in left]
        return gate_of(either(ways) for ways in asked if None not in ways)

    def _ways(self, fact: Fact, ingredient: Ingredient) -> int | None:
        """Bits of which one is set wherever `drug:lab=x` holds; None where that cannot be said."""
        if not isinstance(fact, DrugLab):
            return None
        ways = self._numbers.lab_ways(ingredient.name, fact)
        bits = [self._numbers.clause(way[0]) if way else None for way in ways]
        return None if None in bits else either(bits)

    def _static(self, ingredient: Ingredient, fact: Fact) -> bool | None:
        group = fact.group if isinstance(fact, DrugGroup) else ""
        members = self._knowledge.members(group) if group else frozenset()
        return static_fact(ingredient, members, fact)

    def _of_patient(self, clause: Clause) -> bool:
        terms = self._knowledge.terms
        return all(
            all(self._of_patient(c) for c in terms[fact.name].condition)
            if isinstance(fact, TermRef)
            else fact.scope is Scope.PATIENT
            for fact in clause
        )
