"""`python -m tests.docs.render` writes into the pages what the commands print now.

Lines that a page left out (`...`) stay left out where the page has only a beginning: the output is
cut after as many lines as were shown before the mark.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.docs.cards import card_as_shown
from tests.docs.pages import (
    CARD,
    FENCE,
    LEFT_OUT,
    REPOSITORY,
    Command,
    pages,
    run,
    transcript,
)


@contextmanager
def checkout() -> Iterator[Path]:
    """A folder that looks like a checkout, and that a command may write into."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for part in ("docs", "tests/patients"):
            shutil.copytree(REPOSITORY / part, folder / part)
        yield folder


def rendered(text: str) -> str:
    """A page with every transcript and every card as it is now."""
    if FENCE.search(text):
        with checkout() as folder:
            text = FENCE.sub(lambda block: _transcript(block, folder), text)
    return CARD.sub(_card, text)


def _transcript(block: re.Match[str], folder: Path) -> str:
    commands = "".join(_command(command, folder) for command in transcript(block[1]))
    return f"```console\n{commands}```"


def _command(command: Command, folder: Path) -> str:
    real = run(command.line, folder)
    shown = command.output.splitlines()
    if shown and shown[-1] == LEFT_OUT:
        lines = real.splitlines()[: len(shown) - 1]
        real = "".join(f"{line}\n" for line in [*lines, LEFT_OUT])
    return f"$ {command.line}\n{real}"


def _card(place: re.Match[str]) -> str:
    return f"<!-- card: {place[1]} -->\n{card_as_shown(place[1])}<!-- /card -->"


if __name__ == "__main__":
    for page in pages():
        text = page.read_text(encoding="utf-8")
        page.write_text(rendered(text), encoding="utf-8")
