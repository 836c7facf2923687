"""Which numbered facts hold for one patient: the bits that their proofs would set."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from knowledge.vocabulary import LabState
from plugin.facts.labs import LabView, states_of
from plugin.facts.numbers import ALWAYS, Cuts

if TYPE_CHECKING:
    from plugin.facts.book import FactBook
    from plugin.model import LabResult


def facts_that_hold(book: FactBook) -> int:
    """The facts that hold, as bits. Terms come last, since they are made of the others."""
    true = ALWAYS | _of_drugs(book) | _of_labs(book) | _of_patient(book)
    return book.numbers.with_terms(true)


def _of_drugs(book: FactBook) -> int:
    numbers = book.numbers
    takes, counted = numbers.takes, numbers.counted
    true = numbers.counted_of_none
    tally: dict[int, int] = {}
    for name in book.drugs:
        true |= takes.get(name, 0)
        if name in counted:
            for place in counted[name]:
                tally[place] = tally.get(place, 0) + 1
    for place, number in tally.items():
        fact, bit = numbers.counts[place]
        if number >= fact.at_least:
            true |= bit
    return true | _of_entries(book)


def _of_entries(book: FactBook) -> int:
    """How any of the drugs is taken, and whether somebody prescribed it."""
    true = 0
    numbers = book.numbers
    routes = numbers.routes
    for drug in book.drugs.values():
        for entry in drug.entries:
            true |= routes.get(entry.route, 0)
            if entry.not_prescribed:
                true |= numbers.not_prescribed
    for handed_over, bit in numbers.dispensed if book.record.dispenses else ():
        if book.ask(handed_over) is not None:
            true |= bit
    return true


def _of_patient(book: FactBook) -> int:
    numbers = book.numbers
    true = 0
    for condition in book.problems:
        fact, bit = numbers.has.get(condition, (None, 0))
        if fact is not None and book.ask(fact) is not None:
            true |= bit
    age = book.age
    for fact_of_age, bit in numbers.ages if age is not None else ():
        if age is not None and fact_of_age.holds(age):
            true |= bit
    for known, bit in numbers.unread if book.record.unread else ():
        if book.ask(known) is not None:
            true |= bit
    return true


def _of_labs(book: FactBook) -> int:
    numbers, labs = book.numbers, book.labs
    true = numbers.unknown
    for analyte in labs.analytes:
        view = labs.of(analyte)
        states = numbers.states[analyte]
        true ^= states[LabState.UNKNOWN]
        for state in states_of(view):
            true |= states[state]
        if view.results and not view.suspect:
            true |= _of_values(view, numbers.cuts[analyte])
    return true


def _of_values(view: LabView, cuts: Cuts) -> int:
    """What every one of the results proves."""
    true = _of_value(view.results[0], cuts)
    for result in view.results[1:]:
        true &= _of_value(result, cuts)
    return true


def _of_value(result: LabResult, cuts: Cuts) -> int:
    true = 0
    if result.low is not None:
        true |= cuts.at_least[bisect_right(cuts.values, result.low)]
    if result.high is not None:
        place = bisect_left if result.high_open else bisect_right
        true |= cuts.below[place(cuts.values, result.high)]
    return true
