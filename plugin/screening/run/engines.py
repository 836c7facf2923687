"""The engines of a run: where its stages are done. All leave the same in the work folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from plugin.pipeline import Pipeline
from plugin.screening.engine_names import SPARK
from plugin.screening.job import AssessJob
from plugin.screening.local.work import Work
from plugin.screening.run.acquire import Acquired, acquire
from plugin.screening.run.cutting import Cut
from plugin.screening.run.stages import Glance, OnCame, do_stages

if TYPE_CHECKING:
    from plugin.screening.spark.options import SparkOptions


class Engine(Protocol):
    """Brings a source within reach, and does the stages."""

    @property
    def goes_on(self) -> bool:
        """Whether it goes on with what an earlier sitting left."""

    def acquire(
        self, source: str, leave_out: frozenset[Path], folder: Path, *, fresh: bool
    ) -> Acquired: ...

    def do(
        self, cut: Cut, folder: Path, job: AssessJob, glance: Glance, on_came: OnCame
    ) -> Work: ...


class LocalEngine:
    """Worker processes of this machine."""

    goes_on = True

    def __init__(self, pipeline: Pipeline, workers: int | None) -> None:
        self._pipeline = pipeline
        self._workers = workers

    def acquire(
        self, source: str, leave_out: frozenset[Path], folder: Path, *, fresh: bool
    ) -> Acquired:
        """The files of the source."""
        return acquire(source, leave_out, folder, fresh=fresh)

    def do(self, cut: Cut, folder: Path, job: AssessJob, glance: Glance, on_came: OnCame) -> Work:
        """Every patient, into the parts of the work folder."""
        work = Work(str(folder), cut.partitions)
        do_stages(
            cut.chunks,
            work,
            job,
            glance,
            workers=cut.workers(self._workers),
            on_came=on_came,
            started=job.start_with(self._pipeline),
        )
        return work


@contextmanager
def engine_of(
    name: str, pipeline: Pipeline, workers: int | None, spark: SparkOptions | None, folder: Path
) -> Iterator[Engine]:
    """The engine by its name, ready. Raises CrampcheckError where it does not start."""
    if name == SPARK:
        from plugin.screening.spark.engine import spark_engine  # noqa: PLC0415 - an extra
        from plugin.screening.spark.options import SparkOptions  # noqa: PLC0415

        with spark_engine(spark or SparkOptions(), folder) as engine:
            yield engine
    else:
        yield LocalEngine(pipeline, workers)
