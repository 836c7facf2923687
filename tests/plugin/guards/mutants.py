"""Copies of the knowledge in which one guard rail is gone, weaker, or at another cut."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from knowledge.model import Knowledge, Mitigation
from knowledge.vocabulary import Clause, Condition, LabCut, TermRef

Mutant = tuple[str, Knowledge]


def mutants(knowledge: Knowledge, name: str) -> Iterator[Mutant]:
    """Every copy that differs in one guard of the mitigation, or in one term that a guard names."""
    mitigation = knowledge.mitigations[name]
    for what, offer in _changed(mitigation.offer_when, knowledge):
        yield f"offer_when {what}", _with(knowledge, mitigation, offer_when=offer)
    guards = mitigation.withhold_when
    for place, guard in enumerate(guards):
        rest = guards[:place] + guards[place + 1 :]
        words = " and ".join(map(_words, guard))
        yield f"withhold_when without {words}", _with(knowledge, mitigation, withhold_when=rest)
        for what, weaker in _changed(guard, knowledge):
            if weaker:
                changed = (*guards[:place], weaker, *guards[place + 1 :])
                yield f"withhold_when {what}", _with(knowledge, mitigation, withhold_when=changed)
    for term in sorted(_terms([mitigation.offer_when, *guards], knowledge)):
        whole = knowledge.terms[term]
        for what, condition in _changed(whole.condition, knowledge):
            changed_term = msgspec.structs.replace(whole, condition=condition)
            terms = knowledge.terms | {term: changed_term}
            yield f"{term} {what}", msgspec.structs.replace(knowledge, terms=terms)


def _with(knowledge: Knowledge, mitigation: Mitigation, **changes: object) -> Knowledge:
    changed = msgspec.structs.replace(mitigation, **changes)
    return msgspec.structs.replace(
        knowledge, mitigations=knowledge.mitigations | {mitigation.id: changed}
    )


def _changed(condition: Condition, knowledge: Knowledge) -> Iterator[tuple[str, Condition]]:
    """A condition less one clause, less one of several facts, or with a cut moved to the next."""
    for place, clause in enumerate(condition):
        before, after = condition[:place], condition[place + 1 :]
        yield f"without {_words(clause)}", before + after
        for at, fact in enumerate(clause):
            others = (clause[:at], clause[at + 1 :])
            if len(clause) > 1:
                yield f"without {fact} of {_words(clause)}", (*before, sum(others, ()), *after)
            if isinstance(fact, LabCut):
                for moved in _next_cuts(fact, knowledge):
                    new = (*others[0], moved, *others[1])
                    yield f"with {moved} for {fact}", (*before, new, *after)


def _next_cuts(fact: LabCut, knowledge: Knowledge) -> Iterator[LabCut]:
    cuts = knowledge.labs[fact.analyte].cuts
    place = cuts.index(fact.cut)
    for cut in (*cuts[max(0, place - 1) : place], *cuts[place + 1 : place + 2]):
        yield msgspec.structs.replace(fact, cut=cut)


def _terms(conditions: list[Condition], knowledge: Knowledge) -> set[str]:
    """The terms that conditions name, and those that these name."""
    named = {
        fact.name
        for condition in conditions
        for clause in condition
        for fact in clause
        if isinstance(fact, TermRef)
    }
    deeper = [knowledge.terms[name].condition for name in named]
    return named | _terms(deeper, knowledge) if named else set()


def _words(clause: Clause) -> str:
    return " or ".join(map(str, clause))
