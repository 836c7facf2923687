"""Assesses patients, here or in worker processes: the same answers in the same order."""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from datetime import date
from itertools import islice

from knowledge.model import Knowledge
from knowledge.terminology.release.model import Release
from plugin.errors import CrampcheckError
from plugin.pipeline import Pipeline, default_pipeline
from plugin.screening.assessing import Patient, screen_patient
from plugin.screening.interrupts import interrupts_held
from plugin.screening.outcome import Outcome

# Small enough that the workers finish together, large enough that passing them on costs little.
PATIENTS_AT_A_TIME = 16
# Enough that no worker waits for the next one to be read, few enough to be held in memory.
TASKS_PER_WORKER = 4


def screen_patients(
    patients: Iterable[Patient], as_of: date, workers: int = 1
) -> Generator[Outcome, None, None]:
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
) -> Iterator[Outcome]:
    """Hand out the patients some at a time and give back the answers in the order of patients."""
    left = iter(patients)
    handed_out: deque[Future[list[Outcome]]] = deque()
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


def _in_worker(patients: tuple[Patient, ...], as_of: date) -> list[Outcome]:
    return [screen_patient(_of_worker["pipeline"], patient, as_of) for patient in patients]
