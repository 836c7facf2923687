"""What `screen` is told about its report: whom it lists, and which counts are too small."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from plugin.screening.report.run_facts import ReportOptions
from plugin.screening.report.small_cells import LEAST_BELOW

_Command = Callable[..., Any]


def _suppressing(_: click.Context, __: click.Parameter, value: int) -> int:
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
        callback=_suppressing,
        help=(
            f"For a report that leaves the team: shows no count under N ({LEAST_BELOW} or more), "
            "rounds the others, and lists no patient; 0 shows all as they are."
        ),
    )
    patients = click.option(
        "--report-patients",
        type=click.IntRange(0, 10_000),
        default=ReportOptions().patients,
        show_default=True,
        metavar="N",
        help="How many patients report.html lists, the worst first; 0 lists none.",
    )
    return patients(suppress(command))


def options_of(report_patients: int, suppress_below: int) -> ReportOptions:
    """The options as the report takes them."""
    return ReportOptions(patients=report_patients, suppress_below=suppress_below)
