"""Find the known names in a text: from left to right, the longest first."""

from __future__ import annotations

from functools import lru_cache

from msgspec import Struct

from knowledge.terminology.entries import NAMING, Entry, Kind
from knowledge.terminology.index import NameIndex
from knowledge.terminology.tables import words as word_tables
from knowledge.terminology.tokens import COMMA, HYPHEN, JOIN, OPEN, SPACE, Words


class Mark(Struct, frozen=True, gc=False):
    """The words `start` to `end` (excluded) are a known name; `guessed` if misspelt."""

    start: int
    end: int
    entry: Entry
    guessed: bool = False

    @property
    def names(self) -> bool:
        """True where a drug is named."""
        return self.entry.kind in NAMING


def scan(text: Words, index: NameIndex) -> list[Mark]:
    """All known names, not overlapping, without the salts of the names before them."""
    marks: list[Mark] = []
    most_words, find = index.longest.get, index.find
    words, gaps = text.words, text.gaps
    at, end = 0, len(words)
    while at < end:
        word = words[at]
        most = most_words(word)
        at += 1
        if most is None:
            continue
        start = at - 1
        for stop in range(min(start + most, end), at, -1) if most > 1 else ():
            entry = find(" ".join(words[start:stop]))
            if entry is None:
                continue
            # `SMZ/TMP` names both its parts
            if len(entry.ingredients) > 1 or _one_name(words, gaps, start, stop):
                marks.append(Mark(start, stop, entry))
                at = stop
                break
        else:
            entry = find(word)
            if entry is not None:
                marks.append(Mark(start, at, entry))
    return _without_salts(text, marks) if len(marks) > 1 else marks


def joined(text: Words, index: NameIndex) -> Words | None:
    """The text with the names whole that a gap breaks: `dexa methasone`. None where there is none.

    Two names side by side are never one.
    """
    words, gaps, depth = [text.words[0]], [text.gaps[0]], [text.depth[0]]
    for at in range(1, len(text.words)):
        one, other = words[-1], text.words[at]
        if text.gaps[at] in _BREAKS and _is_whole(one, other, index):
            words[-1] = one + other
        else:
            words.append(other)
            gaps.append(text.gaps[at])
            depth.append(text.depth[at])
    return Words(words, gaps, depth) if len(words) < len(text.words) else None


def _is_whole(one: str, other: str, index: NameIndex) -> bool:
    if not (one.isalpha() and other.isalpha()) or len(one) + len(other) < _WHOLE:
        return False
    entry = index.find(one + other)
    if entry is None or entry.kind not in NAMING:
        return False
    parts = [index.find(one), index.find(other)]
    return not all(part is not None and part.kind in NAMING for part in parts)


_BREAKS = frozenset({SPACE, HYPHEN})
_WHOLE = 8  # letters of a name that may be put together: a shorter one is soon hit by chance


def _one_name(words: list[str], gaps: list[str], start: int, stop: int) -> bool:
    """A sign that joins drugs does not stand inside a name, but may inside `1/2`."""
    return all(
        gaps[at] != JOIN or (words[at][0].isdigit() and words[at - 1][0].isdigit())
        for at in range(start + 1, stop)
    )


def _without_salts(text: Words, marks: list[Mark]) -> list[Mark]:
    """`dexamethasone sodium phosphate` is one drug, and so is `losartan potassium`.

    A chloride after a name is never its salt in medication lists, but a drug of its own.
    """
    salts = _salts()
    kept: list[Mark] = []
    for number, mark in enumerate(marks):
        words = text.words[mark.start : mark.end]
        if salts.issuperset(words) and words[-1] not in _OWN_DRUGS:
            before = kept[-1] if kept else None
            if before is not None and _salt_of(text, before, mark):
                continue
            after = marks[number + 1] if number + 1 < len(marks) else None
            bare = mark.entry.kind is Kind.AMBIGUOUS
            if bare and after is not None and after.names and _touch(text, mark, after):
                continue
        kept.append(mark)
    return kept


_OWN_DRUGS = frozenset({"chloride"})


def _salt_of(text: Words, name: Mark, salt: Mark) -> bool:
    """True where only salts stand between a name, which is no mineral itself, and the salt."""
    salts = _salts()
    if not name.names or salts.issuperset(text.words[name.start : name.end]):
        return False
    between = range(name.end, salt.start)
    gaps = {text.gaps[i] for i in (*between, salt.start)}
    return gaps <= {SPACE, HYPHEN, COMMA} and all(text.words[i] in salts for i in between)


def _touch(text: Words, one: Mark, other: Mark) -> bool:
    return one.end == other.start and text.gaps[other.start] not in (JOIN, COMMA, OPEN)


@lru_cache(maxsize=1)
def _salts() -> frozenset[str]:
    return frozenset(word_tables().words.salts)
