"""Codes that say outright which ingredient a concept is."""

from __future__ import annotations

from collections import defaultdict

from knowledge.model import Knowledge, Status
from knowledge.site import SiteDrugCode
from knowledge.terminology.concept import Coding
from knowledge.terminology.systems import canonical_system, system_key
from knowledge.terminology.tables import SystemCode, words


class CodeIndex:
    """The verified ingredient codes of a knowledge; a code of two ingredients tells nothing."""

    def __init__(self, knowledge: Knowledge) -> None:
        found: dict[tuple[str, str], set[str]] = defaultdict(set)
        for ingredient in knowledge.ingredients.values():
            for code in ingredient.codes:
                if code.status is Status.VERIFIED:
                    system = canonical_system(code.system) or code.system
                    found[system, code.code.upper()].add(ingredient.name)
        self._ingredient = {
            where: next(iter(names)) for where, names in found.items() if len(names) == 1
        }
        self._site = {(system_key(own.system), own.code): own for own in knowledge.site_drug_codes}

    def ingredient_of(self, coding: Coding) -> str:
        """The ingredient that a code stands for; empty if the code is not of an ingredient."""
        if not coding.code or not coding.system:
            return ""
        where = (canonical_system(coding.system), coding.code.strip().upper())
        return self._ingredient.get(where, "")

    def site_code(self, coding: Coding) -> SiteDrugCode | None:
        """What a code stands for that a site added; None for any other code."""
        if not self._site or not coding.code or not coding.system:
            return None
        return self._site.get((system_key(coding.system), coding.code.strip()))


def says_no_medication(coding: Coding) -> bool:
    """True for the codes that stand for "no known medication"."""
    if not coding.code or not coding.system:
        return False
    told = SystemCode(canonical_system(coding.system), coding.code.strip())
    return told in words().no_medication.codes
