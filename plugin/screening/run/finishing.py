"""From the parts of a run to its results: merged, counted, checked, and then named.

Up to the manifest nothing has a name in the folder of the results. Once the manifest lies in the
work folder only the naming is left, which can be done again after a kill at any of its steps.
"""

from __future__ import annotations

import heapq
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from operator import itemgetter
from pathlib import Path

from msgspec import Struct

from plugin.screening.job import outcome_of
from plugin.screening.local.parts import merged
from plugin.screening.local.work import ChunkDone, PartitionDone, Work, finished
from plugin.screening.outcome import Outcome
from plugin.screening.placing.heads import add_types
from plugin.screening.run.durable import sync_folder
from plugin.screening.run.inputs import Input
from plugin.screening.run.left_out import quarantined_lines, whole_files
from plugin.screening.run.manifest import MANIFEST
from plugin.screening.run.progress import OnProgress, Progress
from plugin.screening.run.totals import LeftOutTally, PatientTally, Totals, agree
from plugin.screening.sinks import About, Chosen, Sinks, name_results, open_sinks
from plugin.screening.source.listing import Source

UNFINISHED = "results"  # in the work folder
_STEP = 1000  # patients between two reports


class Sums(Struct, frozen=True):
    """What the stages counted, of all chunks and partitions."""

    chunks: tuple[int, ...]
    lines: int
    documents: int
    placed: int
    size: int
    quarantined: int  # rows about lines
    kept: dict[str, int]
    set_aside: dict[str, int]
    earlier: tuple[str, ...]  # files that hold answers of this or an earlier run
    patients: int


def summed(work: Work, chunks: Sequence[int], source: Source) -> Sums:
    """Add up what the stages left, which all must be there."""
    lines = documents = placed = size = quarantined = 0
    kept: Counter[str] = Counter()
    set_aside: Counter[str] = Counter()
    earlier: set[str] = set()
    for number in chunks:
        done = finished(work.chunk_done(number), ChunkDone)
        lines += done.lines
        documents += done.documents
        placed += done.placed
        size += done.size
        quarantined += done.quarantined
        kept.update(done.kept)
        add_types(set_aside, done.set_aside)
        earlier.update(done.earlier)
    patients = sum(
        finished(work.partition_done(number), PartitionDone).patients
        for number in range(work.partitions)
    )
    return Sums(
        chunks=tuple(chunks),
        lines=lines,
        documents=documents,
        placed=placed,
        size=size,
        quarantined=quarantined,
        kept=dict(sorted(kept.items())),
        set_aside=dict(sorted(set_aside.items())),
        earlier=tuple(sorted({*source.results, *earlier})),
        patients=patients + len(source.failed),
    )


def write_results(
    work: Work,
    sums: Sums,
    chosen: Chosen,
    about: About,
    *,
    source: Source,
    inputs: Sequence[Input],
    on_progress: OnProgress,
) -> Totals:
    """Merge the parts into complete, nameless results. Raises TotalsDisagree if a sum is off."""
    left_out, tally = LeftOutTally(), PatientTally()
    whole = whole_files(work, sums.chunks, source, inputs)
    with open_sinks(chosen, Path(work.folder, UNFINISHED), about) as sinks:
        for row in chain(whole, quarantined_lines(work, sums.chunks)):
            left_out.add(row)
            sinks.quarantine(row)
        report = _reporter(on_progress, sums, tally, left_out)
        _merge(_outcomes(work, source), sinks, tally, report)
        sinks.close()
    agree("documents", read=sums.documents, placed=sums.placed)
    counted = sums.quarantined + len(whole)
    agree("quarantined", counted=counted, written=left_out.rows)
    agree("patients", read=sums.patients, written=tally.patients)
    return Totals(
        lines=sums.lines,
        size=sums.size,
        patients=sums.patients,
        screened=tally.by_level.total(),
        failed=tally.failed,
        failed_by_reason=tally.reasons.result(),
        quarantined=left_out.rows,
        quarantined_lines=left_out.lines,
        quarantined_files=left_out.files,
        quarantined_by_reason=left_out.reasons.result(),
        by_level=dict(sorted(tally.by_level.items())),
        not_assessed=tally.not_assessed,
        with_unread=tally.with_unread,
        silent_unread=tally.silent_unread,
        kept=sums.kept,
        set_aside=sums.set_aside,
        passed_over=source.passed_over,
        hidden=source.hidden,
        results=sums.earlier,
    )


def name_all(work: Path, chosen: Chosen, out: Path) -> None:
    """Give complete results their names, the manifest last. May be repeated after a kill.

    A manifest of an earlier run goes first: one that lies there speaks of what lies beside it.
    """
    (out / MANIFEST).unlink(missing_ok=True)
    name_results(chosen, work / UNFINISHED, out)
    os.replace(work / MANIFEST, out / MANIFEST)
    sync_folder(out)


def _outcomes(work: Work, source: Source) -> Iterator[tuple[str, Outcome]]:
    """Of every patient one, by key and in that order: as screened, and as not fetched."""
    rows = merged([work.part(number) for number in range(work.partitions)])
    screened = ((key, outcome_of(payload)) for key, payload in rows)
    lost = sorted(((one.patient, one) for one in source.failed), key=itemgetter(0))
    return heapq.merge(screened, lost, key=itemgetter(0))


def _merge(
    outcomes: Iterable[tuple[str, Outcome]],
    sinks: Sinks,
    tally: PatientTally,
    report: Callable[[], None],
) -> None:
    for key, outcome in outcomes:
        sinks.write(outcome)
        tally.add(outcome, key)
        if not tally.patients % _STEP:
            report()
    report()


def _reporter(
    on_progress: OnProgress, sums: Sums, tally: PatientTally, left_out: LeftOutTally
) -> Callable[[], None]:
    def report() -> None:
        on_progress(
            Progress(
                "writing",
                tally.patients,
                sums.patients,
                unit="patients",
                lines=sums.lines,
                patients=tally.patients,
                by_level=dict(tally.by_level),
                failed=tally.failed,
                quarantined=left_out.rows,
            )
        )

    return report
