"""Codes that say outright which ingredient a concept is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache

from knowledge.model import Knowledge, RouteClass, Status
from knowledge.site import SiteDrugCode
from knowledge.terminology.concept import Coding
from knowledge.terminology.systems import canonical_system, system_key
from knowledge.terminology.tables import SystemCode, atc, atc_combinations, words

# Members of enums cost more to look up than names, and these are asked for at every name.
_UNKNOWN = RouteClass.UNKNOWN


class CodeIndex:
    """The verified ingredient codes of a knowledge; a code of two ingredients tells nothing."""

    def __init__(self, knowledge: Knowledge) -> None:
        found: dict[tuple[str, str], set[str]] = defaultdict(set)
        for ingredient in knowledge.ingredients.values():
            for code in ingredient.codes:
                if code.status is Status.VERIFIED:
                    system = canonical_system(code.system) or code.system
                    found[system, code.code.upper()].add(ingredient.name)
        for local, name in atc().codes.items():
            if name in knowledge.ingredients:
                found["atc", local].add(name)
        self._ingredient = {
            where: next(iter(names)) for where, names in found.items() if len(names) == 1
        }
        self._systems = {system for system, _ in found}
        self._products = {
            code: frozenset(drugs)
            for code, drugs in atc_combinations().whole.items()
            if not knowledge.ingredients.keys().isdisjoint(drugs)
        }
        self._site = {(system_key(own.system), own.code): own for own in knowledge.site_drug_codes}

    def ingredient_of(self, coding: Coding) -> str:
        """The ingredient that a code stands for; empty if the code is not of an ingredient."""
        if not coding.code or not coding.system:
            return ""
        system = canonical_system(coding.system)
        found = self._ingredient.get((system, coding.code))
        if found is None and system in self._systems:
            found = self._ingredient.get((system, coding.code.strip().upper()))
        return found or ""

    def ingredients_of(self, coding: Coding) -> frozenset[str]:
        """Every ingredient that a code of ours stands for; none if it is not known."""
        if name := self.ingredient_of(coding):
            return frozenset({name})
        return self._products.get(_atc_code(coding), frozenset())

    def site_code(self, coding: Coding) -> SiteDrugCode | None:
        """What a code stands for that a site added; None for any other code."""
        if not self._site or not coding.code or not coding.system:
            return None
        return self._site.get((system_key(coding.system), coding.code.strip()))


def open_combination(coding: Coding) -> str:
    """The WHO's name of an ATC code that does not say every drug in it; empty for any other."""
    return atc_combinations().open.get(_atc_code(coding), "")


def _atc_code(coding: Coding) -> str:
    known = coding.code and coding.system and canonical_system(coding.system) == "atc"
    return coding.code.strip().upper() if known else ""


def route_by_codes(told: RouteClass, codings: Sequence[Coding]) -> RouteClass:
    """The route that the names told, else the one that the ATC codes agree on, else unknown."""
    if told is not _UNKNOWN or not codings:
        return told
    for coding in codings:
        route = _route_of_atc(_atc_code(coding))
        if _UNKNOWN not in (told, route) and told is not route:
            return _UNKNOWN
        told = told if route is _UNKNOWN else route
    return told


@lru_cache(maxsize=1024)
def _route_of_atc(code: str) -> RouteClass:
    routes = atc().routes
    begins = (code[:length] for length in range(len(code), 0, -1))
    return next((routes[part] for part in begins if part in routes), _UNKNOWN)


def says_no_medication(coding: Coding) -> bool:
    """True for the codes that stand for "no known medication"."""
    if not coding.code or not coding.system:
        return False
    told = SystemCode(canonical_system(coding.system), coding.code.strip())
    return told in words().no_medication.codes
