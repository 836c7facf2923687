"""Is there a drug at all that can fire a rule? And is the rule ever said where it fires?

What a drug is (its group, mechanisms, tier) does not depend on a patient, so that a rule which asks
for a mechanism that none of its drugs has is dead, however sick the patient.
"""

from __future__ import annotations

from collections.abc import Iterator

from knowledge.checks.expansion import ways
from knowledge.checks.oracle import implies
from knowledge.checks.references import ANY_DRUG
from knowledge.checks.rules import highest
from knowledge.draft import Draft
from knowledge.fact_text import parse_fact
from knowledge.faults import Fault
from knowledge.layout import Kind
from knowledge.model import Ingredient, Interaction, Knowledge, Level, Rule, Status
from knowledge.vocabulary import (
    AnyFact,
    Condition,
    Count,
    DrugEvidence,
    DrugGroup,
    DrugMechanism,
    DrugTier,
    Fact,
    Has,
    InteractionState,
    Interacts,
    Takes,
)

def check(draft: Draft) -> Iterator[Fault]:
    """Rules that no drug of the knowledge can fire, or that another always takes the place of."""
    if draft.faults:
        return  # an entry that could not be read may be the drug that is missed
    known = draft.knowledge
    for rule in known.rules:
        if not _drugs(rule.drug, known):
            continue  # a group without ingredients is said where it is named
        place = draft.place(Kind.RULE, rule.id)
        for key, condition in _asked(rule):
            if missed := _missed(rule, condition, known):
                yield place.at(key).fault(f"can never hold: no drug of {rule.drug} meets {missed}")
        if ":" in rule.partner and not _interacts(parse_fact(rule.partner), rule, known):
            yield place.at("with").fault(
                f"{rule.partner}: no row of the interaction table is of a drug of {rule.drug}"
            )
        if greater := _always_replaced(rule, known):
            yield place.fault(f"is never said: {greater} fires whenever it does, and replaces it")


def drug_is(fact: AnyFact, ingredient: Ingredient, known: Knowledge) -> bool | None:
    """Whether a fact about a drug is true of an ingredient; None if that depends on the patient."""
    match fact:
        case DrugGroup():
            return fact.group in known.groups and ingredient.name in known.members(fact.group)
        case DrugMechanism():
            confirmed = {m.id for m in ingredient.mechanisms if m.status is not Status.UNCONFIRMED}
            return fact.mechanism in confirmed
        case DrugTier():
            return fact.tier == ingredient.effective_tier.value
        case DrugEvidence():
            return fact.basis == ingredient.evidence
        case _:
            return None


def _asked(rule: Rule) -> Iterator[tuple[str, Condition]]:
    yield "when", rule.when
    for index, raised in enumerate(rule.raises):
        yield f"raise[{index}].when", (*rule.when, *raised.when)


def _missed(rule: Rule, condition: Condition, known: Knowledge) -> str:
    """What no drug of a rule meets, or an empty text: the fewest facts of any way to hold."""
    every_way = ways(condition, known.terms)
    drugs = [known.ingredients[name] for name in _drugs(rule.drug, known)]
    if not every_way:
        return ""
    fewest: list[str] | None = None
    for way in every_way:
        for drug in drugs:
            unmet = [str(fact) for fact in way if not _can_hold(fact, drug, rule, known)]
            if not unmet:
                return ""
            fewest = unmet if fewest is None or len(unmet) < len(fewest) else fewest
    return " and ".join(sorted(fewest or ()))


def _can_hold(fact: AnyFact, drug: Ingredient, rule: Rule, known: Knowledge) -> bool:
    of_drug = drug_is(fact, drug, known)
    if of_drug is not None:
        return of_drug
    match fact:
        case Count():
            return len(_drugs(fact.group, known)) >= fact.at_least
        case Takes():
            return bool(_drugs(fact.selector, known))
        case Has():
            condition = known.conditions.get(fact.condition)
            return condition is None or bool(condition.codes or condition.texts)
        case Interacts():
            return _interacts(fact, rule, known)
        case _:
            return True


def _drugs(selector: str, known: Knowledge) -> frozenset[str]:
    if selector in ANY_DRUG:
        return frozenset(known.ingredients)
    group = known.groups.get(selector)
    members = group.members if group else frozenset({selector})
    return members & known.ingredients.keys()


def _interacts(fact: Fact, rule: Rule, known: Knowledge) -> bool:
    """Is there a row of the interaction table that can make the fact true of a rule's drug?"""
    drugs = _drugs(rule.drug, known)
    return isinstance(fact, Interacts) and any(
        row.status is not Status.UNCONFIRMED
        and _drugs(row.drug, known) & drugs
        and _row_gives(row, fact.state)
        for row in known.interactions
    )


def _row_gives(row: Interaction, state: InteractionState) -> bool:
    """Whether a row can say a state of its drug, at some dose; of no other state it is judged."""
    partners, capped = bool(row.partners), row.cap_mg is not None
    can_say = {
        InteractionState.CONTRAINDICATED: partners and not capped,
        InteractionState.OVER_CAP: partners and capped,
        InteractionState.DOSE_UNREAD: partners and capped,
        InteractionState.AT_CAP: capped,
        InteractionState.ALONE_CONTRAINDICATED: not partners and not capped,
        InteractionState.ALONE_OVER_CAP: not partners and capped,
        InteractionState.ALONE_DOSE_UNREAD: not partners and capped,
        InteractionState.WARNING: row.level.rank >= Level.WARNING.rank,
        InteractionState.CRITICAL: row.level is Level.CRITICAL,
        InteractionState.CRITICAL_IF_SYMPTOM: row.critical_with_symptom,
    }
    return can_say.get(state, True)


def _always_replaced(rule: Rule, known: Knowledge) -> str:
    """A rule that fires on the same drug whenever this one does, and takes its place."""
    replaced = {id_ for other in known.rules for id_ in (*other.replaces, *other.covers)}
    for other in known.rules:
        simple = not (other.partner or other.unless or other.id in replaced)
        if (
            simple
            and rule.id in other.replaces
            and other.level.rank >= highest(rule).rank
            and "flagged" not in (rule.drug, other.drug)
            and _drugs(rule.drug, known) <= _drugs(other.drug, known)
            and _follows(other.when, rule.when, known)
        ):
            return other.id
    return ""


def _follows(wanted: Condition, given: Condition, known: Knowledge) -> bool:
    """Does a condition hold whenever another does?"""
    given_ways, wanted_ways = ways(given, known.terms), ways(wanted, known.terms)
    if given_ways is None or wanted_ways is None:
        return False
    return all(
        any(
            all(any(fact == have or implies(have, fact) for have in way) for fact in need)
            for need in wanted_ways
        )
        for way in given_ways
    )
