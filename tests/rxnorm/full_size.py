"""Writes a release of the size that NLM publishes, with made-up content, for measuring an import.

At scale 1: about 1.2 million lines of names, 7 million of relations and 7 million of attributes.
All codes are from 10000001; RxNorm's have seven digits at most.
"""

from __future__ import annotations

import random
import zipfile
from collections.abc import Iterable, Iterator
from itertools import islice
from itertools import product as combined
from pathlib import Path

from knowledge.load import load
from tests.rxnorm.rrf import INVERSE, archived, conso, rel, sab, sat

_FIRST = 10_000_001
# How many concepts of each kind at scale 1, the obsolete ones that a release keeps among them.
_KINDS = {
    "IN": 14_000, "PIN": 4_000, "MIN": 4_000, "BN": 20_000, "SCDC": 40_000, "SCDF": 20_000,
    "SBDC": 30_000, "SCD": 120_000, "SBD": 60_000, "GPCK": 1_000, "BPCK": 1_000,
}  # fmt: skip
_OTHER_NAMES, _OTHER_RELATIONS, _OTHER_ATTRIBUTES = 880_000, 5_600_000, 6_500_000
_NDC, _RETIRED = 500_000, 250_000
_LINES_AT_A_TIME = 20_000


class FullSize:
    """The lines of each file; the same for the same scale."""

    def __init__(self, scale: float) -> None:
        self._scale = scale
        self._random = random.Random(20261102)  # noqa: S311 - content, not secrets
        self._words = self._make_words()
        self._of: dict[str, range] = {}
        start = _FIRST
        for kind, count in _KINDS.items():
            self._of[kind] = range(start, start + max(10, int(count * scale)))
            start = self._of[kind].stop
        self._end = start

    def files(self) -> Iterator[tuple[str, Iterator[str]]]:
        """Names of files with their lines."""
        yield "RXNSAB.RRF", iter([sab("20AA_261102F")])
        yield "RXNCONSO.RRF", self._names()
        yield "RXNREL.RRF", self._relations()
        yield "RXNSAT.RRF", self._attributes()
        yield "RXNATOMARCHIVE.RRF", self._archive()

    def products(self) -> range:
        """The codes of drugs without a brand, retired ones among them."""
        return self._of["SCD"]

    def _make_words(self) -> list[str]:
        syllables = [
            "ba",
            "cor",
            "dil",
            "fen",
            "gly",
            "lo",
            "mer",
            "nix",
            "pra",
            "sta",
            "tri",
            "zol",
        ]
        return ["".join(parts) for parts in combined(syllables, repeat=4)]

    def _name(self, rxcui: int) -> str:
        return f"{self._words[rxcui % len(self._words)]} {self._words[rxcui // 7 % 20_000]}"

    def _names(self) -> Iterator[str]:
        drugs = sorted(load().ingredients)  # products are read by name too
        products = {"SCD", "SBD", "SCDC", "SBDC", "GPCK", "BPCK"}
        for kind, every in self._of.items():
            for rxcui in every:
                product = kind in products
                name = drugs[rxcui % len(drugs)] if product else self._name(rxcui)
                strength = f" {rxcui % 500} MG Oral Tablet" if product else ""
                # A third of the drugs of a release are obsolete, and kept.
                obsolete = kind in ("SCD", "SBD") and rxcui % 3 == 0
                yield conso(rxcui, kind, name + strength, suppress="O" if obsolete else "N")
        sources = ("MMSL", "NDDF", "VANDF", "GS", "MMX", "MTHSPL", "SNOMEDCT_US", "MSH")
        for number in range(int(_OTHER_NAMES * self._scale)):
            rxcui = self._any()
            name = f"{self._name(rxcui)} {number}"
            yield conso(rxcui, "CD", name, sab=sources[number % len(sources)], code=f"d{number}")

    def _any(self) -> int:
        return self._random.randrange(_FIRST, self._end)

    def _one(self, kind: str) -> int:
        every = self._of[kind]
        return every[self._random.randrange(len(every))]

    def _relations(self) -> Iterator[str]:
        for source, rela, target in self._edges():
            yield rel(target, rela, source)
            yield rel(source, INVERSE[rela], target)
        for number in range(int(_OTHER_RELATIONS * self._scale)):
            yield f"|{number}|AUI|RO||{number + 1}|AUI|has_active_moiety|{number}||MTHSPL||||N||"

    def _edges(self) -> Iterator[tuple[int, str, int]]:
        towards = (
            ("PIN", "form_of", "IN", 1), ("MIN", "has_part", "IN", 2),
            ("BN", "tradename_of", "IN", 1), ("SCDC", "has_ingredient", "IN", 1),
            ("SCDC", "has_precise_ingredient", "PIN", 1), ("SCDF", "has_ingredient", "IN", 1),
            ("SBDC", "tradename_of", "SCDC", 1), ("SCD", "consists_of", "SCDC", 2),
            ("SCD", "isa", "SCDF", 1), ("SBD", "tradename_of", "SCD", 1),
            ("SBD", "consists_of", "SBDC", 1), ("SBD", "has_ingredient", "BN", 1),
            ("GPCK", "contains", "SCD", 2), ("BPCK", "contains", "SBD", 2),
        )  # fmt: skip
        for source, rela, target, count in towards:
            for rxcui in self._of[source]:
                for _ in range(count):
                    yield rxcui, rela, self._one(target)

    def _attributes(self) -> Iterator[str]:
        for number in range(int(_NDC * self._scale)):
            kind = "SCD" if number % 3 else "SBD"
            yield sat(self._one(kind), "NDC", f"{number + 10_000_000_000}")
        for number in range(int(_OTHER_ATTRIBUTES * self._scale)):
            yield sat(self._any(), "RXN_AVAILABLE_STRENGTH", f"{number % 500} MG")

    def _archive(self) -> Iterator[str]:
        for number in range(int(_RETIRED * self._scale)):
            rxcui = self._end + number
            yield archived(rxcui, "SCD", f"{self._name(rxcui)} 5 MG Oral Tablet", self._one("SCD"))


def write_zip(path: Path, scale: float = 1.0) -> None:
    """Write the release as NLM publishes it."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, lines in FullSize(scale).files():
            with archive.open(f"rrf/{name}", "w", force_zip64=True) as file:
                for block in _blocks(lines):
                    file.write(block)


def _blocks(lines: Iterable[str]) -> Iterator[bytes]:
    every = iter(lines)
    while some := list(islice(every, _LINES_AT_A_TIME)):
        yield ("\n".join(some) + "\n").encode()
