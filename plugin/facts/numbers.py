"""Facts about the patient as bits of a number, settled once from what the knowledge asks.

Which facts hold is then one number per patient, and most conditions are dismissed by a look at it.
What is dismissed is never wrong to dismiss: a number says of each fact what its proof would say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import cached_property
from typing import TypeVar

from msgspec import Struct

from knowledge import vocabulary as v
from knowledge.logic import Gate, gate_of
from knowledge.model import MUSCLE_SYMPTOM, Knowledge, Mitigation, Rule
from plugin.facts.substance import lab_ways

F = TypeVar("F", bound=v.Fact)

_OF_PATIENT = (v.LabCut, v.LabIs, v.Has, v.Takes, v.Count, v.Age, v.UnreadKind)
# Asked of the patient, these hold where they hold of any drug: few charts have one that does.
_OF_ANY_DRUG = (v.DrugRoute, v.DrugNotPrescribed, v.DrugDispensed)
INTERACTION = "interaction:"
_MOST = 4096  # sets of facts of which it is remembered which terms they make
ALWAYS = 1  # the bit that is set for every patient, and is of no fact


class Cuts(Struct, frozen=True):
    """The cuts of one analyte, in order, and the bits that a value on each side of them sets.

    `at_least[n]` are those of a value that reaches the first n cuts, `below[n]` those of a value
    under all but the first n.
    """

    values: tuple[Decimal, ...]
    at_least: tuple[int, ...]
    below: tuple[int, ...]


class FactNumbers:
    """The bit of each fact about the patient that the knowledge names."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._ways: dict[tuple[str, str], tuple[v.Condition, ...]] = {}
        self.bits: dict[v.Fact, int] = {}
        self.terms: list[tuple[int, Gate]] = []  # a term after those that it is made of
        self.of_one_drug: set[v.Fact] = set()  # numbered, and yet to be asked of each drug anew
        for name in knowledge.terms:
            self._number(v.TermRef(name))
        for fact in _named(knowledge):
            self._number(fact)
        self._closed: dict[int, int] = {}
        self.current_days = int(knowledge.constants["current-result-days"].value)
        self.recent_days = int(knowledge.constants["recent-result-days"].value)
        self.takes = self._by_ingredient()
        self.has = {fact.condition: (fact, bit) for fact, bit in self._of_kind(v.Has)}
        self.counts = self._of_kind(v.Count)
        self.ages = self._of_kind(v.Age)
        self.unread = self._of_kind(v.UnreadKind)
        self.counted = self._counted()
        self.counted_of_none = either(bit for fact, bit in self.counts if not fact.at_least)
        self.routes = {fact.route: bit for fact, bit in self._of_kind(v.DrugRoute)}
        self.dispensed = self._of_kind(v.DrugDispensed)
        self.not_prescribed = self.bits.get(v.DrugNotPrescribed(), 0)
        self.states = {
            analyte: {state: self.bits[v.LabIs(analyte, state)] for state in v.LabState}
            for analyte in knowledge.labs
        }
        self.unknown = sum(states[v.LabState.UNKNOWN] for states in self.states.values())
        self.cuts = {analyte: self._cuts(analyte) for analyte in knowledge.labs}
        self.told_by = {
            answer: tuple(lab.id for lab in knowledge.labs.values() if answer in lab.answered_by)
            for lab in knowledge.labs.values()
            for answer in lab.answered_by
        }

    @cached_property
    def muscle_symptoms(self) -> frozenset[str]:
        """The conditions that make a muscle symptom: a fall or a fever is a symptom, and not one
        of these.
        """
        return frozenset(self._conditions(MUSCLE_SYMPTOM))

    def _conditions(self, term: str) -> set[str]:
        known = self._knowledge.terms
        facts = list(v.facts_in(known[term].condition)) if term in known else []
        below = [self._conditions(fact.name) for fact in facts if isinstance(fact, v.TermRef)]
        return {fact.condition for fact in facts if isinstance(fact, v.Has)}.union(*below)

    def with_terms(self, true: int) -> int:
        """The facts that hold with the terms that they make. Remembered, since they recur."""
        found = self._closed.get(true)
        if found is None:
            if len(self._closed) >= _MOST:
                self._closed.clear()
            found = self._closed[true] = self._terms_of(true)
        return found

    def _terms_of(self, true: int) -> int:
        for bit, gate in self.terms:
            if gate.open(true):
                true |= bit
        return true

    def clause(self, clause: v.Clause) -> int | None:
        """The bits of which one must be set for a clause to hold; None where that cannot say."""
        bits = [self.bits.get(fact) for fact in clause]
        return None if None in bits else either(bits)

    def gate(self, condition: v.Condition) -> Gate:
        """What a condition asks of numbered facts; of others nothing, so that a proof decides."""
        return gate_of(clause for one in condition if (clause := self.clause(one)) is not None)

    def needed(self, condition: v.Condition) -> int:
        """Bits of which one is set wherever a condition holds; ALWAYS where that cannot be said."""
        clauses = [self.clause(one) for one in condition]
        return min((c for c in clauses if c is not None), key=int.bit_count, default=ALWAYS)

    def lab_ways(self, name: str, fact: v.DrugLab) -> tuple[v.Condition, ...]:
        """The conditions of which any one makes `drug:lab=x` hold for an ingredient."""
        key = (name, fact.state)
        if key not in self._ways:
            self._ways[key] = lab_ways(self._knowledge, name, fact.state)
        return self._ways[key]

    def _number(self, fact: v.Fact) -> bool:
        """Give a fact its bit. False for one that a patient's facts alone do not decide."""
        if fact in self.bits:
            return True
        if isinstance(fact, v.TermRef):
            condition = self._knowledge.terms[fact.name].condition
            known = [self._number(one) for one in v.facts_in(condition)]
            if not all(known):
                return False
            self.bits[fact] = ALWAYS << (len(self.bits) + 1)
            self.terms.append((self.bits[fact], self.gate(condition)))
            if not self.of_one_drug.isdisjoint(v.facts_in(condition)):
                self.of_one_drug.add(fact)
            return True
        if isinstance(fact, _OF_ANY_DRUG):
            self.of_one_drug.add(fact)
        if isinstance(fact, (*_OF_PATIENT, *_OF_ANY_DRUG)):
            self.bits[fact] = ALWAYS << (len(self.bits) + 1)
            return True
        return False

    def _of_kind(self, kind: type[F]) -> tuple[tuple[F, int], ...]:
        return tuple((fact, bit) for fact, bit in self.bits.items() if isinstance(fact, kind))

    def _by_ingredient(self) -> dict[str, int]:
        """The bits of `takes:x` that taking each ingredient sets."""
        found: dict[str, int] = {}
        for fact, bit in self._of_kind(v.Takes):
            for name in self._knowledge.members(fact.selector):
                found[name] = found.get(name, 0) | bit
        return found

    def _counted(self) -> dict[str, tuple[int, ...]]:
        """The places in `counts` of what counts each ingredient; few are counted."""
        found: dict[str, tuple[int, ...]] = {}
        for place, (fact, _) in enumerate(self.counts):
            for name in self._knowledge.members(fact.group):
                found[name] = (*found.get(name, ()), place)
        return found

    def _cuts(self, analyte: str) -> Cuts:
        bits = {(f.op, f.cut): bit for f, bit in self._of_kind(v.LabCut) if f.analyte == analyte}
        values = tuple(sorted({cut for _, cut in bits}))
        places = range(len(values) + 1)
        return Cuts(
            values,
            tuple(sum(bits.get((">=", cut), 0) for cut in values[:n]) for n in places),
            tuple(sum(bits.get(("<", cut), 0) for cut in values[n:]) for n in places),
        )


