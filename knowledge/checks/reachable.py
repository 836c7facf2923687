"""Can a rule ever fire, and a mitigation ever be offered?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from msgspec import Struct

from knowledge.checks.expansion import ways
from knowledge.checks.references import ANY_DRUG
from knowledge.draft import Draft
from knowledge.faults import Fault
from knowledge.layout import Kind
from knowledge.model import Term
from knowledge.vocabulary import Age, AnyFact, Condition, LabCut, LabIs, LabState, facts_in

_EXCLUSIVE = (
    {LabState.UNKNOWN, LabState.OLDER},
    {LabState.UNKNOWN, LabState.RECENT},
    {LabState.OLDER, LabState.RECENT},
)


def check(draft: Draft) -> Iterator[Fault]:
    """Rules and mitigations that no patient can reach."""
    terms = draft.knowledge.terms
    for rule in draft.knowledge.rules:
        place = draft.place(Kind.RULE, rule.id)
        yield from _selects_nothing(draft, rule.id, rule.drug)
        if why := impossible(draft, rule.when):
            yield place.at("when").fault(f"can never hold: {why}")
            continue
        stops = frozenset(facts_in(rule.unless))
        if _always_stopped(rule.when, stops, terms):
            yield place.at("unless").fault("stops the rule whenever its `when` holds")
            continue
        for index, raised in enumerate(rule.raises):
            at, higher = place.at(f"raise[{index}].when"), (*rule.when, *raised.when)
            if why := impossible(draft, higher):
                yield at.fault(f"can never hold: {why}")
            elif _always_stopped(higher, stops, terms):
                yield at.fault("holds only where `unless` stops the rule")
    for mitigation in draft.knowledge.mitigations.values():
        if why := impossible(draft, mitigation.offer_when):
            place = draft.place(Kind.MITIGATION, mitigation.id)
            yield place.at("offer_when").fault(f"can never hold: {why}")


def _always_stopped(
    condition: Condition, stops: frozenset[AnyFact], terms: Mapping[str, Term]
) -> bool:
    """True if each way in which a condition holds meets a fact that stops the rule."""
    every_way = ways(condition, terms)
    return bool(every_way and stops) and all(way & stops for way in every_way or ())


def _selects_nothing(draft: Draft, rule_id: str, drug: str) -> Iterator[Fault]:
    group = draft.knowledge.groups.get(drug)
    if drug in ANY_DRUG or group is None or group.members:
        return
    place = draft.place(Kind.RULE, rule_id)
    yield place.at("drug").fault(f"the group {drug} has no ingredient, so nothing can fire it")


def impossible(draft: Draft, condition: Condition) -> str:
    """Why a condition can never hold, or an empty text."""
    every_way = ways(condition, draft.knowledge.terms)
    if not every_way:
        return ""
    reasons = [_contradiction(way) for way in every_way]
    return reasons[0] if all(reasons) else ""


def _contradiction(facts: frozenset[AnyFact]) -> str:
    ordered = sorted(facts, key=str)
    bounds = [bound for fact in ordered if (bound := _bound(fact))]
    for low in bounds:
        for high in bounds:
            same = low.name == high.name and (low.op, high.op) == (">=", "<")
            if same and low.cut >= high.cut:
                return f"{low.text} and {high.text} exclude each other"
    measured = {bound.name for bound in bounds}
    states = [fact for fact in ordered if isinstance(fact, LabIs)]
    for fact in states:
        if fact.state is LabState.UNKNOWN and fact.analyte in measured:
            return f"{fact} and a value of {fact.analyte} exclude each other"
        for other in states:
            pair = {fact.state, other.state}
            if fact.analyte == other.analyte and any(pair == each for each in _EXCLUSIVE):
                return f"{fact} and {other} exclude each other"
    return ""


class _Bound(Struct, frozen=True):
    name: str
    op: str
    cut: Decimal
    text: str


def _bound(fact: AnyFact) -> _Bound | None:
    if isinstance(fact, LabCut):
        return _Bound(fact.analyte, fact.op, fact.cut, str(fact))
    return _Bound("age", fact.op, Decimal(fact.years), str(fact)) if isinstance(fact, Age) else None
