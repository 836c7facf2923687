"""The short ways through the heart end where the long ones do."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from plugin.answer import to_bytes
from plugin.assess import Assessor
from plugin.facts import plans
from plugin.model import Assessment, EntryKind, Evidence, PatientRecord
from plugin.reading.record import read_record
from plugin.reading.source import split
from tests.oracle.as_fhir import PATIENT, bundle, resources
from tests.oracle.sketch import Sketch
from tests.plugin.heart.front_door import effort, pipeline
from tests.plugin.heart.little import (
    TODAY,
    assessed,
    knowing,
    mitigation,
    record,
    rule,
    taking,
    unread,
)
from tests.plugin.heart.strategies import sketches


def _record(sketch: Sketch) -> PatientRecord:
    whole = pipeline(sketch.jurisdiction)
    return read_record(
        split(bundle(resources(sketch))),
        knowledge=whole.knowledge,
        resolve=whole.resolver.resolve,
        as_of=sketch.as_of,
        patient=PATIENT,
    )


@effort(60)
@given(sketches(), st.integers(0, 2))
def test_nothing_is_found_of_whom_nothing_is_looked_up(sketch: Sketch, drugs: int) -> None:
    """Whoever is passed over at a look at the drugs would be found nothing in full either."""
    whole, assessor = _record(sketch), pipeline(sketch.jurisdiction).assessor
    chart = replace(whole, medications=whole.medications[:drugs])
    answer = assessor.assess(chart, sketch.as_of)
    if answer.not_assessed is None:
        assert answer == assessor.assess_in_full(chart, sketch.as_of)


def test_the_long_way_lists_the_medications_itself() -> None:
    """Whoever has not had the first look gets the same answer."""
    assessor = Assessor(knowing(rule("takes:furosemide")))
    chart = record(medications=(taking("furosemide"), taking("simvastatin", current=False)))
    assert assessor.assess(chart, TODAY) == assessor.assess_in_full(chart, TODAY)


def test_what_is_offered_unprompted_is_heard_of_a_patient_without_drugs() -> None:
    """By what could not be read, if that is what it asks for, and else in any case."""
    asks = mitigation("ask", unprompted=True, offer_when=["unread:medications"])
    told = mitigation("tell", unprompted=True, offer_when=["has:cramp"])
    harms = mitigation("harm", unprompted=True, offer_when=["potassium<3.5"], can_harm=True)
    for kind, ids in ((EntryKind.MEDICATIONS, ["ask"]), (EntryKind.LABS, [])):
        chart = record(unread=(unread(kind),))
        assert ids == [one.id for one in assessed(chart, knowing(mitigations=(asks,))).mitigations]
        other = knowing(mitigations=(asks, told))
        assert ids == [one.id for one in assessed(chart, other).mitigations]
    answer = assessed(record(), knowing(mitigations=(harms,)))
    assert ["harm"] == [one.mitigation for one in answer.withheld]


@effort(20)
@given(st.lists(sketches(), min_size=2, max_size=4))
def test_what_was_remembered_of_other_patients_changes_no_answer(patients: list[Sketch]) -> None:
    """One assessor for all of them, and one for each that knows nothing yet."""
    for sketch in patients:
        chart, whole = _record(sketch), pipeline(sketch.jurisdiction)
        fresh = Assessor(whole.knowledge, whole.jurisdiction)
        once = fresh.assess(chart, sketch.as_of)
        assert once == fresh.assess(chart, sketch.as_of)
        assert once == whole.assessor.assess(chart, sketch.as_of)


def test_only_so_many_plans_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """When it is full it starts anew, and every answer is right again."""
    monkeypatch.setattr(plans, "_MOST", 1)
    assessor = Assessor(knowing(rule("takes:furosemide")))
    names: list[tuple[str, ...]] = [("furosemide",), ("simvastatin",)]
    charts = [record(medications=tuple(taking(name) for name in some)) for some in names]
    first = [assessor.assess(chart, TODAY) for chart in charts]
    assert first == [assessor.assess(chart, TODAY) for chart in charts]


@effort(40)
@given(sketches())
def test_the_line_is_the_contract_written_out(sketch: Sketch) -> None:
    """The structs are encoded as they stand: each key and each thing left out is told here."""
    answer = pipeline(sketch.jurisdiction).assessor.assess(_record(sketch), sketch.as_of)
    assert to_bytes(answer) == msgspec.json.encode(_written_out(answer))
    assert (
        to_bytes(answer)
        == json.dumps(_written_out(answer), ensure_ascii=False, separators=(",", ":")).encode()
    )


def _written_out(answer: Assessment) -> dict[str, Any]:
    gone = answer.not_assessed
    left = [{"reference": answer.patient, "text": "", "reason": gone.value}] if gone else []
    return {
        "schema": "crampcheck.assessment/1",
        "patient": answer.patient,
        "as_of": answer.as_of.isoformat(),
        "knowledge_version": answer.knowledge_version,
        "level": answer.level.value,
        "medications": [
            {
                "reference": one.reference,
                "text": one.text,
                "current": one.current,
                "ingredients": list(one.ingredients),
                "match": one.match.value,
            }
            for one in answer.medications
        ],
        "findings": [
            {
                "rule": one.rule,
                "level": one.level.value,
                "ingredients": list(one.ingredients),
                "with": list(one.partners),
                "summary": one.summary,
                "because": [_proof(item) for item in one.because],
                "mitigations": list(one.mitigations),
                "sources": list(one.sources),
                "notes": list(one.notes),
            }
            for one in answer.findings
        ],
        "mitigations": [{"id": m.id, "kind": m.kind, "text": m.text} for m in answer.mitigations],
        "withheld": [
            {"mitigation": one.mitigation, "because": [_proof(item) for item in one.because]}
            for one in answer.withheld
        ],
        "unread": [
            *left,
            *(
                {"reference": one.reference, "text": one.text, "reason": one.reason.value}
                | ({"detail": one.detail} if one.detail else {})
                for one in answer.unread
            ),
        ],
    }


def _proof(item: Evidence) -> dict[str, Any]:
    parts = {name: getattr(item, name) for name in Evidence.__struct_fields__}
    return {name: value for name, value in parts.items() if value not in ("", None)}
