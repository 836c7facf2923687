"""What RXNREL.RRF says a concept is made of. Pure.

A line reads "RXCUI2 RELA RXCUI1": with the RELA has_ingredient, RXCUI2 has the ingredient RXCUI1.
Every relation comes with its inverse; those that lead towards the ingredients are kept.
"""

from __future__ import annotations

from collections.abc import Iterable

from knowledge.terminology.release.layout import OBSOLETE, RXNORM, WITHHELD, rxcui_of

# In the order in which they are followed: by structure first, and last by the brand's name.
TOWARDS = (
    "contains",  # a pack its drugs
    "has_part",  # several ingredients (MIN) each of them
    "form_of",  # a precise ingredient its ingredient
    "consists_of",  # a drug its components
    "tradename_of",  # a brand, or what has one, the same without
    "has_ingredient",
    "has_ingredients",  # a drug its MIN
    "has_precise_ingredient",
    "isa",  # a drug its form without strength
)
_CUI1, _STYPE1, _CUI2, _STYPE2, _RELA, _SAB, _SUPPRESS = 0, 2, 4, 6, 7, 10, 14
_CONCEPT = "CUI"


class Relations:
    """For each relation of TOWARDS: from a RxCUI to those that it leads to.

    `former` holds those that RxNorm calls obsolete, which tell of retired concepts.
    """

    def __init__(self) -> None:
        self.current: dict[str, dict[int, list[int]]] = {name: {} for name in TOWARDS}
        self.former: dict[str, dict[int, list[int]]] = {name: {} for name in TOWARDS}

    def add(self, lines: Iterable[list[str]]) -> None:
        """Take the relations between RxNorm's concepts from lines of RXNREL.RRF."""
        current, former = self.current, self.former
        for line in lines:
            relation = line[_RELA]
            if relation not in current or line[_SAB] != RXNORM or line[_SUPPRESS] == WITHHELD:
                continue
            if line[_STYPE1] != _CONCEPT or line[_STYPE2] != _CONCEPT:
                continue
            source, target = rxcui_of(line[_CUI2]), rxcui_of(line[_CUI1])
            if source and target:
                table = (former if line[_SUPPRESS] == OBSOLETE else current)[relation]
                table.setdefault(source, []).append(target)

    def ends(self) -> Iterable[int]:
        """Every concept that a current relation leads to."""
        return (end for table in self.current.values() for ends in table.values() for end in ends)
