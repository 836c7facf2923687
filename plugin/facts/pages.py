"""Facts about one current drug: what it is, how it is taken, since when, and what its labs show."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

from knowledge import vocabulary as v
from knowledge.logic import prove
from plugin.facts.drugs import Drug, as_number
from plugin.facts.interactions import Hit
from plugin.facts.problems import prove_has
from plugin.facts.substance import static_fact
from plugin.facts.times import months_before
from plugin.model import Evidence

if TYPE_CHECKING:
    from plugin.facts.book import DrugPage, FactBook

Proof = tuple[Evidence, ...] | None

DAYS_IN_A_WEEK = 7


def has_for_drug(book: FactBook, drug: Drug, fact: v.Has) -> Proof:
    """`has:x` for one drug: the patient's problems, and reactions to this drug only."""
    return prove_has(book.problems, book.knowledge, book.as_of, fact, drug.name)


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
    shown = as_number(dose)
    return tuple(Evidence(str(fact), ref, shown, "mg/d") for ref in page.drug.references)


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
        if problem.condition in book.numbers.muscle_symptoms
        and problem.onset is not None
        and start <= problem.onset <= book.as_of
        and (problem.onset - start).days <= fact.weeks * DAYS_IN_A_WEEK
    )
    return found or None


def _lab(page: DrugPage, fact: v.DrugLab) -> Proof:
    ways = page.book.numbers.lab_ways(page.drug.name, fact)
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
