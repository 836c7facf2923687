"""Spark as an engine of a run."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from plugin.screening.job import Job
from plugin.screening.local.work import Work
from plugin.screening.run.acquire import Acquired, acquire
from plugin.screening.run.cutting import Cut
from plugin.screening.run.durable import PRIVATE_FOLDER
from plugin.screening.run.stages import Glance, OnCame
from plugin.screening.run.state import SPARK
from plugin.screening.spark.faults import SparkFailed, in_sentences
from plugin.screening.spark.listing import Remote, list_remote
from plugin.screening.spark.options import SparkOptions, is_remote
from plugin.screening.spark.running import MOST_PARTS, Planned, run_spark
from plugin.screening.spark.session import Session, opened
from plugin.screening.spark.writing import check_free


class SparkEngine:
    """Lists what Spark alone can read, and does the stages in its executors."""

    goes_on = False  # what an earlier sitting left is not used: Spark has its own ways of retrying

    def __init__(self, session: Session, options: SparkOptions) -> None:
        self._session = session
        self._options = options
        self._remote: dict[str, Remote] = {}

    def acquire(
        self, source: str, leave_out: frozenset[Path], folder: Path, *, fresh: bool
    ) -> Acquired:
        """As `acquire` does, and URIs too."""
        if self._options.answers:
            with in_sentences("cannot write there", self._session.log):
                check_free(self._session, self._options.answers, self._options.formats)
        if not is_remote(source):
            return acquire(source, leave_out, folder, fresh=fresh)
        listed = list_remote(self._session, source)
        self._remote = listed.files
        return listed.acquired

    def do(self, cut: Cut, folder: Path, job: Job, glance: Glance, on_came: OnCame) -> Work:
        """Every patient, into the parts of the work folder."""
        work = Work(str(folder), min(cut.partitions, MOST_PARTS))
        planned = Planned(
            cut.chunks,
            self._remote,
            cut.partitions,
            self._options.answers,
            self._options.formats,
        )
        with in_sentences("gave up", self._session.log):
            run_spark(self._session, planned, work, job, glance=glance, on_came=on_came)
        return work


@contextmanager
def spark_engine(options: SparkOptions, folder: Path) -> Iterator[SparkEngine]:
    """Spark for one run. Raises SparkFailed."""
    beside = folder / SPARK
    beside.mkdir(PRIVATE_FOLDER, exist_ok=True)
    try:
        with opened(options, beside) as session:
            yield SparkEngine(session, options)
    except SparkFailed:
        for path in beside.iterdir():  # the log stays: it says more
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
        raise
    except BaseException:
        _remove(beside)
        raise
    _remove(beside)


def _remove(beside: Path) -> None:
    shutil.rmtree(beside, ignore_errors=True)
    with suppress(OSError):  # the run goes on in the work folder, or has left something there
        beside.parent.rmdir()
