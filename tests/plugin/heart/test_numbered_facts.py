"""What dismisses rules in a glance says of each fact what its proof says."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given

from knowledge.fact_text import parse_condition
from knowledge.logic import Gate, gate_of, prove
from knowledge.model import RouteClass, Term
from knowledge.vocabulary import Condition, DrugTier, Has, LabCut, LabIs, Takes, TermRef
from plugin.assess import Assessor
from plugin.facts.book import FactBook
from plugin.facts.numbers import ALWAYS
from plugin.reading.record import read_record
from plugin.reading.source import split
from tests.oracle.as_fhir import PATIENT, bundle, resources
from tests.oracle.sketch import Sketch
from tests.plugin.heart.front_door import effort, pipeline
from tests.plugin.heart.little import LITTLE, TODAY, knowing, record, rule, taking
from tests.plugin.heart.strategies import sketches


def book_of(sketch: Sketch) -> FactBook:
    """The facts of a sketch, read through the front door."""
    whole = pipeline(sketch.jurisdiction)
    record = read_record(
        split(bundle(resources(sketch))),
        knowledge=whole.knowledge,
        resolve=whole.resolver.resolve,
        as_of=sketch.as_of,
        patient=PATIENT,
    )
    return whole.assessor.book(record, sketch.as_of)


def unaided(book: FactBook) -> FactBook:
    """The same facts with no number known, so that each is proven from the record."""
    again = FactBook(book.record, book.knowledge, book.as_of, book.table, book.numbers)
    again.true = -1  # every bit: nothing is dismissed
    return again


@effort(200)
@given(sketches())
def test_every_numbered_fact_holds_exactly_where_it_is_proven(sketch: Sketch) -> None:
    """No fact is dismissed that has a proof, and none is taken for true without one."""
    book = book_of(sketch)
    asked = unaided(book)
    proven = {fact for fact in book.numbers.bits if asked.prove(fact) is not None}
    assert {fact for fact, bit in book.numbers.bits.items() if bit & book.true} == proven


@effort(50)
@given(sketches())
def test_a_closed_gate_never_shuts_out_a_condition_that_is_proven(sketch: Sketch) -> None:
    """Of every condition of every rule and guard rail."""
    book = book_of(sketch)
    asked = unaided(book)
    for condition in conditions():
        gate = book.numbers.gate(condition)
        if prove(condition, asked.prove) is not None:
            assert gate.open(book.true)
            assert book.true & book.numbers.needed(condition)


def conditions() -> list[Condition]:
    """Those that the knowledge decides by."""
    knowledge = pipeline().knowledge
    found = [one.condition for one in knowledge.terms.values()]
    for asks in knowledge.rules:
        found += [asks.when, *(one.when for one in asks.raises), *(n.when for n in asks.notes)]
    for mitigation in knowledge.mitigations.values():
        found += [mitigation.offer_when, *mitigation.withhold_when]
    return found


def test_every_kind_of_fact_about_the_patient_has_a_number() -> None:
    """And none about one drug alone, which only that drug can answer."""
    bits = book_of(Sketch(as_of=date(2026, 11, 1))).numbers.bits
    kinds = {type(fact) for fact in bits}
    assert {LabCut, LabIs, Has, Takes, TermRef} <= kinds
    assert DrugTier not in kinds
    assert ALWAYS not in bits.values()


def test_a_gate_asks_for_all_of_its_clauses_and_for_any_bit_of_each() -> None:
    """A clause of no bit at all keeps it closed."""
    gate = gate_of([0b0010, 0b1100])
    assert gate.open(0b0110)
    assert gate.open(0b1010)
    assert not gate.open(0b0010)
    assert not gate.open(0b1100)
    assert Gate().open(0)
    assert not gate_of([0]).open(0b1111)


@pytest.mark.parametrize("about", ["drug:route=nebulised", "drug:mechanism=dryness"])
def test_a_term_about_one_drug_is_asked_of_each_drug(about: str) -> None:
    """It holds for one drug of a patient and not for another, whether it has a number or not."""
    term = Term("odd", "something of one drug", parse_condition([about]))
    doctor = Assessor(knowing(rule("odd"), terms={**LITTLE.terms, "odd": term}))
    mist = taking("furosemide", route=RouteClass.NEBULISED)
    found = doctor.assess(record(medications=(mist, taking("omeprazole"))), TODAY)
    assert [finding.ingredients for finding in found.findings] == [("furosemide",)]
