"""Every name that an entry uses is declared somewhere, and every fact can be asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from knowledge.checks.vocabulary_use import condition_faults
from knowledge.draft import Draft, Place
from knowledge.fact_text import parse_fact
from knowledge.faults import Fault
from knowledge.groups import circle
from knowledge.layout import Kind
from knowledge.model import Example, Rule
from knowledge.vocabulary import TermRef, facts_in

ANY_DRUG = ("any", "flagged")
_DRUGS = (Kind.GROUP, Kind.INGREDIENT)


def check(draft: Draft) -> Iterator[Fault]:
    """All faults of reference."""
    for part in (_drugs, _groups, _conditions, _terms, _rules, _mitigations, _interactions):
        yield from part(draft)


def _drugs(draft: Draft) -> Iterator[Fault]:
    known = draft.knowledge
    for ingredient in known.ingredients.values():
        place = draft.place(Kind.INGREDIENT, ingredient.name)
        for mechanism in ingredient.mechanisms:
            yield from draft.unknown(place.at("mechanisms"), mechanism.id, Kind.MECHANISM)
    for found in known.mechanisms.values():
        place = draft.place(Kind.MECHANISM, found.id)
        if found.analyte:
            yield from draft.unknown(place.at("analyte"), found.analyte, Kind.LAB)
        if found.analyte and not found.abnormal:
            yield place.fault("names an analyte, and so needs what is abnormal of it")
        yield from condition_faults(draft, place.at("abnormal"), found.abnormal)


def _groups(draft: Draft) -> Iterator[Fault]:
    for group in draft.knowledge.groups.values():
        place = draft.place(Kind.GROUP, group.id)
        if group.id in draft.declared.ids[Kind.INGREDIENT] and group.members != {group.id}:
            yield place.fault(f"{group.id} is an ingredient too, so a rule could mean either")
        if group.id in ANY_DRUG:
            yield place.fault(f"{group.id} has a meaning of its own in rules; rename the group")
        # A list of what is never put forward may name what is no drug of ours: tonic water.
        if not group.never_propose:
            for member in sorted(group.members):
                yield from draft.unknown(place.at("members"), member, *_DRUGS)


def _terms(draft: Draft) -> Iterator[Fault]:
    terms = draft.knowledge.terms
    edges = {
        name: tuple(
            fact.name
            for fact in facts_in(term.condition)
            if isinstance(fact, TermRef) and fact.name in terms
        )
        for name, term in terms.items()
    }
    for name, term in terms.items():
        place = draft.place(Kind.TERM, name)
        yield from condition_faults(draft, place, term.condition)
        if way := circle(name, edges):
            yield place.fault(f"is a circle: {' > '.join(way)}; a term cannot rest on itself")


def _rules(draft: Draft) -> Iterator[Fault]:
    for rule in draft.knowledge.rules:
        place = draft.place(Kind.RULE, rule.id)
        if rule.drug not in ANY_DRUG:
            yield from draft.unknown(place.at("drug"), rule.drug, *_DRUGS)
        if rule.partner and ":" not in rule.partner:
            yield from draft.unknown(place.at("with"), rule.partner, *_DRUGS)
        if rule.also:
            yield from draft.unknown(place.at("also"), rule.also, *_DRUGS)
        for key, condition in (("when", rule.when), ("unless", rule.unless)):
            yield from condition_faults(draft, place.at(key), condition)
        for index, raised in enumerate(rule.raises):
            yield from condition_faults(draft, place.at(f"raise[{index}].when"), raised.when)
        for index, note in enumerate(rule.notes):
            yield from condition_faults(draft, place.at(f"notes[{index}].when"), note.when)
        yield from _each(draft, place.at("suggest"), rule.suggest, Kind.MITIGATION)
        yield from _each(draft, place.at("replaces"), rule.replaces, Kind.RULE)
        yield from _each(draft, place.at("covers"), rule.covers, Kind.RULE)
        yield from _each(draft, place.at("yields_to"), rule.yields_to, Kind.RULE)
        for index, example in enumerate(rule.examples):
            yield from _example(draft, rule, example, place.at(f"example[{index}]"))


def _example(draft: Draft, rule: Rule, example: Example, place: Place) -> Iterator[Fault]:
    yield from draft.unknown(place.at("drug"), example.drug, Kind.INGREDIENT)
    if example.partner:
        yield from draft.unknown(place.at("with"), example.partner, Kind.INGREDIENT)
        if not rule.partner:
            yield place.at("with").fault("is given although the rule names no partner drug")
    facts = tuple((parse_fact(text),) for text in example.facts)
    yield from condition_faults(draft, place.at("facts"), facts)


def _mitigations(draft: Draft) -> Iterator[Fault]:
    for mitigation in draft.knowledge.mitigations.values():
        place = draft.place(Kind.MITIGATION, mitigation.id)
        yield from _each(draft, place.at("proposes"), mitigation.proposes, *_DRUGS)
        yield from _each(draft, place.at("leads_to"), mitigation.leads_to, *_DRUGS)
        yield from condition_faults(draft, place.at("offer_when"), mitigation.offer_when)
        for index, condition in enumerate(mitigation.withhold_when):
            yield from condition_faults(draft, place.at(f"withhold_when[{index}]"), condition)
        for index, adjustment in enumerate(mitigation.adjust):
            where = place.at(f"adjust[{index}]")
            yield from condition_faults(draft, where.at("when"), adjustment.when)
            yield from _each(draft, where.at("add"), adjustment.add, Kind.MITIGATION)


def _conditions(draft: Draft) -> Iterator[Fault]:
    for condition in draft.knowledge.conditions.values():
        place = draft.place(Kind.CONDITION, condition.id)
        yield from _each(draft, place.at("reason_for"), condition.reason_for, *_DRUGS)


def _interactions(draft: Draft) -> Iterator[Fault]:
    for row in draft.knowledge.interactions:
        place = draft.place(Kind.INTERACTION, row.id)
        yield from draft.unknown(place.at("drug"), row.drug, *_DRUGS)
        yield from _each(draft, place.at("with"), row.partners, *_DRUGS)
        yield from condition_faults(draft, place.at("when"), row.when)
        yield from condition_faults(draft, place.at("unless"), row.unless)


def _each(draft: Draft, place: Place, ids: Iterable[str], *kinds: Kind) -> Iterator[Fault]:
    for id_ in ids:
        yield from draft.unknown(place, id_, *kinds)
