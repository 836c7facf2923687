"""Beside each other: what the service says of an option, and what the policy rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache

import msgspec

from knowledge.load import load
from knowledge.model import Knowledge
from plugin.assess import Assessor
from plugin.model import Assessment, PatientRecord
from plugin.pipeline import Pipeline
from plugin.reading.record import read_record
from tests.plugin.guards.as_fhir import PATIENT, entries, not_obtained
from tests.plugin.guards.chart import TODAY, Chart
from tests.plugin.guards.ruling import OFFERED, SILENT, WITHHELD, Ruling

Predicate = Callable[[Chart], Ruling]
MOST_TO_SHOW = 5


@cache
def pipeline() -> Pipeline:
    """The pipeline over the packaged knowledge."""
    return Pipeline(load())


def forced(knowledge: Knowledge, name: str) -> Knowledge:
    """The knowledge, with one option weighed for every patient; no rule has to propose it."""
    mitigation = msgspec.structs.replace(knowledge.mitigations[name], unprompted=True)
    return msgspec.structs.replace(
        knowledge, rules=(), mitigations=knowledge.mitigations | {name: mitigation}
    )


def read(chart: Chart) -> PatientRecord:
    """The chart's resources as the service reads them."""
    door = pipeline()
    return read_record(
        entries(chart),
        knowledge=door.knowledge,
        resolve=door.resolver.resolve,
        as_of=TODAY,
        patient=PATIENT,
        extra=not_obtained(chart),
    )


def said(answer: Assessment, name: str) -> Ruling:
    """What an answer says of an option."""
    offered = name in {mitigation.id for mitigation in answer.mitigations}
    withheld = [one for one in answer.withheld if one.mitigation == name]
    assert not (offered and withheld)
    if withheld:
        return Ruling(WITHHELD, frozenset(item.fact for item in withheld[0].because))
    return Ruling(OFFERED if offered else SILENT)


def agrees(ruling: Ruling, found: Ruling) -> bool:
    """The same fate, and the same reasons where they are told."""
    if ruling.fate != found.fate:
        return False
    told = ruling.fate == WITHHELD and ruling.reasons is not None
    return ruling.reasons == found.reasons if told else True


def disagreements(
    name: str, predicate: Predicate, charts: Iterable[Chart], *, unforced: bool = True
) -> list[str]:
    """Where service and policy differ, as texts to read; the first few.

    Each patient is judged as the rules have it and, since a guard rail holds whatever proposed the
    option, with the option weighed for everybody.
    """
    whoever = Assessor(forced(pipeline().knowledge, name))
    met: set[str] = set()
    found: list[str] = []
    for chart in charts:
        ruling, record = predicate(chart), read(chart)
        answers = [(ruling, said(whoever.assess(record, TODAY), name))]
        if unforced:
            answer = pipeline().assessor.assess(record, TODAY)
            answers.append((ruling.unforced, said(answer, name)))
        met |= {one.fate for one, _ in answers}
        found += [f"{chart}: ruled {r}, said {s}" for r, s in answers if not agrees(r, s)]
        if len(found) >= MOST_TO_SHOW:
            break
    if not found:
        assert OFFERED in met, "the predicate never lets the option stand, so it shows nothing"
        assert len(met) > 1, "the predicate always lets the option stand, so it shows nothing"
    return found
