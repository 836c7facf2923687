"""A text with its known names marked, and the words left over."""

from __future__ import annotations

from msgspec import Struct

from knowledge.terminology.entries import Kind
from knowledge.terminology.guess import LONG, Guesser
from knowledge.terminology.harmless import (
    harmless_words,
    instruction_words,
    join_words,
    volume_words,
)
from knowledge.terminology.scan import Mark
from knowledge.terminology.tokens import HYPHEN, SPACE, Words

MOST_UNKNOWN = 2  # a text with more unknown words is prose, and prose is not guessed


class Parsed(Struct, frozen=True):
    """`covered` are the positions inside marks; `unknown` those of words that are in no list."""

    text: Words
    marks: list[Mark]
    covered: set[int]
    unknown: list[int]

    @property
    def named(self) -> list[Mark]:
        """The marks that name a drug."""
        return [mark for mark in self.marks if mark.names]

    def instructions(self) -> int:
        """Where the instructions begin: the first such word after the first drug named."""
        words = self.text.words
        first = min((mark.end for mark in self.marks if mark.names), default=len(words))
        starts, joins = instruction_words(), join_words()
        for at in range(first, len(words)):
            if words[at] in starts and words[at] not in joins and at not in self.covered:
                return at
        return len(words)

    def phrase(self, mark: Mark) -> str:
        """The words of a mark."""
        return " ".join(self.text.words[mark.start : mark.end])


def parse(text: Words, marks: list[Mark], guesser: Guesser) -> Parsed:
    """Mark misspelt drugs too, and settle which short forms count."""
    parsed = _lay_out(text, marks)
    for guess in (_paired, _guesses):
        guessed = guess(parsed, guesser)
        if guessed:
            parsed = _lay_out(text, _with(parsed.marks, guessed))
    settled = _settle(parsed)
    return parsed if settled is parsed.marks else _lay_out(text, settled)


def _lay_out(text: Words, marks: list[Mark]) -> Parsed:
    harmless = harmless_words()
    covered = {
        at
        for mark in marks
        if mark.entry.kind is not Kind.HEARSAY
        for at in range(mark.start, mark.end)
    }
    unknown = [
        at
        for at, word in enumerate(text.words)
        if word not in harmless and at not in covered and len(word) > 1 and word.isalpha()
    ]
    return Parsed(text, marks, covered, unknown)


def _with(marks: list[Mark], guessed: list[Mark]) -> list[Mark]:
    """Both, in order; a known name inside a guessed one gives way to it."""
    taken = {at for mark in guessed for at in range(mark.start, mark.end)}
    kept = [mark for mark in marks if taken.isdisjoint(range(mark.start, mark.end))]
    return sorted([*kept, *guessed], key=lambda mark: mark.start)


def _paired(parsed: Parsed, guesser: Guesser) -> list[Mark]:
    """Names of two words of which one is misspelt."""
    found: list[Mark] = []
    for at in parsed.unknown:
        before, after = _neighbour(parsed, at, -1), _neighbour(parsed, at, 1)
        pair = guesser.guess_pair(before, parsed.text.words[at], after)
        if pair is None:
            continue
        start = at + min(0, pair[1])
        if not found or found[-1].end <= start:
            found.append(Mark(start, start + 2, pair[0], guessed=True))
    return found


def _neighbour(parsed: Parsed, at: int, side: int) -> str:
    """The word right beside a misspelt one, unless it is part of a longer name."""
    words, gaps, other = parsed.text.words, parsed.text.gaps, at + side
    if not 0 <= other < len(words) or gaps[max(at, other)] not in (SPACE, HYPHEN):
        return ""
    longer = any(
        mark.end - mark.start > 1 for mark in parsed.marks if mark.start <= other < mark.end
    )
    return "" if longer else words[other]


def _guesses(parsed: Parsed, guesser: Guesser) -> list[Mark]:
    """Misspelt drugs: among few unknown words, and only long ones beside a known drug."""
    if not parsed.unknown:
        return []
    named = any(mark.names for mark in parsed.marks)
    if not named and len(parsed.unknown) > MOST_UNKNOWN:
        return []
    words = parsed.text.words
    end = parsed.instructions() if named else len(words)
    shortest = LONG if named else 0
    return [
        Mark(at, at + 1, entry, guessed=True)
        for at in parsed.unknown
        if at < end
        and len(words[at]) >= shortest
        and (entry := guesser.guess(words[at])) is not None
    ]


def _settle(parsed: Parsed) -> list[Mark]:
    """Short forms: some count only beside a drug, some only where nothing else is said."""
    short = (Kind.ALONE, Kind.BESIDE)
    if not any(mark.entry.kind in short for mark in parsed.marks):
        return parsed.marks
    named = any(mark.names for mark in parsed.marks)
    counts = Kind.BESIDE if named else Kind.ALONE
    clear = named or not parsed.unknown
    return [
        _as_product(mark) if mark.entry.kind in short else mark
        for mark in parsed.marks
        if mark.entry.kind not in short
        or (mark.entry.kind is counts and clear)
        or (mark.entry.kind is Kind.ALONE and _by_volume(parsed.text, mark))
    ]


def _by_volume(text: Words, mark: Mark) -> bool:
    """True for a fluid whose volume is said before it: `1000 mL NS`."""
    words, at = text.words, mark.start
    return at > 1 and words[at - 1] in volume_words() and words[at - 2][0].isdigit()


def _as_product(mark: Mark) -> Mark:
    entry = mark.entry
    product = type(entry)(Kind.BRAND, entry.ingredients, entry.route)
    return Mark(mark.start, mark.end, product)
