"""The National Drug Codes in RXNSAT.RRF. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from knowledge.terminology.release.concepts import Concepts
from knowledge.terminology.release.layout import (
    OBSOLETE,
    RANK_OBSOLETE,
    RANK_OTHER,
    RANK_OWN,
    RXNORM,
    WITHHELD,
)
from knowledge.terminology.release.ndc import full_codes

_CUI, _ATN, _SAB, _ATV, _SUPPRESS = 0, 8, 9, 10, 11
NDC = "NDC"


def ndc_rows(lines: Iterable[list[str]], concepts: Concepts) -> Iterator[tuple[int, int, int]]:
    """Number, RxCUI and rank of each code that can be one, of concepts that are held."""
    for line in lines:
        if line[_ATN] != NDC or line[_SUPPRESS] == WITHHELD:
            continue
        rxcui = int(line[_CUI])
        found = full_codes(line[_ATV]) if rxcui in concepts else ()
        if len(found) == 1:  # ten bare digits stand for several
            yield found[0], rxcui, _rank(line)


def _rank(line: list[str]) -> int:
    if line[_SUPPRESS] == OBSOLETE:
        return RANK_OBSOLETE
    return RANK_OWN if line[_SAB] == RXNORM else RANK_OTHER
