"""`crampcheck feedback`: what clinicians did with the cards, counted by rule."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import click

from plugin.cli.shared import DAY, write_line

if TYPE_CHECKING:
    from plugin.store.reading import Period


def _day(_: click.Context, __: click.Parameter, value: datetime | None) -> date | None:
    return value.date() if value else None


def _day_option(name: str, text: str, *, required: bool = False) -> Callable[..., Any]:
    return click.option(name, type=DAY, callback=_day, metavar="DATE", help=text, required=required)


@click.group()
def feedback() -> None:
    """What clinicians did with the cards they were shown.

    Reads the database of the service, which CRAMPCHECK_DATABASE and CRAMPCHECK_DATA name.
    """


@feedback.command()
@_day_option("--since", "Cards sent on this day (YYYY-MM-DD, UTC) and later.")
@_day_option("--until", "Cards sent on this day and before.")
@click.option(
    "--by",
    type=click.Choice(["rule", "service", "reason"]),
    default="rule",
    show_default=True,
    help="What has a line of its own.",
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(["table", "csv", "json"]),
    default="table",
    show_default=True,
    help="A table for people, rows for a spreadsheet, or one JSON object.",
)
def report(since: date | None, until: date | None, by: str, format_: str) -> None:
    """Acceptance and override rates, and why cards were overridden.

    A card counts once, with its latest outcome, for each rule that it was about. Rates are of the
    cards that were answered, with a 95% interval (Wilson). Outcomes of cards that are not on record
    count apart.
    """
    from plugin.cli import rates  # noqa: PLC0415 - SQLAlchemy is loaded for these commands only
    from plugin.config import settings_from_environment  # noqa: PLC0415
    from plugin.store.reading import Period, read_report  # noqa: PLC0415

    found = read_report(settings_from_environment(), _ordered(Period(since, until)), by)
    if format_ == "json":
        write_line(rates.as_json(found, since, until))
    elif format_ == "csv":
        rates.write_csv(found, sys.stdout)
    else:
        rates.show(found, sys.stdout)


def _ordered(period: Period) -> Period:
    if period.since and period.until and period.until < period.since:
        raise click.UsageError("--until lies before --since.")
    return period


@feedback.command()
@_day_option("--before", "Delete what is older than this day (YYYY-MM-DD, UTC).", required=True)
def prune(before: date) -> None:
    """Delete old outcomes, and old records of cards that were sent.

    Prints how many of each. Reports of that time, and silences that rest on it, end with them.
    """
    from plugin.config import settings_from_environment  # noqa: PLC0415
    from plugin.store.reading import prune as prune_store  # noqa: PLC0415

    outcomes, cards = prune_store(settings_from_environment(), before)
    click.echo(f"outcomes deleted: {outcomes}")
    click.echo(f"cards deleted: {cards}")
