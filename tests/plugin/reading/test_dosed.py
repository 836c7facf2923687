"""A daily dose is read where something asks for it, and only there."""

from __future__ import annotations

import msgspec
import pytest

from knowledge.fact_text import parse_condition
from knowledge.load import load
from knowledge.model import Adjustment, Knowledge, Mitigation, Note, Raise, Rule, Term
from plugin.reading.dosed import dosed_ingredients
from plugin.reading.record import read_record
from plugin.reading.source import split
from tests.plugin.reading.build import AS_OF, bundle, order, person, resolver

ASKS = parse_condition(["drug:daily-dose>40mg"])


def doses(text: str) -> int:
    """How many doses are read of one order, with the knowledge as it is."""
    daily = {"timing": {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}}}
    dosage = daily | {"doseAndRate": [{"doseQuantity": {"value": 1, "unit": "tablet"}}]}
    sent = ({"resource": one} for one in (person(), order(text, dosageInstruction=[dosage])))
    record = read_record(
        split(bundle(*sent)),
        knowledge=load(),
        resolve=resolver().resolve,
        as_of=AS_OF,
    )
    return len(record.medications[0].doses)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("simvastatin 40 MG Oral Tablet", 1),
        ("niacin 500 MG Oral Tablet", 1),  # a partner that matters from a dose on
        ("amlodipine 5 MG / atorvastatin 20 MG Oral Tablet", 2),
        ("furosemide 40 MG Oral Tablet", 0),
        ("metformin hydrochloride 500 MG Oral Tablet", 0),
    ],
)
def test_a_dose_is_read_of_what_an_interaction_measures(text: str, expected: int) -> None:
    """Of a combination, of every part of it."""
    assert expected == doses(text)


def _rule(**more: object) -> Knowledge:
    known = load()
    plain = msgspec.structs.replace(known.rules[0], when=(), raises=(), notes=(), unless=())
    rule: Rule = msgspec.structs.replace(plain, **more)
    return msgspec.structs.replace(known, rules=(rule,))


def _mitigation(**more: object) -> Knowledge:
    known = load()
    first = next(iter(known.mitigations.values()))
    option: Mitigation = msgspec.structs.replace(first, **more)
    return msgspec.structs.replace(known, mitigations={option.id: option})


@pytest.mark.parametrize(
    "asking",
    [
        _rule(when=ASKS),
        _rule(raises=(Raise(load().rules[0].level, ASKS),)),
        _rule(notes=(Note(ASKS, "High."),)),
        msgspec.structs.replace(load(), terms={"high": Term("high", "a high dose", ASKS)}),
        _mitigation(offer_when=ASKS),
        _mitigation(withhold_when=(ASKS,)),
        _mitigation(adjust=(Adjustment(ASKS, (), "High."),)),
    ],
    ids=["when", "raise", "note", "term", "offer", "guard", "adjustment"],
)
def test_where_a_rule_asks_for_a_dose_that_of_every_drug_is_read(asking: Knowledge) -> None:
    """A rule may be about any drug."""
    assert frozenset(load().ingredients) == dosed_ingredients(asking)
    assert frozenset(load().ingredients) != dosed_ingredients(load())
