"""One analysis: source, patients, histories, counts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from knowledge.signal_model import Signals
from plugin.errors import InputUnreadable
from plugin.pipeline import Pipeline
from plugin.screening.outcome import Failed, Quarantined
from plugin.screening.placing.roster import Roster
from plugin.screening.run import Progress, fill
from plugin.screening.signal.analysis import Analysis, analysis_of
from plugin.screening.signal.job import signal_job, unpacked
from plugin.screening.signal.settings import Settings
from plugin.screening.signal.tally import Tally
from plugin.screening.source.listing import find


class Analysed(Struct, frozen=True):
    """The analysis, and what could not be part of it."""

    analysis: Analysis
    failed: tuple[Failed, ...]
    quarantined: tuple[Quarantined, ...]


def analyse(
    source: str,
    pipeline: Pipeline,
    signals: Signals,
    settings: Settings,
    *,
    leave_out: frozenset[Path] = frozenset(),
    on_progress: Callable[[Progress], None] = lambda _: None,
) -> Analysed:
    """Analyse every patient of a source. `leave_out` are results, never read back.

    Raises InputUnreadable if the source is missing or holds nothing. Patients and lines that fail
    are listed, not raised.
    """
    roster = Roster()
    fill(roster, find(source, leave_out), on_progress)
    patients = len(roster)
    if not patients:
        raise InputUnreadable(f"{source}: holds no patient; name the NDJSON of an export.")
    row = signal_job(pipeline, signals, settings).start()
    tally = Tally(signals.groups, settings)
    failed: list[Failed] = []
    for done, (patient, entries) in enumerate(roster.patients(), start=1):
        read = unpacked(row(patient, entries))
        if isinstance(read, Failed):
            failed.append(read)
        else:
            tally.add(read)
        on_progress(Progress("reading histories", done, patients))
    quarantined = tuple(roster.quarantined)
    version = pipeline.knowledge.version
    analysis = analysis_of(tally, signals, version, len(failed), len(quarantined))
    return Analysed(analysis, tuple(failed), quarantined)
