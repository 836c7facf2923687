"""What holds of an ingredient whoever takes it, and which labs its mechanisms ask for."""

from __future__ import annotations

from knowledge import vocabulary as v
from knowledge.model import Ingredient, Knowledge, Status

_NOT_MEASURED = (v.LabState.UNKNOWN, v.LabState.UNREAD, v.LabState.SUSPECT)


def confirmed_mechanisms(ingredient: Ingredient) -> list[str]:
    """The ids of mechanisms that were found in a source, in the file's order."""
    return [m.id for m in ingredient.mechanisms if m.status is not Status.UNCONFIRMED]


def static_fact(ingredient: Ingredient, members: frozenset[str], fact: v.Fact) -> bool | None:
    """Whether a fact holds of an ingredient whoever takes it; None where that depends on who.

    `members` are those of the fact's group, where it names one.
    """
    if isinstance(fact, v.DrugGroup):
        return ingredient.name in members
    if isinstance(fact, v.DrugMechanism):
        return fact.mechanism in confirmed_mechanisms(ingredient)
    if isinstance(fact, v.DrugTier):
        return fact.tier == ingredient.effective_tier.value
    if isinstance(fact, v.DrugEvidence):
        return fact.basis == ingredient.evidence
    return None


def lab_ways(knowledge: Knowledge, name: str, state: str) -> tuple[v.Condition, ...]:
    """The conditions of which any one makes `drug:lab=<state>` hold for an ingredient."""
    ingredient = knowledge.ingredients.get(name)
    if ingredient is None:
        return ()
    known = [knowledge.mechanisms[id_] for id_ in confirmed_mechanisms(ingredient)]
    if state == "abnormal":
        return tuple(one.abnormal for one in known if one.abnormal)
    if state == "none":
        return ((),) if any(one.clinical for one in known) else ()
    # Only the leading mechanism asks for its lab: a minor one unmeasured makes nobody suspect.
    leading = next((one for one in known if one.analyte or one.clinical), None)
    if leading is None or not leading.analyte:
        return ()
    return ((tuple(v.LabIs(leading.analyte, each) for each in _NOT_MEASURED),),)
