"""Every name that may be recognised, by its words: ours first, then the lexicon's."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

import msgspec

from knowledge.model import Knowledge
from knowledge.terminology.entries import NAMING, Entry, Kind
from knowledge.terminology.extra_names import extra_names
from knowledge.terminology.harmless import harmless_words
from knowledge.terminology.own_names import BEGINNING, beginnings, own_names
from knowledge.terminology.spelling import same_name
from knowledge.terminology.tables import Extracted, lexicon, read_bytes, words
from knowledge.terminology.tokens import key


class NameIndex:
    """Look up a run of words. Built once for a knowledge; reads the lexicon when it is built."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.linked = frozenset(knowledge.ingredients)
        self._own = own_names(knowledge)
        self._salts = frozenset(words().words.salts)
        self._made: dict[str, Entry | None] = {}  # entries of the extracted lexicon, once asked for
        self._extracted = msgspec.msgpack.decode(
            gzip.decompress(read_bytes("lexicon.msgpack.gz")), type=Extracted
        )
        self._begins = beginnings(self._own)
        self._common = frozenset(self._extracted.common)
        self._rename = {key(old): new for old, new in lexicon().rename.items()}
        self._false_friends = harmless_words() | set(map(key, lexicon().false_friends.names))
        self._extra = extra_names(self._own, self.name_of)
        self._known = {**self._extra, **self._own}
        self.longest = self._longest()
        self._own_names: dict[str, list[str]] = {}

    def find(self, words_key: str) -> Entry | None:
        """The entry of a run of words joined by spaces; None if it is no known name."""
        found = self._known.get(words_key)
        if found is not None:
            return found
        number = self._extracted.names.get(words_key)
        if number is None or words_key in self._false_friends:
            return None
        if words_key not in self._made:
            self._made[words_key] = self._from_extracted(words_key, number)
        return self._made[words_key]

    def single_words(self) -> Iterator[tuple[str, bool]]:
        """Names of one word, and whether a misspelling may be taken for them.

        Ours, our lexicon's and common names may be guessed; rare ones only forbid a guess.
        """
        own = {
            name
            for names in (self._own, self._extra)
            for name, entry in names.items()
            if entry.kind in NAMING
        }
        for name in own | self._extracted.names.keys():
            if " " not in name and (name in own or name not in self._false_friends):
                yield name, name in own or name in self._common

    def names_of_two_words(self) -> Iterator[tuple[str, Entry | None]]:
        """Names of two words; with an entry where a misspelling may be taken for them.

        Those are ours and our lexicon's. The extracted ones only forbid a guess.
        """
        for name in self._extracted.names:
            if name not in self._known and name.count(" ") == 1:
                yield name, None
        for name, entry in self._known.items():
            if entry.kind is Kind.NAME and name.count(" ") == 1:
                yield name, entry

    def generic(self, name: str, entry: Entry) -> bool:
        """True for the name of a substance, as far as that can be told from a brand."""
        held = self._own.get(name)
        if held is not None:
            return held.kind is Kind.NAME
        parts = (word for drug in entry.ingredients for word in key(drug).split(" "))
        return any(word[:BEGINNING] == name[:BEGINNING] for word in parts)

    def name_of(self, ingredient: str) -> tuple[str, ...]:
        """The name that our knowledge has for an ingredient, else the lexicon's own."""
        renamed = self._rename.get(key(ingredient), ingredient)
        ours = self._own.get(key(renamed))
        if ours is not None and ours.kind is Kind.NAME:
            return ours.ingredients
        return (renamed,) if renamed else ()

    def _without_salt(self, where: str) -> tuple[str, ...]:
        """The drug of a name that ends in its salt (`megestrol acetate`); none for a mineral."""
        parts = where.split(" ")
        if where in self._extra or where in self._own or self._salts.issuperset(parts):
            return ()
        while len(parts) > 1 and parts[-1] in self._salts:
            parts.pop()
            head = " ".join(parts)
            entry = self._own.get(head) or self._extra.get(head)
            if entry is not None and entry.kind is Kind.NAME:
                return entry.ingredients
            number = self._extracted.names.get(head)
            if entry is None and number is not None and head not in self._false_friends:
                targets = self._extracted.targets[number]
                if len(targets) == 1 and key(targets[0]) != where:
                    return self.name_of(targets[0])
        return ()

    def _from_extracted(self, words_key: str, number: int) -> Entry | None:
        targets = self._extracted.targets[number]
        names = [
            name
            for target in targets
            for name in self._without_salt(key(target)) or self.name_of(target)
        ]
        if not names:
            return None
        drugs = tuple(sorted(set(names)))
        canonical = " ".join(key(target) for target in targets) == words_key
        # The extracted lexicon lists products of several drugs under one of them.
        one_of_ours = len(drugs) == 1 and drugs[0] in self.linked and not canonical
        if one_of_ours and not self._sounds_like(words_key, drugs[0]):
            return Entry(Kind.HEARSAY, drugs, sure=False)
        return Entry(Kind.NAME, drugs, sure=canonical)

    def _sounds_like(self, words_key: str, drug: str) -> bool:
        """True for a spelling of a name of the drug: `torasemida`, `coumadine`.

        A brand of several drugs does not begin as one of them, nor is it spelt like a brand of it.
        """
        begins = self._begins.get(drug, set())
        if any(word[:BEGINNING] in begins for word in words_key.split(" ")):
            return True
        return any(same_name(words_key, name) for name in self._names_of(drug))

    def _names_of(self, drug: str) -> list[str]:
        """The names of one word that our knowledge has for an ingredient."""
        if not self._own_names:
            for name, entry in self._own.items():
                if entry.kind in NAMING and len(entry.ingredients) == 1 and " " not in name:
                    self._own_names.setdefault(entry.ingredients[0], []).append(name)
        return self._own_names.get(drug, [])

    def _longest(self) -> dict[str, int]:
        """For every first word of a name, how many words the longest such name has."""
        longest: dict[str, int] = {}
        every = (self._own, self._extra, self._extracted.names)
        for names in every:  # most have one word
            longest.update(dict.fromkeys([name for name in names if " " not in name], 1))
        for name in [name for names in every for name in names if " " in name]:
            first, _, rest = name.partition(" ")
            longest[first] = max(longest.get(first, 0), rest.count(" ") + 2)
        return longest
