"""Names in the ways that hospitals write them, each with what is in it.

Every line of `written/*.txt` is `text => ingredient + ingredient`, or `text => -` where nothing may
be answered. They are our own, written for the grammar of each place and not taken from a record.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.load import load
from knowledge.terminology.concept import Concept
from knowledge.terminology.index import NameIndex
from knowledge.terminology.resolver import Resolver

FILES = sorted((Path(__file__).parent / "written").glob("*.txt"))


def _lines(file: Path) -> list[tuple[str, tuple[str, ...]]]:
    found = []
    for line in file.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            text, names = line.split(" => ")
            found.append((text, () if names == "-" else tuple(sorted(names.split(" + ")))))
    return found


@pytest.fixture(scope="module")
def resolver() -> Resolver:
    return Resolver(load())


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_nothing_is_answered_that_is_not_in_it(file: Path, resolver: Resolver) -> None:
    """A wrong ingredient is worse than none."""
    answers = [(text, resolver.resolve(Concept((), text)), true) for text, true in _lines(file)]
    assert len(answers) > 40
    assert [] == [
        (text, got.ingredients)
        for text, got, true in answers
        if not set(got.ingredients) <= {*true}
    ]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_nearly_every_name_is_answered_in_full(file: Path, resolver: Resolver) -> None:
    """With every part of a combination; what is missed is printed."""
    lines = _lines(file)
    missed = [
        (text, answer.ingredients, answer.detail)
        for text, true in lines
        if (answer := resolver.resolve(Concept((), text))).ingredients != true
    ]
    assert len(missed) <= 0.04 * len(lines), missed


def test_the_names_of_the_sets_are_those_of_the_terminology() -> None:
    """A line that expects another spelling of an ingredient could never be right."""
    index = NameIndex(load())
    names = {name for file in FILES for _, true in _lines(file) for name in true}
    assert len(names) > 150
    assert [] == [name for name in sorted(names) if index.name_of(name) != (name,)]
