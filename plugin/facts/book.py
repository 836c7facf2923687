"""The book of facts about one patient: asked for a fact, it answers with evidence or None.

Every answer is remembered, since many rules ask the same. Facts of a drug are asked of the drug's
own page, which falls back to the patient's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import cached_property
from typing import Any

from knowledge import vocabulary as v
from knowledge.logic import prove
from knowledge.model import Knowledge
from plugin.facts.drugs import Drug, current_drugs
from plugin.facts.holding import facts_that_hold
from plugin.facts.interactions import Hit, InteractionTable
from plugin.facts.labs import LabViews, prove_cut, prove_state
from plugin.facts.numbers import FactNumbers
from plugin.facts.pages import DRUG_FACTS, has_for_drug
from plugin.facts.problems import by_condition, prove_has
from plugin.facts.times import age_in_years
from plugin.model import EntryKind, Evidence, PatientRecord

Proof = tuple[Evidence, ...] | None
Answers = Mapping[type[v.Fact], Callable[[Any, Any], Proof]]


class _Remembered(dict[v.Fact, Proof]):
    """Answers by fact, each asked for once. Looking one up costs no more than a dictionary."""

    def __init__(self, owner: object, answers: Answers) -> None:
        super().__init__()
        self._owner = owner
        self._answers = answers

    def __missing__(self, fact: v.Fact) -> Proof:
        proof = self[fact] = self._answers[type(fact)](self._owner, fact)
        return proof


class FactBook:
    """Facts about one patient on one day. Pure: the same record gives the same answers.

    `prove` gives the evidence of a fact, or None where it does not hold. A drug fact asked of the
    patient holds where it holds for any current drug.
    """

    def __init__(
        self,
        record: PatientRecord,
        knowledge: Knowledge,
        as_of: date,
        table: InteractionTable,
        numbers: FactNumbers,
    ) -> None:
        self.record = record
        self.knowledge = knowledge
        self.as_of = as_of
        self.table = table
        self.numbers = numbers
        self.drugs = current_drugs(record)
        self.problems = by_condition(record, self.drugs)
        self.prove: Callable[[v.Fact], Proof] = _Remembered(self, _PATIENT_FACTS).__getitem__
        self._pages: dict[str, DrugPage] = {}
        self._taken: dict[str, tuple[str, ...]] = {}

    @cached_property
    def labs(self) -> LabViews:
        """The labs, as they stand on the day of assessment."""
        constants = self.knowledge.constants
        return LabViews(
            self.record.labs,
            self.record.unread,
            self.knowledge.labs,
            self.as_of,
            current_days=int(constants["current-result-days"].value),
            recent_days=int(constants["recent-result-days"].value),
        )

    @cached_property
    def true(self) -> int:
        """The numbered facts that hold, as bits: each that `prove` has evidence of."""
        return facts_that_hold(self)

    @property
    def age(self) -> int | None:
        """Completed years on the day of assessment, or None without a birth date."""
        born = self.record.birth_date
        return None if born is None else age_in_years(born, self.as_of)

    def page(self, name: str) -> DrugPage:
        """The page of a current ingredient."""
        page = self._pages.get(name)
        if page is None:
            page = self._pages[name] = DrugPage(self, self.drugs[name])
        return page

    def taken(self, selector: str) -> tuple[str, ...]:
        """The current ingredients that a group or ingredient selects, in name order."""
        found = self._taken.get(selector)
        if found is None:
            members = self.knowledge.members(selector)
            found = tuple(name for name in self.drugs if name in members)
            self._taken[selector] = found
        return found


class DrugPage:
    """Facts about one current ingredient of the patient.

    `prove` answers for this drug; a fact about the patient is answered by the book.
    """

    def __init__(self, book: FactBook, drug: Drug) -> None:
        self.book = book
        self.drug = drug
        self.prove: Callable[[v.Fact], Proof] = _Remembered(self, _PAGE_FACTS).__getitem__

    @cached_property
    def interactions(self) -> tuple[Hit, ...]:
        """The rows of the interaction table that apply to this drug."""
        return self.book.table.hits(self.drug, self.book.drugs, self.book.prove)


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
    if age is None or (age < fact.years) != (fact.op == "<"):
        return None
    return (Evidence(str(fact), book.record.reference, age, "a"),)


def _unread(book: FactBook, fact: v.UnreadKind) -> Proof:
    kind = EntryKind(fact.kind)
    found = tuple(
        Evidence(str(fact), entry.reference)
        for entry in book.record.unread
        if entry.kind is kind and entry.reason.raises_card and entry.current and entry.systemic
    )
    return found or None


def _any_drug(book: FactBook, fact: v.Fact) -> Proof:
    proofs = [book.page(name).prove(fact) for name in book.drugs]
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


def _of_book(page: DrugPage, fact: v.Fact) -> Proof:
    """A fact about the patient, asked of one drug: a reaction is a symptom with its own drug."""
    book = page.book
    if book.record.reactions:
        if isinstance(fact, v.TermRef):
            return prove(book.knowledge.terms[fact.name].condition, page.prove)
        if isinstance(fact, v.Has):
            return has_for_drug(book, page.drug, fact)
    return book.prove(fact)


def _term_of_drug(page: DrugPage, fact: v.TermRef) -> Proof:
    if fact in page.book.numbers.bits:
        return _of_book(page, fact)
    return prove(page.book.knowledge.terms[fact.name].condition, page.prove)


_PATIENT_FACTS: Answers = {
    v.LabCut: _cut,
    v.LabIs: _state,
    v.Has: _has,
    v.Takes: _takes,
    v.Count: _count,
    v.Age: _age,
    v.UnreadKind: _unread,
    v.TermRef: _term,
    **dict.fromkeys(DRUG_FACTS, _any_drug),
}
_PAGE_FACTS: Answers = {
    **dict.fromkeys(_PATIENT_FACTS, _of_book),
    **DRUG_FACTS,
    v.TermRef: _term_of_drug,
}
