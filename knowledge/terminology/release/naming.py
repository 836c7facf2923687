"""The names in RXNCONSO.RRF, and the codes of its sources. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from knowledge.terminology.release.concepts import CODE, CUI, SAB, STR, SUPPRESS, TTY, Concepts
from knowledge.terminology.release.layout import NAMING, OBSOLETE, RXNORM, WITHHELD
from knowledge.terminology.release.names import name_hash
from knowledge.terminology.release.tables import release_tables
from knowledge.terminology.tokens import key

MOST_WORDS = 6  # of a name that is looked for within a text
_NO_CODE = "NOCODE"


class Longest:
    """For every first word of a name of a substance or brand, how many words the longest has."""

    def __init__(self) -> None:
        self.words: dict[str, int] = {}

    def add(self, words_key: str) -> None:
        """Take one name, unless it is too long to be looked for."""
        first, _, rest = words_key.partition(" ")
        count = rest.count(" ") + 2 if rest else 1
        if count <= MOST_WORDS and self.words.get(first, 0) < count:
            self.words[first] = count


def code_rows(
    lines: Iterable[list[str]], concepts: Concepts
) -> Iterator[tuple[str, str, int, bool]]:
    """System, code, RxCUI and whether it is retired, of the sources that the table names."""
    sources = release_tables().sources
    for line in lines:
        source = sources.get(line[SAB])
        if source is None or line[SUPPRESS] == WITHHELD or line[CODE] in ("", _NO_CODE):
            continue
        if source.kinds and line[TTY] not in source.kinds:
            continue
        rxcui = int(line[CUI])
        if rxcui in concepts:
            yield source.system, line[CODE].upper(), rxcui, line[SUPPRESS] == OBSOLETE


def name_rows(
    lines: Iterable[list[str]], concepts: Concepts, longest: Longest
) -> Iterator[tuple[int, int]]:
    """Hash and RxCUI of every name: of substances and brands by any source, else RxNorm's own."""
    for line in lines:
        suppress, own = line[SUPPRESS], line[SAB] == RXNORM
        if suppress == WITHHELD or (suppress == OBSOLETE and not own):
            continue
        rxcui = int(line[CUI])
        names = concepts.kind(rxcui) in NAMING
        if not names and (not own or rxcui not in concepts):
            continue
        words_key = key(line[STR])
        if words_key:
            if names:
                longest.add(words_key)
            yield name_hash(words_key), rxcui
