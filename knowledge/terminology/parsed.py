"""A text with its known names marked, and the words left over."""

from __future__ import annotations

from functools import reduce
from operator import or_

from msgspec import Struct

from knowledge.terminology.entries import NAMING, Kind
from knowledge.terminology.guess import LONG, Guesser
from knowledge.terminology.harmless import volume_words
from knowledge.terminology.scan import Mark
from knowledge.terminology.tokens import HYPHEN, SPACE, Words
from knowledge.terminology.traits import BEGINS_INSTRUCTIONS, HARMLESS

MOST_UNKNOWN = 2  # a text with more unknown words is prose, and prose is not guessed


class Parsed(Struct, frozen=True, gc=False):
    """A text and what is known of it.

    `named` are the marks that name a drug, `covered` the positions inside marks, `unknown` those of
    words that are in no list. `bits` are the traits of each word, `seen` all of them together.
    """

    text: Words
    bits: list[int]
    seen: int
    marks: list[Mark]
    named: list[Mark]
    covered: set[int]
    unknown: list[int]

    def instructions(self) -> int:
        """Where the instructions begin: the first such word after the first drug named."""
        end = len(self.bits)
        if self.seen & BEGINS_INSTRUCTIONS:
            first = min((mark.end for mark in self.named), default=end)
            for at in range(first, end):
                if self.bits[at] & BEGINS_INSTRUCTIONS and at not in self.covered:
                    return at
        return end

    def phrase(self, mark: Mark) -> str:
        """The words of a mark."""
        return " ".join(self.text.words[mark.start : mark.end])


def parse(text: Words, bits: list[int], marks: list[Mark], guesser: Guesser) -> Parsed:
    """Mark misspelt drugs too, and settle which short forms count."""
    seen = reduce(or_, bits, 0)
    parsed = _lay_out(text, bits, seen, marks)
    if parsed.unknown:
        for guess in (_paired, _guesses):
            guessed = guess(parsed, guesser)
            if guessed:
                parsed = _lay_out(text, bits, seen, _with(parsed.marks, guessed))
    settled = _settle(parsed)
    return parsed if settled is parsed.marks else _lay_out(text, bits, seen, settled)


def _lay_out(text: Words, bits: list[int], seen: int, marks: list[Mark]) -> Parsed:
    covered: set[int] = set()
    for mark in marks:
        if mark.entry.kind is not _HEARSAY:
            covered.update(range(mark.start, mark.end))
    unknown = [at for at, bit in enumerate(bits) if not bit & HARMLESS and at not in covered]
    if unknown:
        words = text.words
        unknown = [at for at in unknown if len(words[at]) > 1 and words[at].isalpha()]
    named = [mark for mark in marks if mark.entry.kind in NAMING]
    return Parsed(text, bits, seen, marks, named, covered, unknown)


_HEARSAY = Kind.HEARSAY


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
    named = bool(parsed.named)
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
    if len(parsed.named) == len(parsed.marks) or not any(
        mark.entry.kind in short for mark in parsed.marks
    ):
        return parsed.marks
    named = bool(parsed.named)
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
