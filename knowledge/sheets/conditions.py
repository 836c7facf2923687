"""Conditions in words: what must hold, with the terms spelled out once on a sheet."""

from __future__ import annotations

from collections.abc import Iterator

from knowledge.layout import Kind
from knowledge.model import Knowledge
from knowledge.sheets.sheet import Line, Part, Ref, line
from knowledge.sheets.words import in_words
from knowledge.vocabulary import (
    AnyFact,
    Clause,
    Condition,
    Count,
    DrugGroup,
    Has,
    LabCut,
    LabIs,
    Takes,
    TermRef,
)


def condition_lines(condition: Condition, known: Knowledge, told: set[str]) -> Iterator[Line]:
    """A line for each clause. `told` are the terms that the sheet has spelled out already."""
    for clause in condition:
        yield _clause(clause, known, told)


def when_line(label: str, condition: Condition, known: Knowledge, told: set[str]) -> Line:
    """`Label (all of these):` with the clauses below; a single clause stands on the line."""
    return _headed(label, "all", condition, known, told)


def any_line(label: str, condition: Condition, known: Knowledge, told: set[str]) -> Line:
    """The same of a condition of which any one clause suffices."""
    return _headed(label, "any", condition, known, told)


def _headed(label: str, how: str, condition: Condition, known: Knowledge, told: set[str]) -> Line:
    if len(condition) == 1:
        only = _clause(condition[0], known, told)
        return line(f"{label}: ", *only.parts, below=only.below)
    below = list(condition_lines(condition, known, told))
    return line(f"{label} ({how} of these):" if below else f"{label}: always", below=below)


def sentence_of(condition: Condition, known: Knowledge, joint: str = " and ") -> str:
    """A condition in one sentence, its terms by their labels."""
    return joint.join(
        in_words(clause[0], known)
        if len(clause) == 1
        else f"({' or '.join(in_words(fact, known) for fact in clause)})"
        for clause in condition
    )


def _clause(clause: Clause, known: Knowledge, told: set[str]) -> Line:
    if len(clause) == 1:
        return _fact(clause[0], known, told)
    return line("one of:", below=[_fact(fact, known, told) for fact in clause])


def _fact(fact: AnyFact, known: Knowledge, told: set[str]) -> Line:
    said: Part = _followed(fact, known)
    term = known.terms.get(fact.name) if isinstance(fact, TermRef) else None
    if term is None or term.name in told:
        return line(said)
    told.add(term.name)
    one_of = len(term.condition) == 1 and len(term.condition[0]) > 1
    clauses = [(one,) for one in term.condition[0]] if one_of else list(term.condition)
    below = [_clause(clause, known, told) for clause in clauses]
    if len(below) == 1:
        return line(said, ", that is: ", *below[0].parts, below=below[0].below)
    return line(said, ", that is, any of:" if one_of else ", that is:", below=below)


def _followed(fact: AnyFact, known: Knowledge) -> Part:
    """The words of a fact, to be followed to what they name."""
    words = in_words(fact, known)
    match fact:
        case LabCut() | LabIs():
            return Ref(Kind.LAB, fact.analyte, words)
        case Has():
            return Ref(Kind.CONDITION, fact.condition, words)
        case TermRef():
            return Ref(Kind.TERM, fact.name, words)
        case Count() | DrugGroup():
            return Ref(Kind.GROUP, fact.group, words)
        case Takes():
            kind = Kind.GROUP if fact.selector in known.groups else Kind.INGREDIENT
            return Ref(kind, fact.selector, words)
        case _:
            return words
