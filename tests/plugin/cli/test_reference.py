"""The page of the command line is made from the commands."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from plugin.cli.main import COMMANDS, main
from plugin.cli.reference import reference

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "cli.md"


def test_the_page_is_up_to_date() -> None:
    """`python -m plugin.cli.reference > docs/reference/cli.md` would change nothing."""
    assert reference() == PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_and_option_says_what_it_is_for(name: str) -> None:
    """A command or option without help is not finished."""
    command = main.get_command(click.Context(main), name)
    assert command is not None
    assert command.help
    options = [row for row in command.params if isinstance(row, click.Option)]
    assert [] == [option.name for option in options if not option.help]
