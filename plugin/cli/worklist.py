"""`crampcheck worklist`: what screening found, and what was done about it."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, TypeVar

import click

from plugin.cli.shared import DAY, write_line

Command = TypeVar("Command", bound=Callable[..., Any])
# As in the tables; written here, so that no command loads SQLAlchemy for its help.
LEVELS = ("critical", "warning", "info", "none")
OPEN = ("new", "seen")
STATUSES = (*OPEN, "done", "dismissed")
_LONGEST_REASON, _LONGEST_NAME = 1000, 200
_NUMBER = click.IntRange(1, 2**63 - 1)  # what the databases can count to
_MOST_SHOWN = 100_000_000
_MOST_SAID = 10


def _day(_: click.Context, __: click.Parameter, value: datetime) -> date:
    return value.date()


def _format_option(command: Command) -> Command:
    return click.option(
        "--format",
        "format_",
        type=click.Choice(["table", "json"]),
        default="table",
        show_default=True,
        help="A table for people, or one JSON object.",
    )(command)


def _reference(patient: str) -> str:
    """`17` is `Patient/17`; what has a slash in it is a reference already."""
    return patient if "/" in patient else f"Patient/{patient}"


def _me() -> str:
    """Who is logged in; empty where the system does not know."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""


@click.group()
def worklist() -> None:
    """The list of findings to work through, which `screen --format worklist` fills.

    Reads and writes the database that CRAMPCHECK_DATABASE and CRAMPCHECK_DATA name.
    """


@worklist.command(name="list")
@click.option(
    "--level",
    "levels",
    multiple=True,
    type=click.Choice(LEVELS),
    help="Level of the finding; none: nothing was found, and not everything could be read.",
)
@click.option("--rule", "rules", multiple=True, metavar="RULE", help="Id of a rule, or `unread`.")
@click.option(
    "--status",
    "statuses",
    multiple=True,
    type=click.Choice([*STATUSES, "any"]),
    default=OPEN,
    show_default=True,
    help="What became of it; any shows all.",
)
@click.option(
    "--patient", "patients", multiple=True, metavar="REFERENCE", help="Patient/ID, or ID."
)
@click.option("--gone", is_flag=True, help="Also what the last run no longer found.")
@click.option(
    "--most",
    type=click.IntRange(1, _MOST_SHOWN),
    default=100,
    show_default=True,
    help="How many to show.",
)
@_format_option
def list_(
    *,
    levels: tuple[str, ...],
    rules: tuple[str, ...],
    statuses: tuple[str, ...],
    patients: tuple[str, ...],
    gone: bool,
    most: int,
    format_: str,
) -> None:
    """Show items, worst first. Options may be given more than once."""
    from plugin.cli import worklist_shown  # noqa: PLC0415 - SQLAlchemy for these commands only
    from plugin.config import settings_from_environment  # noqa: PLC0415
    from plugin.store.address import address_of  # noqa: PLC0415
    from plugin.store.errors import place  # noqa: PLC0415
    from plugin.store.worklist.reading import Asked, items  # noqa: PLC0415

    wanted = () if "any" in statuses else statuses
    asked = Asked(levels, rules, wanted, tuple(map(_reference, patients)), gone)
    settings = settings_from_environment()
    found = items(settings, asked, most)
    if format_ == "json":
        write_line(worklist_shown.as_json(found))
    else:
        worklist_shown.show(found, place(address_of(settings)), sys.stdout)


@worklist.command()
@click.argument("number", type=_NUMBER)
@_format_option
def show(number: int, format_: str) -> None:
    """Show one item whole: its options, and who gave it which status, when and why."""
    from plugin.cli import worklist_shown  # noqa: PLC0415
    from plugin.config import settings_from_environment  # noqa: PLC0415
    from plugin.store.worklist.reading import item  # noqa: PLC0415

    found = item(settings_from_environment(), number)
    if found is None:
        raise click.UsageError(f"{number} is not on the worklist; see `crampcheck worklist list`.")
    if format_ == "json":
        write_line(worklist_shown.one_as_json(*found))
    else:
        worklist_shown.show_one(*found, sys.stdout)


@worklist.command()
@click.argument("numbers", nargs=-1, required=True, type=_NUMBER, metavar="NUMBER...")
@click.argument("status", type=click.Choice(STATUSES))
@click.option("--reason", default="", help="Why; needed for dismissed. Name no patient in it.")
@click.option("--by", default=_me, show_default="who is logged in", help="Who says so.")
def mark(numbers: tuple[int, ...], status: str, reason: str, by: str) -> None:
    """Give items a status: new, seen, done or dismissed.

    It stays from run to run. What is done or dismissed comes back as new when its evidence changes
    or its level rises.
    """
    from plugin.config import settings_from_environment  # noqa: PLC0415
    from plugin.store.worklist.marking import mark as mark_items  # noqa: PLC0415
    from plugin.store.worklist.model import Status  # noqa: PLC0415

    reason, by = " ".join(reason.split()), " ".join(by.split())
    if status == "dismissed" and not reason:
        raise click.UsageError("dismissed needs a --reason, for who asks later.")
    if not by:
        raise click.UsageError("nobody is logged in by name; say who you are with --by.")
    for name, words, most in (("--reason", reason, _LONGEST_REASON), ("--by", by, _LONGEST_NAME)):
        if len(words) > most:
            raise click.UsageError(f"{name} has {len(words)} characters; at most {most} are kept.")
    missing = mark_items(settings_from_environment(), numbers, Status(status), reason, by)
    if missing:
        first = ", ".join(map(str, missing[:_MOST_SAID]))
        more = len(missing) - _MOST_SAID
        said = f"{first} and {more} more" if more > 0 else first
        raise click.UsageError(f"not on the worklist: {said}; nothing was marked.")
    click.echo(f"marked {status}: {len(set(numbers))}")


@worklist.command()
@click.option(
    "--before",
    type=DAY,
    callback=_day,
    required=True,
    metavar="DATE",
    help="Delete what is older than this day (YYYY-MM-DD, UTC).",
)
def prune(before: date) -> None:
    """Delete items that are done, dismissed or gone, with their marks; what is open stays.

    Prints how many. A finding that a later run has again is then new.
    """
    from plugin.config import settings_from_environment  # noqa: PLC0415
    from plugin.store.worklist.marking import prune as prune_items  # noqa: PLC0415

    click.echo(f"items deleted: {prune_items(settings_from_environment(), before)}")
