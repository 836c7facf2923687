"""The concepts of a release: RxNorm's own, retired ones among them, and what replaced those. Pure.

Lines of RXNCONSO.RRF, RXNATOMARCHIVE.RRF, RXNCUI.RRF and RXNCUICHANGES.RRF.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from knowledge.terminology.release.layout import (
    KINDS,
    OBSOLETE,
    RXNORM,
    WITHHELD,
    rxcui_of,
)

_KIND_NUMBER = {kind: number for number, kind in enumerate(KINDS)}
# Columns of RXNCONSO, RXNATOMARCHIVE, RXNCUI and RXNCUICHANGES.
CUI, SAB, TTY, CODE, STR, SUPPRESS = 0, 11, 12, 13, 14, 16
_A_STR, _A_CUI, _A_SAB, _A_TTY, _A_MERGED = 2, 12, 13, 14, 15
_R_CUI, _R_NEW = 0, 4
_C_SAB, _C_OLD, _C_NEW = 2, 5, 6

Named = tuple[int, str, str]  # RxCUI, term type, name


class Concepts:
    """Which concepts there are, of which term type, whether they are retired, and what they became.

    Held by number only; the names go through to whoever writes them.
    """

    def __init__(self) -> None:
        self._kind: dict[int, int] = {}
        self._current: set[int] = set()
        self._became: dict[int, set[int]] = defaultdict(set)

    def __contains__(self, rxcui: int) -> bool:
        return rxcui in self._kind

    def __iter__(self) -> Iterator[int]:
        return iter(self._kind)

    def __len__(self) -> int:
        return len(self._kind)

    def kind(self, rxcui: int) -> str:
        """The term type; empty for a concept that is not held."""
        number = self._kind.get(rxcui)
        return "" if number is None else KINDS[number]

    def retired(self, rxcui: int) -> bool:
        """True for a concept that RxNorm no longer keeps."""
        return rxcui not in self._current

    def became(self, rxcui: int) -> frozenset[int]:
        """The concepts that replaced a retired one."""
        return frozenset(self._became.get(rxcui, ())) - {rxcui}

    def current(self, kinds: Iterable[str]) -> list[int]:
        """The concepts of some term types that are not retired."""
        wanted = {_KIND_NUMBER[kind] for kind in kinds}
        return [rxcui for rxcui in self._current if self._kind[rxcui] in wanted]

    def add(self, lines: Iterable[list[str]]) -> Iterator[Named]:
        """Take RxNorm's own lines of RXNCONSO.RRF, and give each concept's name as it is met.

        A concept with a current name comes again after an obsolete one.
        """
        for line in lines:
            number = _KIND_NUMBER.get(line[TTY])
            if line[SAB] != RXNORM or number is None or line[SUPPRESS] == WITHHELD:
                continue
            rxcui = int(line[CUI])
            if line[SUPPRESS] != OBSOLETE:
                if rxcui not in self._current:
                    self._current.add(rxcui)
                    self._kind[rxcui] = number
                    yield rxcui, line[TTY], line[STR]
            elif rxcui not in self._kind:
                self._kind[rxcui] = number
                yield rxcui, line[TTY], line[STR]

    def add_archive(self, lines: Iterable[list[str]]) -> Iterator[Named]:
        """Take retired concepts from RXNATOMARCHIVE.RRF, after all of RXNCONSO.RRF."""
        for line in lines:
            number = _KIND_NUMBER.get(line[_A_TTY])
            if line[_A_SAB] != RXNORM or number is None:
                continue
            rxcui, merged = rxcui_of(line[_A_CUI]), rxcui_of(line[_A_MERGED])
            if not rxcui or rxcui in self._current:
                continue
            if merged:
                self._became[rxcui].add(merged)
            if rxcui not in self._kind:
                self._kind[rxcui] = number
                yield rxcui, line[_A_TTY], line[_A_STR]

    def add_retired(self, lines: Iterable[list[str]]) -> None:
        """Take from RXNCUI.RRF what replaced a retired concept, if its name did not tell."""
        self._replace((line[_R_CUI], line[_R_NEW]) for line in lines)

    def add_changes(self, lines: Iterable[list[str]]) -> None:
        """Take from RXNCUICHANGES.RRF where RxNorm's own names went to."""
        self._replace((line[_C_OLD], line[_C_NEW]) for line in lines if line[_C_SAB] == RXNORM)

    def _replace(self, pairs: Iterable[tuple[str, str]]) -> None:
        told: dict[int, set[int]] = defaultdict(set)
        for old, new in ((rxcui_of(old), rxcui_of(new)) for old, new in pairs):
            if old and new and old not in self._current:
                told[old].add(new)
        for rxcui, became in told.items():
            if not self.became(rxcui):
                self._became[rxcui] |= became

    def replaced(self) -> Iterator[int]:
        """Retired concepts of which nothing is left but what replaced them."""
        return (rxcui for rxcui in self._became if rxcui not in self._kind)
