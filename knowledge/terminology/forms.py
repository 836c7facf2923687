"""Where a medicine is put, as its dose form, device or instructions say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from knowledge.model import RouteClass
from knowledge.terminology.tables import forms
from knowledge.terminology.tokens import key

_UNKNOWN = RouteClass.UNKNOWN  # an enum's member costs more to look up than a name

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


def route_of(words: Sequence[str], starts: Iterable[int] | None = None) -> RouteClass:
    """The route that the words of a name tell, else unknown. Contradictions tell nothing.

    `starts` are the positions of words that may begin a phrase, in order, where they are known.
    """
    phrases, longest = _phrases()
    site: RouteClass | None = None
    vehicle: RouteClass | None = None
    if starts is None:
        starts = [at for at, word in enumerate(words) if word in longest]
    read_to, end = 0, len(words)
    for start in starts:
        if start < read_to:
            continue
        most = longest[words[start]]
        for stop in range(min(start + most, end), start, -1) if most > 1 else (start + 1,):
            found = phrases.get(" ".join(words[start:stop]) if stop - start > 1 else words[start])
            if found is None:
                continue
            route, is_site = found
            if is_site:
                site = route if site in (None, route) else _UNKNOWN
            else:
                vehicle = route if vehicle in (None, route) else _UNKNOWN
            read_to = stop
            break
    told = vehicle if site is None else site
    return _UNKNOWN if told is None else told
