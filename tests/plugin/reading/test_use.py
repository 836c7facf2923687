"""What is of no use on any day: without it, the record says the same."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.reading.patient import subject_of
from plugin.reading.repair import decode
from plugin.reading.source import RawEntry
from plugin.reading.use import Sieve
from tests.plugin.reading.build import (
    LOINC,
    Json,
    allergy,
    dispense,
    knowledge,
    lab,
    order,
    person,
    problem,
    read_entries,
    statement,
    without,
)
from tests.plugin.reading.odd import resources

WEIGHT = lab("29463-7", 80, "kg")
SOLVED = {"coding": [{"code": "resolved"}]}
USELESS: tuple[Json, ...] = (
    WEIGHT,
    WEIGHT | {"effectiveDateTime": "no date", "implicitRules": "http://example.org"},
    lab(status="preliminary"),
    lab(status=" Cancelled "),
    without(lab(), "code"),
    lab("29463-7", component=[{"code": {"coding": [{"system": LOINC, "code": "8480-6"}]}}]),
    problem({"text": "hay fever"}),
    problem(clinicalStatus=SOLVED),
    problem({}, verificationStatus={"text": "refuted"}),
    allergy(clinicalStatus=SOLVED),
    allergy(reaction=[{"manifestation": [{"text": "Hives"}]}]),
    order(status="entered-in-error"),
    dispense(status=" Entered-In-Error"),
)


def _never(resource: Json) -> bool:
    decoded = decode(json.dumps(resource).encode())
    assert decoded.resource is not None
    return Sieve(knowledge()).never_of_use(decoded.resource)


@pytest.mark.parametrize("resource", USELESS)
def test_what_no_rule_speaks_of_is_of_no_use(resource: Json) -> None:
    assert _never(resource)


@pytest.mark.parametrize(
    "resource",
    [
        person(),
        order(),
        order("amoxicillin", status="stopped"),
        statement(status="nonsense"),
        {"resourceType": "Medication", "id": "x", "code": {"text": "amoxicillin"}},
        {"resourceType": "Specimen", "id": "x"},
        {"resourceType": "OperationOutcome"},
        lab(),
        lab(effectiveDateTime="1999-01-01"),
        lab(unit="nonsense"),
        lab("29463-7", component=[{"code": {"coding": [{"system": LOINC, "code": "2823-3"}]}}]),
        problem(),
        without(problem(), "code"),
        problem(clinicalStatus=SOLVED, implicitRules="http://example.org"),
        allergy(),
    ],
)
def test_what_may_show_in_an_answer_is_of_use(resource: Json) -> None:
    assert not _never(resource)


@pytest.mark.parametrize(
    ("code", "of_no_use"),
    [
        (b'{"coding":[{"system":"http://loinc.org","code":"29463-7"}],"text":"weight"}', True),
        (b'{"text":"potassium"}', True),
        (b'{"coding":[{"system":"http://loinc.org","code":"2823-3"}]}', False),
        (b'{"coding":[{"code":"29463-7"},{"code":"2823-3"}]}', False),
        (b'{"coding":{"code":"29463-7"}}', False),
        (b"{", False),
        (b'{"text":"\xff"}', False),
        (b'{"coding":' + b"[" * 100_000, False),
    ],
)
def test_the_code_of_a_result_alone_may_tell(code: bytes, *, of_no_use: bool) -> None:
    """What is not as FHIR has it may be repaired to an analyte, and is kept."""
    assert Sieve(knowledge()).code_of_no_use(code) is of_no_use


@given(
    st.lists(resources(), max_size=6),
    resources(USELESS),
    st.sampled_from([date(1970, 1, 1), date(2026, 9, 15), date(2026, 11, 1), date(2031, 1, 1)]),
)
def test_a_record_without_it_is_the_same(others: list[Any], one: Json, day: date) -> None:
    raw = json.dumps(one | {"id": "one-of-its-own"}).encode()
    decoded = decode(raw)
    resource = decoded.resource
    if resource is None or decoded.broken or subject_of(resource) not in ("", "Patient/p1"):
        return
    rest = [RawEntry(json.dumps(each).encode()) for each in others]
    without_it = read_entries(rest, as_of=day, patient="Patient/p1")
    with_it = read_entries([*rest, RawEntry(raw)], as_of=day, patient="Patient/p1")
    same = with_it == msgspec.structs.replace(without_it, tally=with_it.tally)
    assert same or not Sieve(knowledge()).never_of_use(resource)


@given(resources((lab(), WEIGHT)))
def test_a_code_tells_no_more_than_the_result_does(one: Json) -> None:
    sieve = Sieve(knowledge())
    decoded = decode(json.dumps(one).encode())
    if decoded.type == "Observation" and "component" not in one and "code" in one:
        assert decoded.resource is not None
        by_code = sieve.code_of_no_use(json.dumps(one["code"]).encode())
        assert not by_code or sieve.never_of_use(decoded.resource)
