"""The options that every run over a source has."""

from __future__ import annotations

import sys
from contextlib import suppress

import click

from plugin.cli.progress import Shown

workers_option = click.option(
    "--workers",
    type=click.IntRange(min=1),
    help="Worker processes; the results are the same with any number. If not given, one for each "
    "processor and 64 MiB to read, at most 4.",
)
fresh_option = click.option(
    "--fresh",
    is_flag=True,
    help="Begin anew where a run that was stopped could be gone on with.",
)
progress_option = click.option(
    "--progress",
    "shown",
    type=click.Choice([one.value for one in Shown]),
    default=Shown.AUTO.value,
    show_default=True,
    help="On standard error: a bar where that is a terminal and else nothing (auto), plain lines "
    "for a log (lines), or nothing (none).",
)


def notice(sentence: str) -> None:
    """Tell of something on the way; `sentence` has no stop."""
    if sys.stderr is not None:
        with suppress(OSError):
            click.echo(f"crampcheck: {sentence}.", err=True)
