"""Where a medicine is put, as its dose form, device or instructions say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from knowledge.model import RouteClass
from knowledge.terminology.tables import forms
from knowledge.terminology.tokens import key

_Phrases = dict[str, tuple[RouteClass, bool]]


@lru_cache(maxsize=1)
def _phrases() -> tuple[_Phrases, dict[str, int]]:
    """Phrases with their route and whether it is a site; and first words with the longest run."""
    phrases: _Phrases = {}
    longest: dict[str, int] = {}
    for table, is_site in ((forms().vehicle, False), (forms().site, True)):
        for route, names in table.items():
            for name in names:
                phrases[key(name)] = (route, is_site)
    for phrase in phrases:
        first = phrase.split(" ", 1)[0]
        longest[first] = max(longest.get(first, 0), phrase.count(" ") + 1)
    return phrases, longest


def first_words() -> frozenset[str]:
    """The words that begin a phrase which tells a route."""
    return frozenset(_phrases()[1])


def route_of(words: Sequence[str], starts: Iterable[int]) -> RouteClass:
    """The route that the words of a name tell, else unknown. Contradictions tell nothing.

    `starts` are the positions of words that may begin a phrase, in order.
    """
    phrases, longest = _phrases()
    sites: set[RouteClass] = set()
    vehicles: set[RouteClass] = set()
    read_to, end = 0, len(words)
    for start in starts:
        if start < read_to:
            continue
        if longest[words[start]] == 1:
            told_alone = phrases[words[start]]
            (sites if told_alone[1] else vehicles).add(told_alone[0])
            continue
        for stop in range(min(start + longest[words[start]], end), start, -1):
            found = phrases.get(" ".join(words[start:stop]))
            if found is not None:
                (sites if found[1] else vehicles).add(found[0])
                read_to = stop
                break
    told = sites or vehicles
    return told.pop() if len(told) == 1 else RouteClass.UNKNOWN
