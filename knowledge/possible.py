"""What can hold of a drug, whoever takes it. Pure.

What a drug is (its group, mechanisms, tier) does not depend on a patient. So it can be said of a
rule whether it could ever speak of a drug: every other fact is given the benefit of the doubt.
"""

from __future__ import annotations

from collections.abc import Iterator

from knowledge.checks.expansion import ways
from knowledge.model import (
    EVERY_INGREDIENT,
    FLAGGED,
    Ingredient,
    Interaction,
    Knowledge,
    Level,
    Rule,
    Status,
)
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


def drugs_of(selector: str, known: Knowledge) -> frozenset[str]:
    """The ingredients of a group or ingredient id that could be read; `any` gives all."""
    if selector in EVERY_INGREDIENT:
        return frozenset(known.ingredients)
    group = known.groups.get(selector)
    members = group.members if group else frozenset({selector})
    return members & known.ingredients.keys()


def rules_about(drug: Ingredient, known: Knowledge) -> Iterator[Rule]:
    """The rules that can flag a drug, without those about whatever another rule flags."""
    for rule in known.rules:
        about = rule.drug != FLAGGED and drug.name in drugs_of(rule.drug, known)
        if about and not unmet(rule, rule.when, drug, known):
            yield rule


def unmet(rule: Rule, condition: Condition, drug: Ingredient, known: Knowledge) -> tuple[str, ...]:
    """The facts that keep a condition from ever holding of a drug, or nothing if it can hold.

    Of several ways in which it could hold, the one that lacks least. A condition that can hold in
    too many ways to list is taken to be possible.
    """
    every_way = ways(condition, known.terms)
    lacking = [
        tuple(sorted(str(fact) for fact in way if not _can_hold(fact, drug, rule, known)))
        for way in every_way or ()
    ]
    return min(lacking, key=lambda facts: (len(facts), facts), default=())


def drug_is(fact: AnyFact, drug: Ingredient, known: Knowledge) -> bool | None:
    """Whether a fact about a drug is true of an ingredient; None if that depends on the patient."""
    match fact:
        case DrugGroup():
            return drug.name in drugs_of(fact.group, known)
        case DrugMechanism():
            confirmed = {m.id for m in drug.mechanisms if m.status is not Status.UNCONFIRMED}
            return fact.mechanism in confirmed
        case DrugTier():
            return fact.tier == drug.effective_tier.value
        case DrugEvidence():
            return fact.basis == drug.evidence
        case _:
            return None


def _can_hold(fact: AnyFact, drug: Ingredient, rule: Rule, known: Knowledge) -> bool:
    of_drug = drug_is(fact, drug, known)
    if of_drug is not None:
        return of_drug
    match fact:
        case Count():
            return len(drugs_of(fact.group, known)) >= fact.at_least
        case Takes():
            return bool(drugs_of(fact.selector, known))
        case Has():
            condition = known.conditions.get(fact.condition)
            return condition is None or bool(condition.codes or condition.texts)
        case Interacts():
            return any_row_gives(fact, drugs_of(rule.drug, known), known)
        case _:
            return True


def any_row_gives(fact: Fact, drugs: frozenset[str], known: Knowledge) -> bool:
    """Is there a row of the interaction table that can say a fact of one of the drugs?"""
    return isinstance(fact, Interacts) and any(
        row.status is not Status.UNCONFIRMED
        and drugs_of(row.drug, known) & drugs
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
