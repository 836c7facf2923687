"""A misspelt word as the one name that it can be taken for, or as none.

A guess needs the same first letter, few edits for its length (a swap of two neighbours is one),
and a clear margin over every other drug; look-alikes need twice the margin. Brands are made to
sound like words: only one edit may part a word from a brand, and no changed letter a short one.
"""

from __future__ import annotations

from collections import defaultdict

from msgspec import Struct
from rapidfuzz import process
from rapidfuzz.distance import OSA

from knowledge.terminology.entries import Entry, Kind
from knowledge.terminology.index import NameIndex
from knowledge.terminology.pair_guess import PairGuesser
from knowledge.terminology.spelling import folded
from knowledge.terminology.tables import lookalikes
from knowledge.terminology.tokens import key

SHORTEST = 5  # shorter words have too many neighbours
SHORT = 6  # up to here a changed letter doubles the margin
LONG = 8  # from here on two edits are allowed
DISTINCT = 5  # letters before a shared ending, in which two edits may lie
FAR = 99  # more edits than any guess may need
MOST_REMEMBERED = 20_000


class _Candidate(Struct, frozen=True):
    """A drug near a word: edits to its nearest name, and to the nearest one that may be meant."""

    distance: int
    common: int
    name: str
    entry: Entry


def _differ_in_long_parts(word: str, name: str) -> bool:
    """False where a shared ending leaves little: the part before a stem tells drugs apart."""
    shared = 0
    while shared < min(len(word), len(name)) and word[-1 - shared] == name[-1 - shared]:
        shared += 1
    return min(len(word), len(name)) - shared >= DISTINCT


class Guesser:
    """Guesses are remembered by word, as the same misspellings come again and again."""

    def __init__(self, index: NameIndex) -> None:
        self._index = index
        self._buckets: dict[tuple[str, int], list[str]] = {}
        self._remembered: dict[str, Entry | None] = {}
        self._alike: dict[str, set[str]] = {}
        self._pairs: PairGuesser | None = None
        self._common: set[str] = set()
        self._spellings: dict[str, list[str]] = {}

    def guess(self, word: str) -> Entry | None:
        """The entry that a word is a misspelling of; None without a clear margin."""
        if len(word) < SHORTEST or not word.isalpha():
            return None
        if word in self._remembered:
            return self._remembered.get(word)
        entry = self._decide(word)
        if len(self._remembered) >= MOST_REMEMBERED:
            self._remembered.clear()
        self._remembered[word] = entry
        return entry

    def guess_pair(self, before: str, word: str, after: str) -> tuple[Entry, int] | None:
        """The name that a misspelt word makes with a neighbour, and the neighbour's side."""
        if self._pairs is None:
            self._pairs = PairGuesser(self._index)
        return self._pairs.guess(before, word, after)

    def _decide(self, word: str) -> Entry | None:
        if word in lookalikes().not_misspellings or self._index.find(word) is not None:
            return None
        spelt = self._spelt(word)
        if spelt is not None:
            return spelt
        limit = 2 if len(word) >= LONG else 1
        ranked = self._candidates(word, limit)
        if not ranked or ranked[0].distance > limit or ranked[0].common > limit:
            return None
        best = ranked[0]
        # A short word may lack or repeat a letter; with another letter it is too near to others.
        doubtful = len(word) <= SHORT and len(best.name) == len(word)
        for other in ranked[1:]:
            margin = 2 if doubtful or self._look_alike(best.entry, other.entry) else 1
            if other.distance < best.distance + margin:
                return None
        return best.entry

    def _spelt(self, word: str) -> Entry | None:
        """The one substance whose international name this is in another language's spelling."""
        if not self._buckets:
            self._fill()
        names = self._spellings.get(folded(word), ())
        entries = [entry for name in names if (entry := self._index.find(name)) is not None]
        drugs = {entry.ingredients for entry in entries}
        return entries[0] if len(drugs) == 1 else None

    def _candidates(self, word: str, limit: int) -> list[_Candidate]:
        """Every drug near a word, by its nearest name."""
        nearest: dict[tuple[str, ...], _Candidate] = {}
        for name, distance in self._near(word, limit + 2):
            entry = self._index.find(name)
            if entry is None or entry.kind not in (Kind.NAME, Kind.BRAND):
                continue
            held = nearest.get(entry.ingredients)
            common = distance if self._may_be_meant(word, name, distance, entry) else FAR
            if held is not None:
                common = min(common, held.common)
            if held is None or distance < held.distance:
                nearest[entry.ingredients] = _Candidate(distance, common, name, entry)
            elif common < held.common:
                nearest[entry.ingredients] = _Candidate(
                    held.distance, common, held.name, held.entry
                )
        return sorted(nearest.values(), key=lambda found: found.distance)

    def _may_be_meant(self, word: str, name: str, distance: int, entry: Entry) -> bool:
        """True for common names of substances, and for brands that lack or repeat a letter."""
        if name not in self._common:
            return False
        if self._index.generic(name, entry):
            return distance <= 1 or _differ_in_long_parts(word, name)
        changed = len(word) <= SHORT and len(name) == len(word)
        return distance <= 1 and not changed

    def _near(self, word: str, cutoff: int) -> list[tuple[str, int]]:
        if not self._buckets:
            self._fill()
        found: list[tuple[str, int]] = []
        for length in range(len(word) - cutoff, len(word) + cutoff + 1):
            names = self._buckets.get((word[0], length))
            if names:
                near = process.extract(
                    word, names, scorer=OSA.distance, score_cutoff=cutoff, limit=None
                )
                found.extend((name, int(distance)) for name, distance, _ in near)
        return found

    def _fill(self) -> None:
        buckets: dict[tuple[str, int], list[str]] = defaultdict(list)
        spellings: dict[str, list[str]] = defaultdict(list)
        for name, common in self._index.single_words():
            if len(name) >= SHORTEST:
                buckets[name[0], len(name)].append(name)
                if common:
                    self._common.add(name)
                    spellings[folded(name)].append(name)
        alike: dict[str, set[str]] = defaultdict(set)
        for one, other in lookalikes().pairs:
            left, right = self._drug(one), self._drug(other)
            alike[left].add(right)
            alike[right].add(left)
        self._alike = dict(alike)
        spellings.pop("", None)  # too short to tell drugs apart
        self._spellings = dict(spellings)
        self._buckets = dict(buckets)  # last: another thread takes it as the sign of readiness

    def _drug(self, name: str) -> str:
        entry = self._index.find(key(name))
        return entry.ingredients[0] if entry is not None and entry.ingredients else name

    def _look_alike(self, one: Entry, other: Entry) -> bool:
        return any(
            right in self._alike.get(left, ())
            for left in one.ingredients
            for right in other.ingredients
        )
