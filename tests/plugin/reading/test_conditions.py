"""Conditions: which are active, which the knowledge names, and which cannot be read."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from plugin.model import EntryKind, Problem, UnreadReason
from tests.plugin.reading.build import (
    ICD,
    SNOMED,
    Json,
    knowledge,
    person,
    problem,
    read,
    without,
)


def _names(code: Json, **elements: Any) -> list[str]:
    record = read(person(), problem(code, **elements))
    assert () == record.unread
    assert bool(record.problems) is (record.tally.set_aside == 0)
    return [found.condition for found in record.problems]


def _coded(code: str, system: str = ICD, **more: str) -> Json:
    return {"coding": [{"system": system, "code": code} | more]}


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (_coded("R25.2"), ["muscle-cramp"]),
        (_coded("r252"), ["muscle-cramp"]),
        (_coded("R25.2", "urn:oid:2.16.840.1.113883.6.90"), ["muscle-cramp"]),
        (_coded("R25.2", f"{ICD}|2026"), ["muscle-cramp"]),
        (_coded("55300003", f"{SNOMED}|{SNOMED}/731000124108"), ["muscle-cramp"]),
        (_coded("I50.22"), ["heart-failure"]),
        (_coded("I50"), ["heart-failure"]),
        (_coded("J45.40"), ["asthma"]),
        (_coded("O24.410"), ["pregnancy"]),
        (_coded("O09.90"), ["pregnancy"]),
        (_coded("o13"), ["pregnancy"]),
        (_coded("I5"), []),
        (_coded("I10"), []),
        (_coded("R25.2", "http://hl7.org/fhir/sid/icd-10"), []),
        (_coded("55300003", SNOMED), ["muscle-cramp"]),
        (_coded("55300003", "http://snomed.info/sct/900000000000207008"), ["muscle-cramp"]),
        (_coded("55300003", "http://local"), []),
        (_coded("999", "http://local", display="Muscle Cramps"), ["muscle-cramp"]),
        ({"text": "  Muscle   CRAMPS. "}, ["muscle-cramp"]),
        ({"text": "Myasthenia gravis (disorder) (HCC)"}, ["myasthenia-gravis"]),
        ({"text": "AKI (acute kidney injury) (CMS/HCC)"}, ["acute-kidney-injury"]),
        ({"text": "CKD stage IV"}, ["ckd-4-to-5"]),
        ({"text": "ESRD on HD"}, ["dialysis"]),
        ({"text": "Pregnant, 3rd trimester"}, ["pregnancy"]),
        ({"text": "Schwangerschaft"}, ["pregnancy"]),
        ({"text": "AKI (ruled out)"}, []),
        ({"text": "AKI (resolved) (HCC)"}, []),
        ({"text": "Myasthenia gravis (mother)"}, []),
        ({"text": "AKI (pregnancy)"}, []),
        ({"text": "Family history of myasthenia gravis (situation)"}, []),
        ({"text": "Screening for pregnancy (HCC)"}, []),
        ({"text": "(disorder)"}, []),
        ({"text": "("}, []),
        ({"text": "no muscle cramps"}, []),
        ({"text": "Muscle cramps", "coding": [{"system": ICD, "code": "J45.40"}]}, ["asthma"]),
        ({"text": "Muscle cramps", "coding": [{"system": ICD, "code": "I10"}]}, ["muscle-cramp"]),
    ],
)
def test_a_condition_is_named_by_code_or_by_its_exact_text(code: Json, expected: list[str]) -> None:
    """Codes first; a text counts only as a whole, so that a denial names nothing."""
    assert expected == _names(code)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("AV block, 1st degree", ["heart-block"]),
        ("Muscle cramp, nocturnal", ["nocturnal-leg-cramp"]),
        ("Acute kidney failure, unspecified (HCC)", ["acute-kidney-injury"]),
        ("Unspecified atrial fibrillation", ["arrhythmia"]),
        ("Chronic kidney disease, stage IV", ["ckd-4-to-5"]),
        ("Deep vein thrombosis (DVT) of left lower extremity", ["deep-vein-thrombosis"]),
        ("Hypothyroidism (acquired)", ["hypothyroidism"]),
        ("Deep vein thrombosis (ruled out)", []),
        ("Rhabdomyolysis (resolved)", []),
        ("Pregnancy, history of", []),
        ("Malaria, family history", []),
        ("Rule out DVT", []),
        ("Screening for chronic kidney disease, stage 4", []),
        ("Pre-dialysis", []),
        ("No evidence of rhabdomyolysis", []),
        ("Abdominal cramps", []),
    ],
)
def test_a_text_is_known_through_commas_and_abbreviations(text: str, expected: list[str]) -> None:
    """What else stands in brackets, or before it, may turn it into its opposite."""
    assert expected == _names({"text": text})


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("I82.411", ["deep-vein-thrombosis"]),
        ("I12.0", ["ckd-4-to-5"]),
        ("I12.9", []),
        ("I13.0", ["heart-failure"]),
        ("I13.10", []),
        ("I47.2", ["arrhythmia"]),
        ("Z3A.36", ["pregnancy"]),
        ("Z49.31", ["dialysis"]),
        ("Z49.01", []),
        ("I82.5Z9", []),
    ],
)
def test_a_code_of_a_neighbouring_chapter_names_what_it_says(
    code: str, expected: list[str]
) -> None:
    """Kidney, heart and vein are coded in more than one place."""
    assert expected == _names(_coded(code))


def test_every_code_of_the_knowledge_names_its_condition() -> None:
    """One that stands for all below it too, however short it is: a guard may rest on it."""
    systems = {"icd10cm": ICD, "snomed": SNOMED}
    sent = {
        f"{number}": (one.id, _coded(code.code.replace("-", "0"), systems[code.system]))
        for number, (one, code) in enumerate(
            (one, code) for one in knowledge().conditions.values() for code in one.codes
        )
    }
    record = read(person(), *(problem(code, id=id_) for id_, (_, code) in sent.items()))
    heeded = {(found.reference, found.condition) for found in record.problems}
    assert {(f"Condition/{id_}", name) for id_, (name, _) in sent.items()} <= heeded


@pytest.mark.parametrize(
    ("elements", "active"),
    [
        ({"clinicalStatus": {"coding": [{"code": "active"}]}}, True),
        ({"clinicalStatus": {"coding": [{"code": "recurrence"}]}}, True),
        ({"clinicalStatus": {"text": "Relapse"}}, True),
        ({"clinicalStatus": "active"}, True),
        ({"clinicalStatus": {"coding": [{"code": "inactive"}]}}, False),
        ({"clinicalStatus": {"coding": [{"code": "remission"}]}}, False),
        ({"clinicalStatus": {"coding": [{"code": "resolved"}]}}, False),
        ({"clinicalStatus": None}, True),
        ({"clinicalStatus": {"coding": [{"code": "unknown"}]}}, True),
        ({"clinicalStatus": None, "abatementDateTime": "2026-10-01"}, False),
        ({"clinicalStatus": None, "abatementDateTime": "2026-12-01"}, True),
        ({"clinicalStatus": None, "abatementDateTime": "last spring"}, False),
        ({"clinicalStatus": None, "abatementPeriod": {"end": "2026-10-01"}}, False),
        ({"clinicalStatus": None, "abatementPeriod": {"start": "2026-10-01"}}, True),
        ({"clinicalStatus": None, "abatementString": "in childhood"}, False),
        ({"clinicalStatus": None, "abatementBoolean": True}, False),
        ({"clinicalStatus": None, "abatementBoolean": False}, True),
        ({"clinicalStatus": None, "abatementAge": {"value": 12}}, False),
        ({"clinicalStatus": None, "abatementRange": {"low": {"value": 12}}}, False),
        ({"verificationStatus": {"coding": [{"code": "confirmed"}]}}, True),
        ({"verificationStatus": {"coding": [{"code": "provisional"}]}}, True),
        ({"verificationStatus": {"coding": [{"code": "refuted"}]}}, False),
        ({"verificationStatus": {"coding": [{"code": "entered-in-error"}]}}, False),
        ({"onsetDateTime": "2026-11-02"}, False),
        ({"onsetDateTime": None, "recordedDate": "2026-11-02"}, False),
        ({"onsetDateTime": "2026-11-01"}, True),
    ],
)
def test_active_and_not_refuted_conditions_count(elements: Json, active: bool) -> None:
    """Without a status a condition is active, unless it says that it ended."""
    assert active is bool(_names(_coded("R25.2"), **elements))


def test_a_condition_carries_its_dates_and_its_kind() -> None:
    """An encounter diagnosis of a symptom counts for a time only, which others decide."""
    category = [{"coding": [{"code": "encounter-diagnosis"}]}]
    resource = problem(
        {"text": "Cramps"}, onsetDateTime="2026-09", recordedDate="2026-09-20", category=category
    )
    expected = Problem(
        condition="muscle-cramp",
        reference="Condition/c1",
        text="Cramps",
        onset=date(2026, 9, 1),
        recorded=date(2026, 9, 20),
        encounter_diagnosis=True,
    )
    assert (expected,) == read(person(), resource).problems


@pytest.mark.parametrize(
    ("elements", "onset", "recorded"),
    [
        ({"onsetPeriod": {"start": "2026-08-02"}}, date(2026, 8, 2), None),
        ({"assertedDate": "2026-08-03"}, None, date(2026, 8, 3)),
        ({"onsetString": "years ago"}, None, None),
    ],
)
def test_onset_and_record_are_read_where_they_are_dates(
    elements: Json, onset: date | None, recorded: date | None
) -> None:
    """A period's start, STU3's asserted date; an age or a text is no date."""
    resource = without(problem(), "onsetDateTime") | elements
    assert [(onset, recorded)] == [(p.onset, p.recorded) for p in read(resource).problems]


@pytest.mark.parametrize(
    ("elements", "reason"),
    [
        ({"code": None}, UnreadReason.EMPTY),
        ({"code": {}}, UnreadReason.EMPTY),
        ({"code": {"coding": [{"system": SNOMED}]}}, UnreadReason.EMPTY),
        ({"code": [1, 2]}, UnreadReason.MALFORMED),
        ({"clinicalStatus": [[], []]}, UnreadReason.MALFORMED),
        ({"clinicalStatus": {"text": "smouldering"}}, UnreadReason.STATUS_NOT_KNOWN),
        ({"modifierExtension": [{"url": "u"}]}, UnreadReason.MODIFIER),
    ],
)
def test_a_condition_that_cannot_be_read_is_said(elements: Json, reason: UnreadReason) -> None:
    """With its kind, so that guards know that something is hidden."""
    record = read(person(), problem() | elements)
    assert () == record.problems
    assert [(reason, EntryKind.CONDITIONS)] == [(u.reason, u.kind) for u in record.unread]


def test_a_condition_of_no_rules_concern_is_set_aside_even_if_odd() -> None:
    """Hypertension with a status nobody knows is still hypertension."""
    odd = {"clinicalStatus": {"text": "smouldering"}, "modifierExtension": [{"url": "u"}]}
    assert [] == _names(_coded("I10"), **odd)
