"""`crampcheck screen`: many patients."""

from __future__ import annotations

import shutil
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from plugin.cli.overlay import overlay_option
from plugin.cli.remote_options import RemoteOptions, remote_options
from plugin.cli.shared import as_of_option, packaged_pipeline
from plugin.errors import NotAllScreened
from plugin.screening.visible import visible

if TYPE_CHECKING:
    from plugin.screening.run import Totals


LOCAL = "local"


def _only_local(_: click.Context, __: click.Parameter, value: str) -> str:
    if value != LOCAL:
        raise click.BadParameter(f"{value} is not part of this version; use {LOCAL}.")
    return value


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
    "output",
    type=click.Choice(["both", "json", "csv"]),
    default="both",
    show_default=True,
    help="Write assessments.ndjson (json), summary.csv (csv), or both.",
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
    default=1,
    show_default=True,
    help="Worker processes; the results are the same with any number.",
)
@overlay_option()
@remote_options
def screen(
    *,
    source: str,
    out: Path,
    as_of: date,
    output: str,
    engine: str,
    workers: int,
    remote: RemoteOptions,
) -> None:
    """Assess every patient of a list.

    SOURCE is a folder of NDJSON files (plain or gzip, any names, resources in any order), one such
    file, or - for standard input. A line may also hold a whole Bundle. Hidden files, results of an
    earlier run and files such as .csv or .md are left alone, and named.

    With --export, SOURCE is the base address of a FHIR server. Who we are there is set by
    CRAMPCHECK_FHIR_CLIENT_ID and CRAMPCHECK_FHIR_KEY; see the page on how to screen an export.

    Exit code 13 means that a line, a file or a patient could not be screened: see quarantine.ndjson
    and failed.ndjson in the output folder. Everything else is written.
    """
    from plugin.cli.progress import progress_bar  # noqa: PLC0415
    from plugin.screening.run import screen as run_screen  # noqa: PLC0415
    from plugin.screening.sinks.folder import Output  # noqa: PLC0415

    asked = remote.of(source)
    packaged_pipeline()  # a fault of the knowledge is said before hours of reading
    fetched = out / ".crampcheck-run" / "source"
    found = asked.fetch(fetched, _notice) if asked else None
    with progress_bar() as on_progress:
        totals = run_screen(
            source,
            out,
            as_of,
            workers=workers,
            output=Output(output),
            on_progress=on_progress,
            found=found,
        )
    if asked:
        shutil.rmtree(fetched.parent)
    _report(totals, out)
    if totals.failed or totals.quarantined:
        raise NotAllScreened(_left_out(totals, out))


def _notice(sentence: str) -> None:
    with suppress(OSError):
        click.echo(f"crampcheck: {sentence}.", err=True)


def _report(totals: Totals, out: Path) -> None:
    """The totals, on standard error."""
    levels = ", ".join(
        f"{totals.by_level[level]} {level}"
        for level in ("critical", "warning", "info", "none")
        if totals.by_level.get(level)
    )
    lines = [
        f"patients {totals.patients} = screened {totals.screened} + failed {totals.failed}",
        f"levels: {levels or 'none given'}; not assessed: {totals.not_assessed}",
        f"patients with entries that could not be read: {totals.with_unread}",
        f"resources used: {_counts(totals.kept)}",
        f"resources set aside, of no use here: {_counts(totals.set_aside)}",
    ]
    for what, names in (
        ("files passed over by their names", totals.passed_over),
        ("hidden files and folders passed over", totals.hidden),
        ("results of an earlier run passed over", totals.results),
    ):
        if names:
            lines.append(f"{what}: {', '.join(names)}")
    lines.append(f"results: {out}")
    with suppress(OSError):  # the results are written, whether or not this can be told
        click.echo("\n".join(lines), err=True)


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {visible(name)}" for name, count in counts.items()) or "none"


def _left_out(totals: Totals, out: Path) -> str:
    parts = []
    if totals.quarantined:
        parts.append(
            f"{totals.quarantined} lines, entries or files: see {out / 'quarantine.ndjson'}"
        )
    if totals.failed:
        parts.append(f"{totals.failed} patients: see {out / 'failed.ndjson'}")
    return f"not all could be screened ({'; '.join(parts)}). The rest is written."