def either(masks: Iterable[int | None]) -> int:
    """All bits of several masks; None adds none."""
    found = 0
    for mask in masks:
        found |= mask or 0
    return found


def partner_fact(rule: Rule) -> v.Takes | None:
    """That one of a rule's partners is taken, where it asks for one that is no interaction."""
    named = rule.partner and not rule.partner.startswith(INTERACTION)
    return v.Takes(rule.partner) if named else None


def _named(knowledge: Knowledge) -> Iterator[v.Fact]:
    """Every fact that a condition of the knowledge names, and every state of every analyte."""
    for rule in knowledge.rules:
        yield from _in_all((rule.when, rule.unless))
        yield from _in_all(one.when for one in rule.raises)
        yield from _in_all(one.when for one in rule.notes)
        if (partner := partner_fact(rule)) is not None:
            yield partner
    for mitigation in knowledge.mitigations.values():
        yield from _in_all(_guards(mitigation))
    yield from _in_all(mechanism.abnormal for mechanism in knowledge.mechanisms.values())
    for analyte in knowledge.labs:
        yield from (v.LabIs(analyte, state) for state in v.LabState)


def _guards(mitigation: Mitigation) -> Iterator[v.Condition]:
    yield mitigation.offer_when
    yield from mitigation.withhold_when
    yield from (one.when for one in mitigation.adjust)


def _in_all(conditions: Iterable[v.Condition]) -> Iterator[v.Fact]:
    return (fact for condition in conditions for fact in v.facts_in(condition))
