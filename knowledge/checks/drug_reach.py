"""Is there a drug at all that can fire a rule? And is the rule ever said where it fires?

A rule which asks for a mechanism that none of its drugs has is dead, however sick the patient.
"""

from __future__ import annotations

from collections.abc import Iterator

from knowledge.checks.expansion import ways
from knowledge.checks.oracle import implies
from knowledge.checks.rules import highest
from knowledge.draft import Draft
from knowledge.fact_text import parse_fact
from knowledge.faults import Fault
from knowledge.layout import Kind
from knowledge.model import FLAGGED, Knowledge, Rule
from knowledge.possible import any_row_gives, drugs_of, unmet
from knowledge.vocabulary import Condition


def check(draft: Draft) -> Iterator[Fault]:
    """Rules that no drug of the knowledge can fire, or that another always takes the place of."""
    if draft.faults:
        return  # an entry that could not be read may be the drug that is missed
    known = draft.knowledge
    for rule in known.rules:
        drugs = drugs_of(rule.drug, known)
        if not drugs:
            continue  # a group without ingredients is said where it is named
        place = draft.place(Kind.RULE, rule.id)
        for key, condition in _asked(rule):
            if missed := _missed(rule, condition, drugs, known):
                yield place.at(key).fault(f"can never hold: no drug of {rule.drug} meets {missed}")
        if ":" in rule.partner and not any_row_gives(parse_fact(rule.partner), drugs, known):
            yield place.at("with").fault(
                f"{rule.partner}: no row of the interaction table is of a drug of {rule.drug}"
            )
        if greater := _always_replaced(rule, known):
            yield place.fault(f"is never said: {greater} fires whenever it does, and replaces it")


def _asked(rule: Rule) -> Iterator[tuple[str, Condition]]:
    yield "when", rule.when
    for index, raised in enumerate(rule.raises):
        yield f"raise[{index}].when", (*rule.when, *raised.when)


def _missed(rule: Rule, condition: Condition, drugs: frozenset[str], known: Knowledge) -> str:
    """What no drug of a rule meets, of the drug that lacks least; empty if one lacks nothing."""
    least: tuple[str, ...] = ()
    for name in sorted(drugs):
        lacking = unmet(rule, condition, known.ingredients[name], known)
        if not lacking:
            return ""
        least = min(least or lacking, lacking, key=lambda facts: (len(facts), facts))
    return " and ".join(least)


def _always_replaced(rule: Rule, known: Knowledge) -> str:
    """A rule that fires on the same drug whenever this one does, and takes its place."""
    replaced = {id_ for other in known.rules for id_ in (*other.replaces, *other.covers)}
    for other in known.rules:
        simple = not (other.partner or other.unless or other.id in replaced)
        if (
            simple
            and rule.id in other.replaces
            and other.level.rank >= highest(rule).rank
            and FLAGGED not in (rule.drug, other.drug)
            and drugs_of(rule.drug, known) <= drugs_of(other.drug, known)
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
