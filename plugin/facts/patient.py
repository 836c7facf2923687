"""Facts about the patient as a whole: labs, conditions, what is taken, age, what was not read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from knowledge import vocabulary as v
from knowledge.logic import prove
from plugin.facts.labs import prove_cut, prove_state
from plugin.facts.pages import DRUG_FACTS
from plugin.facts.problems import prove_has
from plugin.model import EntryKind, Evidence

if TYPE_CHECKING:
    from plugin.facts.book import FactBook

Proof = tuple[Evidence, ...] | None
Answers = Mapping[type[v.Fact], Callable[[Any, Any], Proof]]


def _takes(book: FactBook, fact: v.Takes) -> Proof:
    text = str(fact)
    found = tuple(
        Evidence(text, reference)
        for name in book.taken(fact.selector)
        for reference in book.drugs[name].references
    )
    return found or None


def _count(book: FactBook, fact: v.Count) -> Proof:
    names = book.taken(fact.group)
    if len(names) < fact.at_least:
        return None
    text = str(fact)
    return tuple(Evidence(text, ref) for name in names for ref in book.drugs[name].references)


def _age(book: FactBook, fact: v.Age) -> Proof:
    age = book.age
    known = age is not None and fact.holds(age)
    return (Evidence(str(fact), book.record.reference, age, "a"),) if known else None


def _unread(book: FactBook, fact: v.UnreadKind) -> Proof:
    kind = EntryKind(fact.kind)
    found = tuple(
        Evidence(str(fact), entry.reference)
        for entry in book.record.unread
        if entry.kind is kind and entry.reason.raises_card and entry.current and entry.systemic
    )
    return found or None


def _any_drug(book: FactBook, fact: v.Fact) -> Proof:
    return _any_of(book.drugs, book, fact)


def _any_row(book: FactBook, fact: v.Interacts) -> Proof:
    return _any_of((name for name in book.drugs if book.table.speaks_of(name)), book, fact)


def _any_of(names: Iterable[str], book: FactBook, fact: v.Fact) -> Proof:
    proofs = [book.page(name).prove(fact) for name in names]
    held = [proof for proof in proofs if proof is not None]
    return tuple(item for proof in held for item in proof) if held else None


def _term(book: FactBook, fact: v.TermRef) -> Proof:
    return prove(book.knowledge.terms[fact.name].condition, book.prove)


def _cut(book: FactBook, fact: v.LabCut) -> Proof:
    return prove_cut(book.labs.of(fact.analyte), fact)


def _state(book: FactBook, fact: v.LabIs) -> Proof:
    return prove_state(book.labs.of(fact.analyte), fact)


def _has(book: FactBook, fact: v.Has) -> Proof:
    return prove_has(book.problems, book.knowledge, book.as_of, fact)


PATIENT_FACTS: Answers = {
    v.LabCut: _cut,
    v.LabIs: _state,
    v.Has: _has,
    v.Takes: _takes,
    v.Count: _count,
    v.Age: _age,
    v.UnreadKind: _unread,
    v.TermRef: _term,
    **dict.fromkeys(DRUG_FACTS, _any_drug),
    v.Interacts: _any_row,
}
