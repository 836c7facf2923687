"""The book of facts about one patient: asked for a fact, it answers with evidence or None.

Every answer is remembered, since many rules ask the same. Facts of a drug are asked of the drug's
own page, which falls back to the patient's.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from knowledge import vocabulary as v
from knowledge.logic import prove
from knowledge.model import Knowledge
from plugin.facts.drugs import Drug, current_drugs
from plugin.facts.holding import facts_that_hold
from plugin.facts.interactions import Hit, InteractionTable
from plugin.facts.labs import LabViews
from plugin.facts.numbers import ALWAYS, FactNumbers
from plugin.facts.pages import DRUG_FACTS, has_for_drug
from plugin.facts.patient import PATIENT_FACTS, Answers, Proof
from plugin.facts.problems import by_condition
from plugin.facts.times import age_in_years
from plugin.model import PatientRecord
from plugin.reading.memo import once

_NO_STATES: frozenset[v.InteractionState] = frozenset()


class _OfPatient(dict[v.Fact, Proof]):
    """Answers about the patient, each asked for once. A numbered fact that is not true has none."""

    def __init__(self, book: FactBook) -> None:
        super().__init__()
        self._book = book

    def __missing__(self, fact: v.Fact) -> Proof:
        book = self._book
        holds = book.numbers.bits.get(fact, ALWAYS) & book.true
        proof = self[fact] = book.ask(fact) if holds else None
        return proof


class _OfDrug(dict[v.Fact, Proof]):
    """Answers about one drug, each asked for once."""

    def __init__(self, page: DrugPage) -> None:
        super().__init__()
        self._page = page

    def __missing__(self, fact: v.Fact) -> Proof:
        proof = self[fact] = _PAGE_FACTS[type(fact)](self._page, fact)
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
        self.prove: Callable[[v.Fact], Proof] = _OfPatient(self).__getitem__
        self._pages: dict[str, DrugPage] = {}
        self._taken: dict[str, tuple[str, ...]] = {}

    @once
    def labs(self) -> LabViews:
        """The labs, as they stand on the day of assessment."""
        return LabViews(
            self.record.labs,
            self.record.unread,
            self.knowledge.labs,
            self.as_of,
            told_by=self.numbers.told_by,
            current_days=self.numbers.current_days,
            recent_days=self.numbers.recent_days,
        )

    @once
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

    def ask(self, fact: v.Fact) -> Proof:
        """The evidence of a fact, asked of the record and not of what is known to be true."""
        return PATIENT_FACTS[type(fact)](self, fact)


class DrugPage:
    """Facts about one current ingredient of the patient.

    `prove` answers for this drug; a fact about the patient is answered by the book.
    """

    def __init__(self, book: FactBook, drug: Drug) -> None:
        self.book = book
        self.drug = drug
        self.prove: Callable[[v.Fact], Proof] = _OfDrug(self).__getitem__

    @once
    def interactions(self) -> tuple[Hit, ...]:
        """The rows of the interaction table that apply to this drug."""
        book = self.book
        return book.table.hits(self.drug, book.drugs, book.prove)

    @once
    def interaction_states(self) -> frozenset[v.InteractionState]:
        """What any row says of this drug."""
        hits = self.interactions
        return _NO_STATES.union(*[hit.states for hit in hits]) if hits else _NO_STATES


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
    numbers = page.book.numbers
    if fact in numbers.bits and fact not in numbers.of_one_drug:
        return _of_book(page, fact)
    return prove(page.book.knowledge.terms[fact.name].condition, page.prove)


_PAGE_FACTS: Answers = {
    **dict.fromkeys(PATIENT_FACTS, _of_book),
    **DRUG_FACTS,
    v.TermRef: _term_of_drug,
}
