"""`crampcheck screen`: many patients."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import click

from plugin.cli.overlay import overlay_option
from plugin.cli.progress import Shown
from plugin.cli.remote_options import RemoteOptions, remote_options
from plugin.cli.report_options import options_of, report_options
from plugin.cli.run_options import fresh_option, notice, progress_option, workers_option
from plugin.cli.screened import left_out, report
from plugin.cli.shared import FOLDER, as_of_option, packaged_pipeline
from plugin.cli.spark_options import spark_options, spark_options_of
from plugin.errors import NotAllScreened
from plugin.screening.engine_names import ENGINES, LOCAL

if TYPE_CHECKING:
    from plugin.screening.run.screen import Ran


def _percent(_: click.Context, __: click.Parameter, value: str | None) -> Fraction | None:
    """Exactly as written: 99.9 is no sum of powers of two."""
    if value is None:
        return None
    with suppress(ValueError, ZeroDivisionError):
        percent = Fraction(value.strip().removesuffix("%"))
        if 0 <= percent <= 100:  # noqa: PLR2004 - per cent
            return percent
    raise click.BadParameter(f"{value} is no percentage; write a number from 0 to 100, like 99.5.")


@click.command()
@click.argument("source", metavar="SOURCE|-")
@click.option(
    "--out",
    type=FOLDER,
    metavar="DIRECTORY",
    required=True,
    help="Folder for the results; made if it is not there.",
)
@as_of_option()
@click.option(
    "--format",
    "formats",
    default="both",
    show_default=True,
    metavar="FORMATS",
    help="What to write, separated by commas: json (assessments.ndjson), csv (summary.csv), both "
    "of these, parquet, fhir (DetectedIssues), worklist (the database), report (report.html).",
)
@click.option(
    "--engine",
    type=click.Choice(ENGINES),
    default=LOCAL,
    show_default=True,
    help="Where the work is done: in processes of this machine (local), or by Apache Spark, here "
    "or on a cluster (spark). The results are the same.",
)
@workers_option
@click.option(
    "--fail-under",
    "percent",
    callback=_percent,
    metavar="PERCENT",
    help="Exit with 13 only if fewer of the patients were screened, or fewer of the lines were "
    "good, or a file could not be read to its end. If not given, anything left out is 13.",
)
@fresh_option
@progress_option
@report_options
@spark_options
@overlay_option()
@remote_options
def screen(
    *,
    source: str,
    out: Path,
    as_of: date,
    formats: str,
    engine: str,
    workers: int | None,
    percent: Fraction | None,
    fresh: bool,
    shown: str,
    report_patients: int,
    suppress_below: int,
    remote: RemoteOptions,
    master: str,
    spark_write: str,
) -> None:
    """Assess every patient of a list.

    SOURCE is a folder of NDJSON files (plain, gzip or zstd, any names, resources in any order), one
    such file, a pattern in quotes such as 'export/**/*.ndjson.gz', or - for standard input. A line
    may also hold a whole Bundle. Hidden files, results of an earlier run and files such as .csv or
    .md are left alone, and named.

    A run that was stopped or killed goes on where it was when the same command is given again.
    Results get their names when all of them are complete, run.json last: it says what was read, by
    what it was judged, and what was written.

    With --export, --group, --list or --patients, SOURCE is the base address of a FHIR server. Who
    we are there is set by CRAMPCHECK_FHIR_CLIENT_ID and CRAMPCHECK_FHIR_KEY; see the pages on how
    to screen an export and patients of a server.

    Exit code 13 means that a line, a file or a patient could not be screened: see quarantine.ndjson
    and failed.ndjson in the output folder. Everything else is written.
    """
    from plugin.cli.progress import watching  # noqa: PLC0415 - and the rest only where it is used
    from plugin.screening.run.screen import Asked  # noqa: PLC0415
    from plugin.screening.run.screen import screen as run_screen  # noqa: PLC0415
    from plugin.screening.sinks import Chosen, choose  # noqa: PLC0415

    chosen = choose(formats)
    fetched = remote.of(source, as_of)
    spark = spark_options_of(
        engine, source, chosen, fetched=fetched is not None, master=master, write=spark_write
    )
    if spark and spark.answers:
        chosen = Chosen(())
    packaged_pipeline()  # a fault of the knowledge is said before hours of reading
    asked = Asked(
        source=source,
        out=out,
        as_of=as_of,
        chosen=chosen,
        workers=workers,
        engine=engine,
        fresh=fresh,
        report=options_of(report_patients, suppress_below, chosen.formats),
        remote=fetched,
        spark=spark,
    )
    with watching(Shown(shown)) as on_progress:
        ran = run_screen(asked, on_progress=on_progress, on_notice=notice)
    _end(ran, out, chosen.names, percent)


def _end(ran: Ran, out: Path, written: Sequence[str], percent: Fraction | None) -> None:
    with suppress(OSError):  # the results are written, whether or not this can be told
        click.echo("\n".join(report(ran, out, written)), err=True)
    totals = ran.totals
    if totals.all_good:
        return
    said = left_out(totals, out)
    if percent is None:
        raise NotAllScreened(said)
    if not totals.enough(percent):
        raise NotAllScreened(f"{said} That is less than --fail-under {float(percent):g} asks for.")
    with suppress(OSError):
        click.echo(f"{said} That is within --fail-under {float(percent):g}.", err=True)
