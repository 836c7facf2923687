"""Which ingredients a concept is made of, by the relations of the release. Pure.

A concept is answered whole or not at all: where one part cannot be told, another relation is
tried, and where none tells all parts the concept has no ingredients here.
"""

from __future__ import annotations

from knowledge.terminology.release.concepts import Concepts
from knowledge.terminology.release.relations import TOWARDS, Relations

DEEPEST = 12  # relations from a pack to its ingredients: about six

Ingredients = frozenset[int]
_NONE: Ingredients = frozenset()


class Contents:
    """Answers by concept, remembered."""

    def __init__(self, concepts: Concepts, relations: Relations) -> None:
        self._concepts = concepts
        self._relations = relations
        self._known: dict[int, Ingredients] = {}

    def of(self, rxcui: int) -> Ingredients:
        """The RxCUIs of the ingredients; empty where they cannot be told for certain."""
        return self._of(rxcui, 0)

    def _of(self, rxcui: int, depth: int) -> Ingredients:
        known = self._known.get(rxcui)
        if known is None:
            if depth > DEEPEST:
                return _NONE
            self._known[rxcui] = _NONE  # what a circle comes back to
            known = self._known[rxcui] = self._told(rxcui, depth + 1)
        return known

    def _told(self, rxcui: int, depth: int) -> Ingredients:
        if self._concepts.retired(rxcui):
            replaced = self._replaced(rxcui, depth)
            if replaced:
                return replaced
        if self._concepts.kind(rxcui) == "IN":
            return frozenset({rxcui})
        tables = [self._relations.current]
        if self._concepts.retired(rxcui):
            tables.append(self._relations.former)
        for table in tables:
            for relation in TOWARDS:
                found = self._all(table[relation].get(rxcui, ()), depth)
                if found:
                    return found
        return _NONE

    def _replaced(self, rxcui: int, depth: int) -> Ingredients:
        """What a retired concept became; nothing where that was several different drugs."""
        became = {self._of(target, depth) for target in self._concepts.became(rxcui)}
        return became.pop() if len(became) == 1 else _NONE

    def _all(self, parts: list[int] | tuple[int, ...], depth: int) -> Ingredients:
        found: set[int] = set()
        for part in parts:
            told = self._of(part, depth)
            if not told:
                return _NONE
            found |= told
        return frozenset(found)
