"""What can hold of a drug, whoever takes it. Pure.

What a drug is (its group, mechanisms, tier) does not depend on a patient. So it can be said of a
rule whether it could ever speak of a drug: every other fact is given the benefit of the doubt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

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
    """Is there a row of the interaction table that can say a fact of one of the drugs?

    At some dose, and for some patient. A state that is not judged here is taken to be possible.
    """
    says = _SAYS.get(fact.state) if isinstance(fact, Interacts) else None
    return says is None or any(
        row.acts
        and row.status is not Status.UNCONFIRMED
        and drugs_of(row.drug, known) & drugs
        and says(row)
        for row in known.interactions
    )


def _forbids(row: Interaction, *, alone: bool) -> bool:
    return row.effect == "contraindicated" and alone is not bool(row.partners)


def _caps(row: Interaction, *, alone: bool) -> bool:
    return row.effect == "dose-cap" and alone is not bool(row.partners)


_SAYS: dict[InteractionState, Callable[[Interaction], bool]] = {
    InteractionState.CONTRAINDICATED: partial(_forbids, alone=False),
    InteractionState.OVER_CAP: partial(_caps, alone=False),
    InteractionState.DOSE_UNREAD: partial(_caps, alone=False),
    InteractionState.AT_CAP: lambda row: row.effect == "dose-cap",
    InteractionState.ALONE_CONTRAINDICATED: partial(_forbids, alone=True),
    InteractionState.ALONE_OVER_CAP: partial(_caps, alone=True),
    InteractionState.ALONE_DOSE_UNREAD: partial(_caps, alone=True),
    InteractionState.WARNING: lambda row: row.level.rank >= Level.WARNING.rank,
    InteractionState.CRITICAL: lambda row: row.level is Level.CRITICAL,
    InteractionState.CRITICAL_IF_SYMPTOM: lambda row: row.critical_with_symptom,
}
