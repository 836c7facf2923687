"""A screening from end to end: acquire, read, join, screen, write, name.

Whatever ends it, it can be started again: what is done lies in the work folder, and the results
are the same bytes as if nothing had happened.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from plugin.errors import InputUnreadable
from plugin.pipeline import Pipeline, default_pipeline
from plugin.screening.engine_names import LOCAL
from plugin.screening.job import assess_job
from plugin.screening.local.work import Work
from plugin.screening.remote.bulk.unfinished import in_place_of_export
from plugin.screening.report.run_facts import ReportOptions, RunFacts
from plugin.screening.run.acquire import Acquired, Remote, acquire_remote
from plugin.screening.run.cutting import Cut
from plugin.screening.run.durable import write_whole
from plugin.screening.run.ending import in_sentences, left_if_it_goes_on, nothing_left_of_nothing
from plugin.screening.run.engines import Engine, engine_of
from plugin.screening.run.finishing import UNFINISHED, Sums, name_all, summed, write_results
from plugin.screening.run.glance import level_of
from plugin.screening.run.identity import Identity, basis_of, run_id
from plugin.screening.run.inputs import Hashing, Input
from plugin.screening.run.lock import held
from plugin.screening.run.manifest import MANIFEST, Times, manifest
from plugin.screening.run.progress import OnNotice, OnProgress, unwatched
from plugin.screening.run.state import (
    FETCHED,
    FOLDER,
    State,
    begin,
    clear,
    remove,
    say_how_it_begins,
)
from plugin.screening.run.totals import Totals
from plugin.screening.run.watching import WRITING, Watch
from plugin.screening.sinks import RESULTS, About, Chosen, Reported, check_ready, result_files
from plugin.screening.sinks.files import there

if TYPE_CHECKING:
    from plugin.screening.spark.options import SparkOptions

_HASHES = "sha256"


class Asked(Struct, frozen=True):
    """What a user asks for. Without `workers`, as many as the source is worth."""

    source: str
    out: Path
    as_of: date
    chosen: Chosen
    workers: int | None = None
    engine: str = LOCAL
    fresh: bool = False
    report: ReportOptions = ReportOptions()
    remote: Remote | None = None  # fetches what `source` is the address of
    spark: SparkOptions | None = None


class Ran(Struct, frozen=True):
    """What a run came to."""

    run: str
    totals: Totals
    seconds: float  # of this sitting


def screen(
    asked: Asked, *, on_progress: OnProgress = unwatched, on_notice: OnNotice = unwatched
) -> Ran:
    """Screen every patient of a source into a folder, from where an earlier sitting left off.

    Raises InputUnreadable if the source is missing or holds nothing, CrampcheckError if the folder
    cannot be written or another run has it, Stopped at Ctrl-C. Patients and lines that fail are
    counted and listed, not raised.
    """
    pipeline = default_pipeline()
    check_ready(asked.chosen, pipeline.knowledge)
    folder = asked.out / FOLDER
    made = not there(asked.out)
    with (
        in_sentences(asked.out, folder),
        held(folder),
        nothing_left_of_nothing(asked.out, folder, made=made, fetches=asked.remote is not None),
        engine_of(asked.engine, pipeline, asked.workers, asked.spark, folder) as engine,
    ):
        acquired = _acquired(asked, engine, folder, on_progress, on_notice)
        identity = _identity(asked, pipeline, acquired)
        anew = "" if engine.goes_on else f"--engine {asked.engine} always starts anew"
        begun = begin(folder, identity, _now(), fresh=asked.fresh, anew=anew)
        say_how_it_begins(begun, on_notice)
        sitting = _Sitting(
            asked,
            pipeline,
            engine,
            acquired=acquired,
            state=begun.state,
            folder=folder,
            on_progress=on_progress,
        )
        with left_if_it_goes_on(folder, goes_on=engine.goes_on):
            ran = sitting.run()
        remove(folder)
        return ran


class _Sitting:
    """A run from where it is to its end."""

    def __init__(
        self,
        asked: Asked,
        pipeline: Pipeline,
        engine: Engine,
        *,
        acquired: Acquired,
        state: State,
        folder: Path,
        on_progress: OnProgress,
    ) -> None:
        self._asked = asked
        self._pipeline = pipeline
        self._engine = engine
        self._source = acquired.source
        self._state = state
        self._folder = folder
        self._cut = Cut(acquired, one_by_one=asked.engine != LOCAL)
        self._workers = self._cut.workers(asked.workers)
        self._watch = Watch(self._cut, on_progress)

    def run(self) -> Ran:
        """Do what is left to do. The results have their names in the end."""
        with Hashing(self._source, self._state.identity.inputs, self._folder / _HASHES) as hashing:
            work = self._through_engine()
            inputs = hashing.result()
        run = run_id(self._state.identity, inputs)
        sums = summed(work, [chunk.number for chunk in self._cut.chunks], self._source)
        totals = write_results(
            work,
            sums,
            self._asked.chosen,
            self._about(run, sums),
            source=self._source,
            inputs=inputs,
            on_progress=self._watch.writing,
        )
        self._watch.spend(WRITING)
        write_whole(self._folder / MANIFEST, self._manifest(run, inputs, totals))
        name_all(self._folder, self._asked.chosen, self._asked.out)
        return Ran(run, totals, sum(self._watch.seconds.values()))

    def _through_engine(self) -> Work:
        """The stages of the engine. Raises InputUnreadable if there is nothing to screen."""
        job = assess_job(self._pipeline, self._asked.as_of, self._asked.chosen.wanted)
        work = self._engine.do(self._cut, self._folder, job, level_of, self._watch.came)
        left_out = self._source.not_read or self._source.failed
        if not self._watch.resources and not left_out:
            clear(self._folder)
            earlier = sorted(self._watch.earlier)
            beside = f" (but results of an earlier run: {', '.join(earlier)})" if earlier else ""
            raise InputUnreadable(
                f"{self._asked.source}: holds no FHIR resource{beside}; name the NDJSON of an "
                "export."
            )
        return work

    def _about(self, run: str, sums: Sums) -> About:
        basis, source = self._state.identity.basis, self._source
        facts = RunFacts(
            run=run,
            started=self._state.started,
            as_of=basis.as_of,
            source=self._asked.source,
            jurisdiction=basis.jurisdiction,
            program=basis.code_version,
            engine=self._asked.engine,
            files=tuple(file.name for file in source.files),
            resources=tuple(sums.kept.items()),
            set_aside=tuple(sums.set_aside.items()),
            passed_over=(*source.passed_over, *source.hidden, *sums.earlier),
        )
        knowledge = self._pipeline.knowledge
        report = Reported(knowledge, facts, self._asked.report)
        return About(run, basis.as_of, knowledge.version, report)

    def _beside(self) -> dict[str, str]:
        """Where answers are that are not among the results."""
        spark = self._asked.spark
        return {"spark_write": spark.answers} if spark and spark.answers else {}

    def _manifest(self, run: str, inputs: Sequence[Input], totals: Totals) -> bytes:
        unfinished = self._folder / UNFINISHED
        # What a sink keeps there for itself gets no name among the results.
        named = frozenset(self._asked.chosen.names) & frozenset(RESULTS)
        return manifest(
            run,
            basis=self._state.identity.basis,
            source=self._source,
            inputs=inputs,
            settings={
                "engine": self._asked.engine,
                "formats": self._asked.chosen.formats,
                "workers": self._workers,
                "chunk_bytes": self._cut.chunk_bytes,
                "partitions": self._cut.partitions,
                **self._beside(),
            },
            totals=totals,
            results=[unfinished / name for name in sorted(named) if (unfinished / name).is_file()],
            times=Times(self._state.started, _now(), self._state.sittings, self._watch.seconds),
        )


def _acquired(
    asked: Asked, engine: Engine, folder: Path, on_progress: OnProgress, on_notice: OnNotice
) -> Acquired:
    if asked.remote is None:
        leave_out = result_files(asked.out, (MANIFEST,))
        with in_place_of_export(folder / FETCHED, on_notice, fresh=asked.fresh):
            return engine.acquire(asked.source, leave_out, folder, fresh=asked.fresh)
    return acquire_remote(
        asked.remote, folder, fresh=asked.fresh, on_notice=on_notice, on_progress=on_progress
    )


def _identity(asked: Asked, pipeline: Pipeline, acquired: Acquired) -> Identity:
    return Identity(
        basis=basis_of(pipeline, asked.as_of),
        inputs=acquired.inputs,
        not_read=acquired.source.lost,
        engine=asked.engine,
        formats=asked.chosen.text,
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
