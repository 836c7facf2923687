"""The page of what nothing confirms: where a reviewer looks first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from knowledge.layout import Kind
from knowledge.model import Knowledge
from knowledge.sheets.file import unconfirmed

DOUBTS = "unconfirmed.md"
TITLE = "What nothing confirms"
_INTRO = (
    "Statements, codes and entries that were found in no source, or are a choice of our own with "
    "no study behind it. Whoever reviews the knowledge looks here first."
)
Name = Callable[[Kind, str], str]


def doubts(keys: Iterable[tuple[Kind, str]], known: Knowledge) -> dict[Kind, list[tuple[str, str]]]:
    """By kind, in the order of the data: the id of an entry, and what of it is in doubt."""
    found: dict[Kind, list[tuple[str, str]]] = {}
    for kind, id_ in keys:
        for doubt in unconfirmed(kind, id_, known):
            found.setdefault(kind, []).append((id_, doubt.removeprefix(f"{id_}: ")))
    return found


def doubts_page(
    found: dict[Kind, list[tuple[str, str]]],
    made: str,
    up: str,
    name: Name,
    escaped: Callable[[str], str],
) -> str:
    """The page in Markdown. `name` writes an entry, with a link where it has a page."""
    return "\n".join([f"# {TITLE}", "", made, "", up, "", _INTRO, *_sections(found, name, escaped)])


def _sections(
    found: dict[Kind, list[tuple[str, str]]], name: Name, escaped: Callable[[str], str]
) -> Iterator[str]:
    for kind, rows in found.items():
        yield from ("", f"## {kind.plural.capitalize()}: {len(rows)}", "")
        yield from (f"- {name(kind, id_)}: {escaped(doubt)}" for id_, doubt in rows)
    yield ""
