"""`crampcheck assess`: one patient."""

from __future__ import annotations

from datetime import date

import click

from plugin.cli.overlay import overlay_option
from plugin.cli.shared import as_of_option, packaged_pipeline, write_line
from plugin.errors import InputUnreadable


@click.command()
@click.argument("file", metavar="FILE|-")
@as_of_option()
@click.option(
    "--format",
    "output",
    type=click.Choice(["table", "json", "fhir"]),
    default="table",
    show_default=True,
    help="A table for people, one JSON object, or a FHIR Bundle of DetectedIssues.",
)
@overlay_option()
def assess(file: str, as_of: date, output: str) -> None:
    """Assess one patient's record.

    FILE is a FHIR Bundle of any type, NDJSON, or a single resource, plain, gzip or zstd; - reads
    standard input.
    """
    from plugin.answer import to_bytes  # noqa: PLC0415 - only this command pays for the import
    from plugin.reading.source import split  # noqa: PLC0415
    from plugin.screening.source.documents import read_all  # noqa: PLC0415
    from plugin.screening.source.listing import STDIN  # noqa: PLC0415

    data = read_all(file)
    pipeline = packaged_pipeline()
    try:
        assessment = pipeline.assess_entries(split(data), as_of)
    except InputUnreadable as error:
        name = "standard input" if file == STDIN else file
        raise InputUnreadable(f"{name}: {error.message}") from error
    if output == "json":
        write_line(to_bytes(assessment))
    elif output == "fhir":
        from plugin.resources import to_bundle_json  # noqa: PLC0415 - FHIR models take a second

        write_line(to_bundle_json(assessment, pipeline.knowledge))
    else:
        from plugin.cli.table import show  # noqa: PLC0415

        show(assessment, pipeline.knowledge)
