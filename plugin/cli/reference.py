"""The page docs/reference/cli.md, made from the commands themselves.

python -m plugin.cli.reference > docs/reference/cli.md
"""

from __future__ import annotations

from collections.abc import Iterator

import click

from plugin.cli.main import HELP_NAMES, NAME, main

WIDTH = 100
EXIT_CODES = (
    (0, "Done. Entries that could not be read are part of the answer, not a failure."),
    (
        1,
        "An internal error, or results or the data folder that cannot be written: full, closed, "
        "not allowed.",
    ),
    (2, "Wrong usage; or `explain` was asked about something that is not known."),
    (10, "The knowledge base is not valid."),
    (11, "The input cannot be read."),
    (12, "A FHIR server refused, failed or could not be reached."),
    (13, "A patient or a line could not be screened. The rest is written."),
    (130, "Stopped from the keyboard."),
)


def reference() -> str:
    """The whole page."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# Command line"
    yield ""
    yield "<!-- Made by `python -m plugin.cli.reference`; a test fails when it is out of date. -->"
    yield ""
    yield "Data goes to standard output; progress and sentences go to standard error. An error is a"
    yield "sentence and an exit code; `CRAMPCHECK_DEBUG=1` adds where an internal error came from."
    yield ""
    yield "| exit code | meaning |"
    yield "|---|---|"
    yield from (f"| {code} | {meaning} |" for code, meaning in EXIT_CODES)
    yield from _command(main, NAME)


def _command(command: click.Command, name: str) -> Iterator[str]:
    context = click.Context(
        command, info_name=name, terminal_width=WIDTH, help_option_names=HELP_NAMES
    )
    yield from ("", f"## {name}", "", "```text", command.get_help(context), "```")
    if isinstance(command, click.Group):
        for part in command.list_commands(context):
            found = command.get_command(context, part)
            if found is not None:
                yield from _command(found, f"{name} {part}")


if __name__ == "__main__":
    click.echo(reference(), nl=False)
