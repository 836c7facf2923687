"""`crampcheck signal`: do cramps follow the start of a drug, in a population's own records?"""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from plugin.cli.folder import signals_of
from plugin.cli.overlay import overlay_option
from plugin.cli.progress import Shown, watching
from plugin.cli.remote_options import RemoteOptions, remote_options
from plugin.cli.report_options import suppressing
from plugin.cli.run_options import fresh_option, notice, progress_option, workers_option
from plugin.cli.shared import DAY, FOLDER, as_of_option, packaged_pipeline
from plugin.errors import NotAllScreened
from plugin.screening.report.small_cells import LEAST_BELOW

if TYPE_CHECKING:
    from plugin.screening.signal.analysis import Population

OUTCOMES = ("any", "diagnosis", "quinine")
DATES = ("onset", "recorded")
YEAR = 365
MOST_DAYS = 36525


@click.command()
@click.argument("source", metavar="SOURCE|-")
@click.option(
    "--out",
    type=FOLDER,
    metavar="DIRECTORY",
    required=True,
    help="Folder for signal.json, signal.csv and signal.html; made if it is not there.",
)
@as_of_option("Leave out records after this day, and tell ages")
@click.option(
    "--window",
    type=click.IntRange(1, MOST_DAYS),
    default=YEAR,
    show_default=True,
    metavar="DAYS",
    help="How many days before or after a start cramps may be recorded.",
)
@click.option(
    "--run-in",
    type=click.IntRange(0, MOST_DAYS),
    default=YEAR,
    show_default=True,
    metavar="DAYS",
    help="What is recorded within so many days of the beginning of the data is not new.",
)
@click.option(
    "--data-from",
    type=DAY,
    metavar="DATE",
    help="The day on which the data begin for everybody; each patient's earliest record if not "
    "given.",
)
@click.option(
    "--outcome",
    type=click.Choice(OUTCOMES),
    default=OUTCOMES[0],
    show_default=True,
    help="What counts as cramps: a diagnosis, a prescription of quinine, or either.",
)
@click.option(
    "--condition-date",
    type=click.Choice(DATES),
    default=DATES[0],
    show_default=True,
    help="Which day of a diagnosis counts; the other stands in where it is not given.",
)
@click.option(
    "--min-age",
    type=click.IntRange(0, 120),
    default=18,
    show_default=True,
    help="Starts and cramps at a lower age are not counted.",
)
@click.option(
    "--min-pairs",
    type=click.IntRange(1),
    default=10,
    show_default=True,
    help="Show no ratio of fewer patients than that.",
)
@click.option(
    "--suppress-below",
    type=int,
    default=0,
    show_default=True,
    metavar="N",
    callback=suppressing,
    help=f"Show no count under N ({LEAST_BELOW} or more), nor what would give one away; 0 shows "
    "all as they are.",
)
@workers_option
@fresh_option
@progress_option
@overlay_option()
@remote_options
def signal(
    *,
    source: str,
    out: Path,
    as_of: date,
    window: int,
    run_in: int,
    data_from: datetime | None,
    outcome: str,
    condition_date: str,
    min_age: int,
    min_pairs: int,
    suppress_below: int,
    workers: int | None,
    fresh: bool,
    shown: str,
    remote: RemoteOptions,
) -> None:
    """Compare how often first cramps follow and precede the start of a drug.

    A prescription sequence symmetry analysis over SOURCE, which is read as `crampcheck screen`
    reads it: for each drug group linked to cramps, and for negative controls, the sequence ratio,
    adjusted for trends, with its exact 95% interval. A signal is no proof, and no advice about any
    one patient.

    A run that was stopped or killed goes on where it was when the same command is given again.

    Exit code 13 means that a line, a file or a patient could not be read: see quarantine.ndjson and
    failed.ndjson in the output folder. Everything else is counted.
    """
    # Slow to import.
    from plugin.cli.signal_table import show  # noqa: PLC0415
    from plugin.screening.signal.extra import check_extra  # noqa: PLC0415
    from plugin.screening.signal.running import Asked, analyse  # noqa: PLC0415
    from plugin.screening.signal.settings import (  # noqa: PLC0415
        ConditionDate,
        OutcomeKind,
        Settings,
    )

    check_extra()  # before hours of reading
    fetched = remote.of(source, as_of)
    pipeline = packaged_pipeline()
    signals = signals_of(pipeline.knowledge, None)
    settings = Settings(
        as_of=as_of,
        window=window,
        run_in=run_in,
        data_from=data_from.date() if data_from else None,
        outcome=OutcomeKind(outcome),
        condition_date=ConditionDate(condition_date),
        min_age=min_age,
        min_pairs=min_pairs,
        suppress_below=suppress_below,
    )
    asked = Asked(source, out, settings, workers, fresh, fetched)
    with watching(Shown(shown)) as on_progress:
        analysis = analyse(asked, pipeline, signals, on_progress=on_progress, on_notice=notice)
    show(analysis, signals)
    with suppress(OSError):  # the results are written, whether or not this can be told
        click.echo(f"results: {out}", err=True)
    _left_out(analysis.population, out)


def _left_out(found: Population, out: Path) -> None:
    from plugin.screening.counted import counted, left_unread  # noqa: PLC0415

    parts = []
    if found.quarantined:
        parts.append(f"{left_unread(found.quarantined)}: see {out / 'quarantine.ndjson'}")
    if found.failed:
        parts.append(f"{counted(found.failed, 'patient')}: see {out / 'failed.ndjson'}")
    if parts:
        raise NotAllScreened(f"not all could be read ({'; '.join(parts)}). The rest is counted.")
