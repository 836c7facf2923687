"""The pages of the documentation, and what they show of real runs.

A `console` block is a transcript: lines that begin with `$ `, each with its output. A block between
`<!-- card: NAME -->` and `<!-- /card -->` is the card that a shipped sample gets.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

REPOSITORY = Path(__file__).parents[2]
FENCE = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CARD = re.compile(r"<!-- card: ([a-z0-9-]+) -->\n(.*?)<!-- /card -->", re.DOTALL)
LEFT_OUT = "..."


class Command(Struct, frozen=True):
    """A command of a transcript, and the output that the page shows below it."""

    line: str
    output: str


def pages() -> list[Path]:
    """Every Markdown page: the README and its siblings, docs/, and beside the knowledge."""
    found = [*REPOSITORY.glob("*.md"), *REPOSITORY.glob("docs/**/*.md")]
    return sorted([*found, *REPOSITORY.glob("knowledge/**/*.md")])


def transcript(text: str) -> Iterator[Command]:
    """The commands of a `console` block, in order."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        line, _, output = part.partition("\n")
        yield Command(line, output)


def run(command: str, folder: Path) -> str:
    """Run a command as a reader would, in a folder; gives both streams as one text."""
    path = f"{Path(sys.executable).parent}:{os.defpath}"
    done = subprocess.run(  # noqa: S602 - the commands are those of our own pages
        command,
        shell=True,
        cwd=folder,
        env={
            "PATH": path,
            "PYTHONPATH": str(REPOSITORY),  # this checkout, whichever one was installed
            "HOME": str(folder),
            "LANG": "C.UTF-8",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=120,
        check=False,
    )
    lines = done.stdout.decode().splitlines()
    return "".join(f"{line.rstrip()}\n" for line in lines)


def shown_matches(shown: str, real: str) -> bool:
    """Whether a page shows the real output; a line `...` stands for any lines left out."""
    pattern = "".join(
        r"(?:.*\n)*?" if line == LEFT_OUT else re.escape(line) + r"\n"
        for line in shown.splitlines()
    )
    return re.fullmatch(pattern, real) is not None
