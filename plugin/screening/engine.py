"""Assesses patients, here or in worker processes: the same answers in the same order."""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from datetime import date
from itertools import islice
from typing import TypeAlias

from msgspec import Struct

from knowledge.model import Knowledge
from knowledge.terminology.release.model import Release
from plugin.answer import to_bytes
from plugin.errors import CrampcheckError
from plugin.model import Assessment
from plugin.pipeline import Pipeline, default_pipeline
from plugin.reading.source import RawEntry
from plugin.screening.interrupts import interrupts_held

Patient: TypeAlias = tuple[str, tuple[RawEntry, ...]]

# Small enough that the workers finish together, large enough that passing them on costs little.
PATIENTS_AT_A_TIME = 16
# Enough that no worker waits for the next one to be read, few enough to be held in memory.
TASKS_PER_WORKER = 4


class Screened(Struct, frozen=True):
    """The answer about one patient: the contract's JSON, and what the summary says of it."""

    patient: str
    line: bytes
    level: str
    rules: tuple[str, ...]
    ingredients: tuple[str, ...]
    mitigations: tuple[str, ...]
    unread: int
    not_assessed: str


class Failed(Struct, frozen=True):
    """A patient who could not be screened, and why. Holds no patient data."""

    patient: str
    reason: str


def screen_patient(pipeline: Pipeline, patient: Patient, as_of: date) -> Screened | Failed:
    """Assess one patient. Whatever goes wrong is this patient's failure, never the run's."""
    reference, entries = patient
    try:
        assessment = pipeline.assess_entries(entries, as_of, reference)
        return _screened(assessment)
    except CrampcheckError as error:
        return Failed(reference, error.message)
    except Exception as error:  # its message may hold patient data, its type does not
        return Failed(reference, f"internal error ({type(error).__name__}); please report it.")


def screen_patients(
    patients: Iterable[Patient], as_of: date, workers: int = 1
) -> Generator[Screened | Failed, None, None]:
    """Assess patients in the order given. Raises CrampcheckError if a worker process dies."""
    pipeline = default_pipeline()
    if workers <= 1:
        for patient in patients:
            yield screen_patient(pipeline, patient, as_of)
        return
    # Spawned, not forked: the parent has threads (the progress bar), and forking those can hang.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(
        workers,
        context,
        _start_worker,
        (pipeline.knowledge, pipeline.jurisdiction, pipeline.release),
    )
    try:
        yield from _from_workers(pool, patients, as_of, workers * TASKS_PER_WORKER)
    except BrokenProcessPool as error:
        raise CrampcheckError(
            "a worker process died, probably for lack of memory; use fewer --workers."
        ) from error
    finally:
        # What runs is brought to its end, a fraction of a second, so that no worker is orphaned.
        with interrupts_held():
            pool.shutdown(cancel_futures=True)


def _from_workers(
    pool: ProcessPoolExecutor, patients: Iterable[Patient], as_of: date, at_once: int
) -> Iterator[Screened | Failed]:
    """Hand out the patients some at a time and give back the answers in the order of patients."""
    left = iter(patients)
    handed_out: deque[Future[list[Screened | Failed]]] = deque()
    while some := tuple(islice(left, PATIENTS_AT_A_TIME)):
        with interrupts_held():  # this is where worker processes are started
            handed_out.append(pool.submit(_in_worker, some, as_of))
        if len(handed_out) >= at_once:
            yield from handed_out.popleft().result()
    while handed_out:
        yield from handed_out.popleft().result()


_of_worker: dict[str, Pipeline] = {}


def _start_worker(knowledge: Knowledge, jurisdiction: str, release: Release | None) -> None:
    """Every process judges by the knowledge of the parent, whatever the files say by now."""
    _of_worker["pipeline"] = Pipeline(knowledge, jurisdiction, release)


def _in_worker(patients: tuple[Patient, ...], as_of: date) -> list[Screened | Failed]:
    return [screen_patient(_of_worker["pipeline"], patient, as_of) for patient in patients]


def _screened(assessment: Assessment) -> Screened:
    findings = assessment.findings
    return Screened(
        patient=assessment.patient,
        line=to_bytes(assessment),
        level=assessment.level.value,
        rules=tuple(dict.fromkeys(finding.rule for finding in findings)),
        ingredients=tuple(sorted({name for finding in findings for name in finding.ingredients})),
        mitigations=tuple(offered.id for offered in assessment.mitigations),
        unread=len(assessment.unread),
        not_assessed=assessment.not_assessed.value if assessment.not_assessed else "",
    )
