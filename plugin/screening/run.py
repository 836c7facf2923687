"""One screening run: source, patients, answers, files, and totals that reconcile."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path

from msgspec import Struct

from plugin.errors import InputUnreadable
from plugin.screening.engine import screen_patients
from plugin.screening.outcome import Failed
from plugin.screening.placing.roster import Roster
from plugin.screening.sinks.folder import Output, folder_sink, is_result, result_files
from plugin.screening.source.documents import Document, documents
from plugin.screening.source.listing import Source, find


class Progress(Struct, frozen=True):
    """How far a stage is: `done` of `total` (0 where it is not known)."""

    stage: str
    done: int
    total: int


class Totals(Struct, frozen=True):
    """What came in and what became of it: `patients` is `screened` plus `failed`."""

    patients: int
    screened: int
    failed: int
    quarantined: int
    by_level: dict[str, int]
    not_assessed: int
    with_unread: int
    kept: dict[str, int]  # resources by type
    set_aside: dict[str, int]  # resources by type
    passed_over: tuple[str, ...]  # files, by the ending of their names
    hidden: tuple[str, ...]  # files and folders whose names begin with a dot
    results: tuple[str, ...]  # files of this or an earlier run


def screen(
    source: str,
    out: Path,
    as_of: date,
    *,
    workers: int = 1,
    output: Output = Output.BOTH,
    on_progress: Callable[[Progress], None] = lambda _: None,
    found: Source | None = None,
) -> Totals:
    """Screen every patient of `source` into the folder `out`.

    Raises InputUnreadable if the source is missing or holds nothing, CrampcheckError if the folder
    cannot be written. Patients and lines that fail are counted and listed, not raised.
    """
    found = found or find(source, leave_out=result_files(out))
    roster = Roster()
    earlier = fill(roster, found, on_progress)
    if not roster.quarantined and not roster.kept and not roster.set_aside:
        beside = f" (but results of an earlier run: {', '.join(earlier)})" if earlier else ""
        raise InputUnreadable(
            f"{source}: holds no FHIR resource{beside}; name the NDJSON of an export."
        )
    patients = len(roster)
    levels: Counter[str] = Counter()
    failed = not_assessed = with_unread = 0
    with (
        folder_sink(out, output, roster.quarantined) as sink,
        closing(screen_patients(roster.patients(), as_of, workers)) as outcomes,
    ):
        for done, outcome in enumerate(outcomes, start=1):
            sink.write(outcome)
            if isinstance(outcome, Failed):
                failed += 1
            else:
                levels[outcome.level] += 1
                not_assessed += bool(outcome.not_assessed)
                with_unread += bool(outcome.unread)
            on_progress(Progress("screening", done, patients))
    return Totals(
        patients=patients,
        screened=levels.total(),
        failed=failed,
        quarantined=len(roster.quarantined),
        by_level=dict(levels),
        not_assessed=not_assessed,
        with_unread=with_unread,
        kept=dict(sorted(roster.kept.items())),
        set_aside=dict(sorted(roster.set_aside.items())),
        passed_over=found.passed_over,
        hidden=found.hidden,
        results=tuple(sorted({*found.results, *earlier})),
    )


def fill(roster: Roster, found: Source, on_progress: Callable[[Progress], None]) -> list[str]:
    """Fill the roster. Returns the names of files that hold answers of an earlier run."""
    earlier: dict[str, None] = {}
    for missing in found.not_read:
        roster.add(Document(missing.name, 0, b"", missing.reason))
    for done, file in enumerate(found.files):
        on_progress(Progress("reading", done, len(found.files)))
        for document in documents(file):
            if is_result(document):
                earlier[document.file] = None
            else:
                roster.add(document)
    return list(earlier)
