"""`crampcheck signal`: do cramps follow the start of a drug, in a population's own records?"""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from plugin.cli.folder import signals_of
from plugin.cli.overlay import overlay_option
from plugin.cli.shared import DAY, as_of_option, packaged_pipeline
from plugin.errors import NotAllScreened

if TYPE_CHECKING:
    from plugin.screening.signal.running import Analysed

OUTCOMES = ("any", "diagnosis", "quinine")
DATES = ("onset", "recorded")
YEAR = 365
MOST_DAYS = 36525


@click.command()
@click.argument("source", metavar="SOURCE|-")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
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
    type=click.IntRange(0),
    default=0,
    metavar="N",
    help="Withhold counts from 1 to N-1, and what would give them away; 0 withholds none.",
)
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="Worker processes; the results are the same with any number.",
)
@overlay_option()
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
    workers: int,
) -> None:
    """Compare how often first cramps follow and precede the start of a drug.

    A prescription sequence symmetry analysis over SOURCE, which is read as `crampcheck screen`
    reads it: for each drug group linked to cramps, and for negative controls, the sequence ratio,
    adjusted for trends, with its exact 95% interval. A signal is no proof, and no advice about any
    one patient.

    Exit code 13 means that a line, a file or a patient could not be read: see quarantine.ndjson and
    failed.ndjson in the output folder. Everything else is counted.
    """
    # Slow to import.
    from plugin.cli.progress import progress_bar  # noqa: PLC0415
    from plugin.cli.signal_table import show  # noqa: PLC0415
    from plugin.screening.run.progress import Progress  # noqa: PLC0415
    from plugin.screening.signal.extra import check_extra  # noqa: PLC0415
    from plugin.screening.signal.running import analyse  # noqa: PLC0415
    from plugin.screening.signal.settings import (  # noqa: PLC0415
        ConditionDate,
        OutcomeKind,
        Settings,
    )
    from plugin.screening.signal.writing import result_files, write  # noqa: PLC0415

    check_extra()  # before hours of reading
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
    with progress_bar() as on_progress:
        analysed = analyse(
            source,
            pipeline,
            signals,
            settings,
            near=out,
            workers=workers,
            leave_out=result_files(out),
            on_step=lambda step: on_progress(Progress(step.stage, step.done, step.total)),
        )
    write(out, analysed, signals)
    show(analysed.analysis, signals)
    with suppress(OSError):  # the results are written, whether or not this can be told
        click.echo(f"results: {out}", err=True)
    _left_out(analysed, out)


def _left_out(analysed: Analysed, out: Path) -> None:
    parts = []
    if analysed.quarantined:
        parts.append(
            f"{len(analysed.quarantined)} lines, entries or files: see {out / 'quarantine.ndjson'}"
        )
    if analysed.failed:
        parts.append(f"{len(analysed.failed)} patients: see {out / 'failed.ndjson'}")
    if parts:
        raise NotAllScreened(f"not all could be read ({'; '.join(parts)}). The rest is counted.")
