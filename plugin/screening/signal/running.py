"""One analysis from end to end: acquire, read, join, histories, counts, results.

It is a run like a screening, and goes through the same stages: one that was killed goes on where it
was when it is started again.
"""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

import msgspec
from msgspec import Struct

from knowledge.signal_model import Signals
from plugin.errors import InputUnreadable
from plugin.pipeline import Pipeline
from plugin.screening.local.parts import merged
from plugin.screening.local.work import PartitionDone, Work, finished
from plugin.screening.outcome import Failed
from plugin.screening.remote.bulk.unfinished import in_place_of_export
from plugin.screening.run.acquire import Acquired, Remote, acquire, acquire_remote
from plugin.screening.run.cutting import Cut
from plugin.screening.run.ending import in_sentences, nothing_left_of_nothing
from plugin.screening.run.identity import Identity, basis_of
from plugin.screening.run.left_out import quarantined_lines, whole_files
from plugin.screening.run.lock import held
from plugin.screening.run.progress import OnNotice, OnProgress, Progress, unwatched
from plugin.screening.run.stages import do_stages
from plugin.screening.run.state import (
    ANALYSIS,
    FETCHED,
    Begun,
    begin,
    clear,
    remove,
    say_how_it_begins,
)
from plugin.screening.run.watching import Watch
from plugin.screening.signal.analysis import Analysis, analysis_of
from plugin.screening.signal.job import kind_of, signal_job, unpacked
from plugin.screening.signal.settings import Settings
from plugin.screening.signal.tally import Tally
from plugin.screening.signal.writing import LeftOutFiles, result_files, write
from plugin.screening.sinks.files import there

_ENGINE = "local"
_FORMATS = "signal"
_COUNTING = "counting"
_STEP = 1000  # patients between two reports


class Asked(Struct, frozen=True):
    """What a user asks for. Without `workers`, as many as the source is worth."""

    source: str
    out: Path
    settings: Settings
    workers: int | None = None
    fresh: bool = False
    remote: Remote | None = None  # what to fetch, where the source is a FHIR server


def analyse(
    asked: Asked,
    pipeline: Pipeline,
    signals: Signals,
    *,
    on_progress: OnProgress = unwatched,
    on_notice: OnNotice = unwatched,
) -> Analysis:
    """Analyse every patient of a source into a folder, from where an earlier sitting left off.

    Raises InputUnreadable if the source is missing or holds nobody, CrampcheckError if the folder
    cannot be written or another run has it, Stopped at Ctrl-C. Patients and lines that fail are
    counted and listed, not raised.
    """
    folder = asked.out / ANALYSIS
    made = not there(asked.out)
    with (
        in_sentences(asked.out, folder),
        held(folder),
        nothing_left_of_nothing(asked.out, folder, made=made, fetches=asked.remote is not None),
    ):
        if asked.remote:
            acquired = acquire_remote(
                asked.remote,
                folder,
                fresh=asked.fresh,
                on_notice=on_notice,
                on_progress=on_progress,
            )
        else:
            leave_out = result_files(asked.out)
            with in_place_of_export(folder / FETCHED, on_notice, fresh=asked.fresh):
                acquired = acquire(asked.source, leave_out, folder, fresh=asked.fresh)
        begun = _begin(asked, pipeline, acquired, folder)
        say_how_it_begins(begun, on_notice)
        analysis = _analysed(asked, pipeline, signals, acquired, on_progress)
        remove(folder)
        return analysis


def _begin(asked: Asked, pipeline: Pipeline, acquired: Acquired, folder: Path) -> Begun:
    identity = Identity(
        basis=basis_of(pipeline, asked.settings.as_of),
        inputs=acquired.inputs,
        not_read=acquired.source.lost,
        engine=_ENGINE,
        formats=_FORMATS,
        settings=msgspec.json.encode(asked.settings).decode(),
    )
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return begin(folder, identity, now, fresh=asked.fresh)


def _analysed(
    asked: Asked,
    pipeline: Pipeline,
    signals: Signals,
    acquired: Acquired,
    on_progress: OnProgress,
) -> Analysis:
    """Do what is left to do. The results have their names in the end."""
    folder = asked.out / ANALYSIS
    cut = Cut(acquired)
    work = Work(str(folder), cut.partitions)
    watch = Watch(cut, on_progress)
    do_stages(
        cut.chunks,
        work,
        signal_job(pipeline, signals, asked.settings),
        kind_of,
        workers=cut.workers(asked.workers),
        on_came=watch.came,
    )
    chunks = [chunk.number for chunk in cut.chunks]
    tally = Tally(signals.groups, asked.settings)
    whole = whole_files(work, chunks, acquired.source, acquired.inputs)
    with LeftOutFiles(folder) as left_out:
        for one in chain(whole, quarantined_lines(work, chunks)):
            left_out.quarantine(one)
        for failed in acquired.source.failed:
            left_out.fail(failed)
        _count(work, tally, left_out, watch)
    if not tally.patients and not left_out.failed:
        clear(folder)
        raise InputUnreadable(f"{asked.source}: holds no patient; name the NDJSON of an export.")
    version = pipeline.knowledge.version
    analysis = analysis_of(tally, signals, version, left_out.failed, left_out.quarantined)
    write(folder, asked.out, analysis, signals)
    return analysis


def _count(work: Work, tally: Tally, left_out: LeftOutFiles, watch: Watch) -> None:
    """Take in what the job gave of each patient."""
    numbers = range(work.partitions)
    total = sum(finished(work.partition_done(one), PartitionDone).patients for one in numbers)
    for number, (_, row) in enumerate(merged([work.part(one) for one in numbers]), 1):
        read = unpacked(row)
        if isinstance(read, Failed):
            left_out.fail(read)
        else:
            tally.add(read)
        if number == total or not number % _STEP:
            watch.writing(
                Progress(
                    _COUNTING,
                    number,
                    total,
                    unit="patients",
                    patients=number,
                    failed=left_out.failed,
                    quarantined=left_out.quarantined,
                )
            )
