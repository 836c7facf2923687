"""`crampcheck screen`: many patients."""

from __future__ import annotations

import sys
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
from plugin.cli.screened import left_out, report
from plugin.cli.shared import as_of_option, packaged_pipeline
from plugin.errors import NotAllScreened

if TYPE_CHECKING:
    from plugin.screening.run.screen import Ran


LOCAL = "local"


def _only_local(_: click.Context, __: click.Parameter, value: str) -> str:
    if value != LOCAL:
        raise click.BadParameter(f"{value} is not part of this version; use {LOCAL}.")
    return value


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
    type=click.Path(file_okay=False, path_type=Path),
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
    callback=_only_local,
    default=LOCAL,
    show_default=True,
    metavar="ENGINE",
    help="Where the work is done. This version has one engine, local: this machine.",
)
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    help="Worker processes; the results are the same with any number. If not given, one for each "
    "processor and 64 MiB to read, at most 4.",
)
@click.option(
    "--fail-under",
    "percent",
    callback=_percent,
    metavar="PERCENT",
    help="Exit with 13 only if fewer of the patients were screened, or fewer of the lines were "
    "good, or a file could not be read to its end. If not given, anything left out is 13.",
)
@click.option(
    "--fresh",
    is_flag=True,
    help="Begin anew where a run that was stopped could be gone on with.",
)
@click.option(
    "--progress",
    "shown",
    type=click.Choice([one.value for one in Shown]),
    default=Shown.AUTO.value,
    show_default=True,
    help="On standard error: a bar where that is a terminal and else nothing (auto), plain lines "
    "for a log (lines), or nothing (none).",
)
@report_options
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
) -> None:
    """Assess every patient of a list.

    SOURCE is a folder of NDJSON files (plain or gzip, any names, resources in any order), one such
    file, or - for standard input. A line may also hold a whole Bundle. Hidden files, results of an
    earlier run and files such as .csv or .md are left alone, and named.

    With --export, SOURCE is the base address of a FHIR server. Who we are there is set by
    CRAMPCHECK_FHIR_CLIENT_ID and CRAMPCHECK_FHIR_KEY; see the page on how to screen an export.

    A run that was stopped or killed goes on where it was when the same command is given again.
    Results get their names when all of them are complete, run.json last: it says what was read, by
    what it was judged, and what was written.

    Exit code 13 means that a line, a file or a patient could not be screened: see quarantine.ndjson
    and failed.ndjson in the output folder. Everything else is written.
    """
    from plugin.cli.progress import watching  # noqa: PLC0415 - and the rest only where it is used
    from plugin.screening.run.screen import Asked  # noqa: PLC0415
    from plugin.screening.run.screen import screen as run_screen  # noqa: PLC0415
    from plugin.screening.sinks import choose  # noqa: PLC0415

    chosen = choose(formats)
    fetched = remote.of(source)
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
    )
    with watching(Shown(shown)) as on_progress:
        ran = run_screen(asked, on_progress=on_progress, on_notice=_notice)
    _end(ran, out, chosen.names, percent)


def _end(ran: Ran, out: Path, written: Sequence[str], percent: Fraction | None) -> None:
    with suppress(OSError):  # the results are written, whether or not this can be told
        click.echo("\n".join(report(ran, out, written)), err=True)
    totals = ran.totals
    if totals.all_good:
        return
    said = left_out(totals, out)
    if percent is None or not totals.enough(percent):
        raise NotAllScreened(said)
    with suppress(OSError):
        click.echo(f"{said} That is within --fail-under {float(percent):g}.", err=True)


def _notice(sentence: str) -> None:
    if sys.stderr is not None:
        with suppress(OSError):
            click.echo(f"crampcheck: {sentence}.", err=True)
