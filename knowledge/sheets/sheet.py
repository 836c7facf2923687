"""A sheet: a title, and lines with lines below them. What a line names can be followed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from msgspec import Struct

from knowledge.layout import Kind


class Ref(Struct, frozen=True):
    """An entry of the knowledge that a line names, and the words that it is named by."""

    kind: Kind
    id: str
    words: str = ""

    def __str__(self) -> str:
        return self.words or self.id


Part: TypeAlias = str | Ref


class Line(Struct, frozen=True):
    """A sentence or a heading, in parts, and what belongs to it."""

    parts: tuple[Part, ...]
    below: tuple[Line, ...] = ()

    def __str__(self) -> str:
        return "".join(str(part) for part in self.parts)


class Sheet(Struct, frozen=True):
    """All that is known of one entry. `file` is where it stands, and is reviewed."""

    kind: Kind
    id: str
    title: str
    lines: tuple[Line, ...]
    file: str


def line(*parts: Part, below: Iterable[Line] = ()) -> Line:
    """A line of parts."""
    return Line(parts, tuple(below))


def refs(kind: Kind, ids: Iterable[str]) -> tuple[Part, ...]:
    """Names in a row, each to be followed: `a, b, c`."""
    parts: list[Part] = []
    for id_ in ids:
        parts += [", ", Ref(kind, id_)] if parts else [Ref(kind, id_)]
    return tuple(parts)


def named(label: str, kind: Kind, ids: Iterable[str]) -> Iterator[Line]:
    """`Members: a, b, c.`, or nothing where there are none."""
    listed = refs(kind, ids)
    if listed:
        yield line(f"{label}: ", *listed, ".")


def text_lines(lines: Iterable[Line], depth: int = 1) -> Iterator[str]:
    """Lines as text, two spaces in for each level."""
    for one in lines:
        yield "  " * depth + str(one)
        yield from text_lines(one.below, depth + 1)
