"""Invented populations for the report: the golden cases, drawn again and again under new ids."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date

import msgspec

from plugin.pipeline import Pipeline
from plugin.reading.source import RawEntry
from plugin.screening.assessing import screen_patient
from plugin.screening.outcome import Failed, Outcome, Quarantined, Screened, Wanted
from plugin.screening.report.run_facts import RunFacts
from tests.plugin.golden import all_cases

AS_OF = date(2026, 11, 1)
RUN = RunFacts(
    run="20261101-0615-7f3a",
    started="2026-11-01 06:15 UTC",
    as_of=AS_OF,
    source="export/",
    jurisdiction="US",
    program="0.1.0",
    files=("Condition.ndjson", "MedicationRequest.ndjson", "Observation.ndjson", "Patient.ndjson"),
    resources=(("Condition", 1204), ("MedicationRequest", 3310), ("Observation", 6021)),
)
BROKEN = (
    Quarantined("Observation.ndjson", 118, "is not JSON: the line ends too early.", 90417),
    Quarantined("Observation.ndjson", 2504, "is not JSON: the line ends too early.", 1804112),
    Quarantined("MedicationRequest.ndjson", 77, "names no patient.", 60112),
)


def golden(pipeline: Pipeline) -> list[Screened]:
    """Every golden case, screened on its own day, with its labs."""
    outcomes = []
    for case in all_cases():
        entries = tuple(RawEntry(raw=msgspec.json.encode(resource)) for resource in case.resources)
        outcome = screen_patient(pipeline, ("", entries), case.as_of, Wanted(labs=True))
        assert isinstance(outcome, Screened), outcome
        outcomes.append(outcome)
    return outcomes


def silent(patient: str, **more: object) -> Screened:
    """A patient of whom nothing is found."""
    line = b'{"findings":[],"mitigations":[],"unread":[]}'
    told = Screened(patient, line, "none", (), (), (), 0, "")
    return msgspec.structs.replace(told, **more)


def unread(patient: str) -> Screened:
    """A patient of whom nothing is found, with an entry that could not be read."""
    line = b'{"findings":[],"mitigations":[],"unread":[{"reason":"no-drug-named"}]}'
    return silent(patient, line=line, unread=1)


def ward(cases: list[Screened]) -> Iterator[Outcome]:
    """Each golden case once, beside twelve times as many of whom nothing is found."""
    by_name = sorted(cases, key=lambda one: one.patient)
    for number in range(12 * len(by_name)):
        patient = f"Patient/p{number:04d}"
        yield silent(patient) if number % 17 else unread(patient)
    yield from by_name


def population(cases: list[Screened], size: int, seed: int = 1) -> Iterator[Outcome]:
    """Most are silent, a few fail; the others are one of the cases, some often, some once."""
    chance = random.Random(seed)  # noqa: S311 - invented patients
    weights = [1 / (1 + place) for place in range(len(cases))]
    mixed = chance.sample(cases, len(cases))
    for number in range(size):
        patient = f"Patient/p{number:06d}"
        drawn = chance.random()
        if drawn < 0.68:
            yield silent(patient)
        elif drawn < 0.7:
            yield unread(patient)
        elif drawn < 0.702:
            yield Failed(patient, "internal error (KeyError); please report it.")
        else:
            (case,) = chance.choices(mixed, weights)
            yield msgspec.structs.replace(case, patient=patient)
