"""What `screen` is told about its report: whom it lists, and which counts are too small."""

from __future__ import annotations

from collections.abc import Callable, Container
from typing import Any

import click

from plugin.screening.report.run_facts import ReportOptions
from plugin.screening.report.small_cells import LEAST_BELOW

_Command = Callable[..., Any]
_PATIENTS = ReportOptions().patients


def suppressing(_: click.Context, __: click.Parameter, value: int) -> int:
    """The limit of small counts, the same for every command that takes one."""
    if value and value < LEAST_BELOW:
        raise click.BadParameter(
            f"{value} would protect nobody; use {LEAST_BELOW} or more, or 0 to suppress nothing."
        )
    return value


def report_options(command: _Command) -> _Command:
    """`--report-patients` and `--suppress-below`; make the options of them with `options_of`."""
    suppress = click.option(
        "--suppress-below",
        type=int,
        default=0,
        show_default=True,
        metavar="N",
        callback=suppressing,
        help=(
            f"For a report that leaves the team: shows no count under N ({LEAST_BELOW} or more), "
            "rounds the others, and lists no patient; 0 shows all as they are."
        ),
    )
    patients = click.option(
        "--report-patients",
        type=click.IntRange(0, 10_000),
        default=_PATIENTS,
        show_default=True,
        metavar="N",
        help="How many patients report.html lists, the worst first; 0 lists none.",
    )
    return patients(suppress(command))


def options_of(report_patients: int, suppress_below: int, formats: Container[str]) -> ReportOptions:
    """The options as the report takes them.

    Raises UsageError where there is to be no report: nothing else is suppressed by them.
    """
    asked = {"--suppress-below": suppress_below, "--report-patients": report_patients - _PATIENTS}
    for name, value in asked.items():
        if value and "report" not in formats:
            raise click.UsageError(
                f"{name} is about report.html alone; name it with --format, as in "
                "`--format both,report`, or leave the option out."
            )
    return ReportOptions(patients=report_patients, suppress_below=suppress_below)
