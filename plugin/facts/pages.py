"""Facts about one current drug: what it is, how it is taken, since when, and what its labs show."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

from knowledge import vocabulary as v
from knowledge.logic import prove
from knowledge.model import Ingredient, Mechanism, Status
from plugin.facts.drugs import Drug
from plugin.facts.interactions import Hit
from plugin.facts.problems import prove_has
from plugin.facts.times import months_before
from plugin.model import Evidence

if TYPE_CHECKING:
    from plugin.facts.book import DrugPage, FactBook

Proof = tuple[Evidence, ...] | None

DAYS_IN_A_WEEK = 7
_NOT_MEASURED = (v.LabState.UNKNOWN, v.LabState.UNREAD, v.LabState.SUSPECT)


def has_for_drug(book: FactBook, drug: Drug, fact: v.Has) -> Proof:
    """`has:x` for one drug: the patient's problems, and reactions to this drug only."""
    return prove_has(book.problems, book.knowledge, book.as_of, fact, drug.name)


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


def _static(page: DrugPage, fact: v.Fact) -> Proof:
    ingredient = page.book.knowledge.ingredients.get(page.drug.name)
    if ingredient is None:
        return None
    group = fact.group if isinstance(fact, v.DrugGroup) else ""
    members = page.book.knowledge.members(group) if group else frozenset()
    # What a drug is needs no evidence of its own: that it is taken is the finding's subject.
    return () if static_fact(ingredient, members, fact) else None


def _route(page: DrugPage, fact: v.DrugRoute) -> Proof:
    return _taken(fact, [e.reference for e in page.drug.entries if e.route.value == fact.route])


def _not_prescribed(page: DrugPage, fact: v.DrugNotPrescribed) -> Proof:
    return _taken(fact, [e.reference for e in page.drug.entries if e.not_prescribed])


def _taken(fact: v.Fact, references: list[str]) -> Proof:
    return tuple(Evidence(str(fact), reference) for reference in references) or None


def _dispensed(page: DrugPage, fact: v.DrugDispensed) -> Proof:
    as_of = page.book.as_of
    since = months_before(as_of, fact.months)
    counted = [
        d
        for d in page.drug.dispenses
        if d.handed_over is not None and since < d.handed_over <= as_of
    ]
    packages = sum(d.packages for d in counted)
    if packages < fact.at_least:
        return None
    return tuple(
        Evidence(str(fact), d.reference, d.packages, "{package}", _iso(d.handed_over))
        for d in counted
    )


def _daily_dose(page: DrugPage, fact: v.DrugDailyDose) -> Proof:
    dose = page.drug.daily_mg
    if dose is None or dose <= fact.mg:
        return None
    return tuple(Evidence(str(fact), ref, float(dose), "mg/d") for ref in page.drug.references)


def _taken_for(page: DrugPage, fact: v.DrugTakenFor) -> Proof:
    start = page.drug.start
    if start is None or (page.book.as_of - start).days < fact.days:
        return None
    return tuple(Evidence(str(fact), ref, date=_iso(start)) for ref in page.drug.references)


def _onset(page: DrugPage, fact: v.DrugOnset) -> Proof:
    start, book = page.drug.start, page.book
    if start is None:
        return None
    found = tuple(
        Evidence(str(fact), problem.reference, date=_iso(problem.onset))
        for problem in book.record.problems
        if book.knowledge.conditions[problem.condition].symptom
        and problem.onset is not None
        and start <= problem.onset <= book.as_of
        and (problem.onset - start).days <= fact.weeks * DAYS_IN_A_WEEK
    )
    return found or None


def lab_ways(
    ingredient: Ingredient, mechanisms: dict[str, Mechanism], fact: v.DrugLab
) -> tuple[v.Condition, ...]:
    """The conditions of which any one makes `drug:lab=x` hold for an ingredient."""
    known = [mechanisms[name] for name in confirmed_mechanisms(ingredient)]
    if fact.state == "abnormal":
        return tuple(one.abnormal for one in known if one.abnormal)
    if fact.state == "none":
        return ((),) if any(one.clinical for one in known) else ()
    # Only the leading mechanism asks for its lab: a minor one unmeasured makes nobody suspect.
    leading = next((one for one in known if one.analyte or one.clinical), None)
    if leading is None or not leading.analyte:
        return ()
    return ((tuple(v.LabIs(leading.analyte, state) for state in _NOT_MEASURED),),)


def _lab(page: DrugPage, fact: v.DrugLab) -> Proof:
    knowledge = page.book.knowledge
    ingredient = knowledge.ingredients.get(page.drug.name)
    if ingredient is None:
        return None
    ways = lab_ways(ingredient, knowledge.mechanisms, fact)
    held = [proof for way in ways if (proof := prove(way, page.prove)) is not None]
    return tuple(item for proof in held for item in proof) if held else None


def _interacts(page: DrugPage, fact: v.Interacts) -> Proof:
    hits = [hit for hit in page.interactions if fact.state in hit.states]
    return tuple(item for hit in hits for item in hit_evidence(page, hit, fact)) or None


def hit_evidence(page: DrugPage, hit: Hit, fact: v.Interacts) -> tuple[Evidence, ...]:
    """The entries of the drug and of its partners, and what else the row asks for."""
    entries = tuple(
        Evidence(str(fact), reference)
        for name in (page.drug.name, *hit.partners)
        for reference in page.book.drugs[name].references
    )
    return entries + hit.because


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


DRUG_FACTS: dict[type[v.Fact], Callable[[DrugPage, Any], Proof]] = {
    v.DrugGroup: _static,
    v.DrugMechanism: _static,
    v.DrugTier: _static,
    v.DrugEvidence: _static,
    v.DrugRoute: _route,
    v.DrugLab: _lab,
    v.DrugDispensed: _dispensed,
    v.DrugDailyDose: _daily_dose,
    v.DrugTakenFor: _taken_for,
    v.DrugOnset: _onset,
    v.DrugNotPrescribed: _not_prescribed,
    v.Interacts: _interacts,
}
