"""A name of two words of which one is misspelt: `potasium chloride`, `magnesium oxyde`.

The other word narrows the choice to a few names, so that a mineral's salt can be told where the
mineral alone names a kind of drug, or another drug. As for one word, the first letter must agree
and no second drug may be as near.
"""

from __future__ import annotations

from collections import defaultdict

from rapidfuzz.distance import OSA

from knowledge.terminology.entries import Entry
from knowledge.terminology.index import NameIndex

SHORTEST = 5  # letters of a misspelt word
LONG = 8  # letters from which on two edits are allowed

_Names = dict[str, dict[str, Entry | None]]


class PairGuesser:
    """Names of two words, by each of their words."""

    def __init__(self, index: NameIndex) -> None:
        self._index = index
        first: _Names = defaultdict(dict)
        last: _Names = defaultdict(dict)
        for name, entry in index.names_of_two_words():
            one, two = name.split(" ")
            first[one][two] = entry
            last[two][one] = entry
        self._by_first: _Names = dict(first)
        self._by_last: _Names = dict(last)

    def guess(self, before: str, word: str, after: str) -> tuple[Entry, int] | None:
        """The name that a misspelt word makes with a neighbour, and where that stands (-1, 1).

        `before` and `after` are empty where no word stands beside it.
        """
        if len(word) < SHORTEST or not word.isalpha() or self._index.find(word) is not None:
            return None
        for neighbour, names, side in ((before, self._by_first, -1), (after, self._by_last, 1)):
            entry = _nearest(word, names.get(neighbour, {}))
            if entry is not None:
                return entry, side
        return None


def _nearest(word: str, names: dict[str, Entry | None]) -> Entry | None:
    """The one entry whose word is nearest, if no other drug's is as near."""
    limit = 2 if len(word) >= LONG else 1
    best = limit + 1
    nearest: list[Entry | None] = []
    for name, entry in names.items():
        if name[0] != word[0]:
            continue
        distance = OSA.distance(word, name, score_cutoff=limit)
        if distance < best:
            best, nearest = distance, [entry]
        elif distance == best <= limit:
            nearest.append(entry)
    drugs = {entry.ingredients if entry else () for entry in nearest}
    return nearest[0] if len(drugs) == 1 else None
