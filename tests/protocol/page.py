"""The page of the requirements and the tests that show them, made from the tables.

`python -m tests.protocol.page` writes it anew.
"""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

from tests.protocol.requirement import HOOKS, Requirement, requirements

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "cds-hooks-conformance.md"
_SETS = {"cds-hooks_2.0": "", HOOKS: "library "}
_INTRODUCTION = """\
# CDS Hooks, requirement by requirement

What CDS Hooks 2.0 and its hook library ask of a service, in our words, by the numbers of the list \
that HL7's test kit for it keeps; and the tests of ours that show it, in `tests/protocol/`. \
`library` stands before the numbers of the hook library 1.0.1.

{shown} requirements are shown by {tests} tests. {others} have none, and the table says why.

Beside them, every response that any test gets is held to the schemas in \
`tests/protocol/schemas/`, in one place around the test client.

<!-- Made by `make docs` from tests/protocol/requirements/. -->
"""


def page() -> str:
    """The page as Markdown."""
    rows = list(requirements())
    tests = {test for row in rows for test in row.shown_by}
    shown = sum(bool(row.shown_by) for row in rows)
    text = _INTRODUCTION.format(shown=shown, tests=len(tests), others=len(rows) - shown)
    for topic, of_topic in groupby(rows, lambda row: row.topic):
        text += f"\n## {topic}\n\n| | | requirement | shown by |\n|---|---|---|---|\n"
        text += "".join(_line(row) for row in of_topic)
    return text


def _line(row: Requirement) -> str:
    set_, _, number = row.id.rpartition("/")
    shown = "<br>".join(f"`{test}`" for test in row.shown_by) or f"*{row.reason}*"
    return f"| {_SETS[set_]}{number} | {row.level} | {row.says} | {shown} |\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
