"""What an imported release says, in the names that our knowledge has for ingredients.

Ingredients of both sides meet at their RxCUI: whatever a release knows a drug under is the same
drug, so that two spellings of one never look like two drugs.
"""

from __future__ import annotations

from functools import lru_cache

from msgspec import Struct, structs

from knowledge.model import RouteClass
from knowledge.terminology.codes import CodeIndex
from knowledge.terminology.concept import Coding, Match, Reason
from knowledge.terminology.entries import Entry, Kind
from knowledge.terminology.forms import route_of
from knowledge.terminology.harmless import harmless_words
from knowledge.terminology.index import NameIndex
from knowledge.terminology.reading import NameReader, NameReading, Outcome
from knowledge.terminology.release.model import Release, Released, Substance
from knowledge.terminology.release.tables import release_tables
from knowledge.terminology.systems import canonical_system
from knowledge.terminology.tables import lexicon
from knowledge.terminology.tokens import key, split_words

SHORTEST_NAME = 4  # letters of a name that is looked for within a text
_BRANDED = frozenset({"BN", "SBD", "BPCK"})
_PACKS = frozenset({"GPCK", "BPCK"})
# Readings that no release overrules: what the text itself says against an answer.
_STANDS = frozenset({Reason.SUPPLY, Reason.NO_KNOWN_MEDICATION, Reason.CONFLICT, Reason.EMPTY})


class Told(Struct, frozen=True):
    """What a code says: drugs, what its name tells besides them, and a remark on the code."""

    drugs: frozenset[str]
    reading: NameReading
    remark: str = ""


class ReleasedDrugs:
    """Reads codes and names by a release."""

    def __init__(
        self, release: Release, codes: CodeIndex, index: NameIndex, reader: NameReader
    ) -> None:
        self._release = release
        self._codes = codes
        self._index = index
        self._reader = reader
        self._wider: NameReader | None = None
        self._names: dict[str, str] = {}

    def told(self, coding: Coding) -> Told | None:
        """What a code stands for; None if the release does not hold it."""
        system = canonical_system(coding.system) if coding.code and coding.system else ""
        released = self._release.of_code(system, coding.code) if system else None
        if released is None:
            return None
        drugs, reading = self._drugs(released), self._reading(released)
        remark = _remark(released, drugs)
        if not released.ingredients and reading.outcome is Outcome.NAMED:
            drugs = reading.ingredients if reading.match is not Match.FUZZY else frozenset()
        return Told(drugs, reading, remark)

    def _reading(self, released: Released) -> NameReading:
        """The release's name of a product: its route, and the strengths of what is no pack."""
        reading = self._reader.read(released.name)
        if not released.ingredients:
            reading = self.read(released.name, reading)
        strengths = () if released.kind in _PACKS else reading.strengths
        route = reading.route
        if route is RouteClass.UNKNOWN:  # as it is where no drug was read in it
            route = route_in(released.name)
        return structs.replace(reading, route=route, strengths=strengths)

    def same(self, reading: NameReading) -> NameReading:
        """The reading, with drugs that are not ours under the names that codes have for them."""
        drugs = frozenset(map(self._canonical, reading.ingredients))
        if drugs == reading.ingredients:
            return reading
        return structs.replace(reading, ingredients=drugs)

    def read(self, text: str, before: NameReading) -> NameReading:
        """Read a text that named no drug for certain, by the names of the release too."""
        if before.outcome is Outcome.NAMED or before.denies or before.reason in _STANDS:
            return before
        words_key = key(text)
        ours = self._index.find(words_key)
        known = ours is not None and ours.kind is not Kind.HEARSAY
        asked = may_name(words_key) and not known
        released = self._release.named(words_key) if asked else None
        drugs = self._drugs(released) if released is not None else frozenset()
        if released is not None and drugs:
            match = Match.BRAND if released.kind in _BRANDED else Match.TEXT
            return NameReading(Outcome.NAMED, Reason.RECOGNISED, drugs, match, route_in(text))
        if self._wider is None:  # costs memory, and most texts do not need it
            self._wider = NameReader(_WithRelease(self._index, self._release, self))
        again = self._wider.read(text)
        return again if again.outcome is Outcome.NAMED else before

    def entry(self, released: Released) -> Entry | None:
        """What a name within a text stands for."""
        drugs = tuple(sorted(self._drugs(released)))
        kind = Kind.BRAND if released.kind in _BRANDED else Kind.NAME
        return Entry(kind, drugs) if drugs else None

    def _drugs(self, released: Released) -> frozenset[str]:
        names = map(self._name, released.ingredients)
        return frozenset(name for name in names if name not in release_tables().inert)

    def _canonical(self, drug: str) -> str:
        if drug in self._index.linked:
            return drug
        released = self._release.named(key(drug))
        if released is None or len(released.ingredients) != 1:
            return drug
        return self._name(released.ingredients[0])

    def _name(self, substance: Substance) -> str:
        """Our name: by code, else by name, else the release's own."""
        name = self._names.get(substance.rxcui)
        if name is None:
            name = self._codes.ingredient_of(Coding("rxnorm", substance.rxcui))
            entry = None if name else self._index.find(key(substance.name))
            if entry is not None and entry.kind is Kind.NAME and len(entry.ingredients) == 1:
                name = entry.ingredients[0]
            name = self._names[substance.rxcui] = name or substance.name.lower()
        return name


def _remark(released: Released, drugs: frozenset[str]) -> str:
    remarks = [released.detail] if released.detail else []
    if released.retired:
        remarks.append("a retired code")
    if released.ingredients and not drugs:
        remarks.append("holds no drug")
    elif not released.ingredients and released.name:
        remarks.append("of which the release tells no ingredients")
    return ", ".join(remarks)


@lru_cache(maxsize=1)
def _no_names() -> frozenset[str]:
    return harmless_words() | set(map(key, lexicon().false_friends.names))


def may_name(words_key: str) -> bool:
    """False for short words and words of instructions, though some brands are such."""
    return len(words_key) >= SHORTEST_NAME and not _no_names().issuperset(words_key.split(" "))


def route_in(text: str) -> RouteClass:
    """The route that the words of a name tell."""
    return route_of(split_words(text).words)


class _WithRelease(NameIndex):
    """The names of an index, then those of a release. Nothing is guessed from the latter."""

    def __init__(self, index: NameIndex, release: Release, drugs: ReleasedDrugs) -> None:
        self.__dict__.update(index.__dict__)
        self._release = release
        self._drugs = drugs
        longest = dict(index.longest)
        for word, count in release.longest().items():
            if longest.get(word, 0) < count:
                longest[word] = count
        self.longest = longest

    def find(self, words_key: str) -> Entry | None:
        """The entry of a run of words; a name that is told by hearsay only is asked for too."""
        found = super().find(words_key)
        if found is not None and found.kind is not Kind.HEARSAY:
            return found
        if not may_name(words_key):
            return found
        released = self._release.named(words_key)
        return (self._drugs.entry(released) if released is not None else None) or found
