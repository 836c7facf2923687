"""What the terminology is asked, and what it answers."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from msgspec import Struct

from knowledge.model import RouteClass


class Coding(Struct, frozen=True, gc=False):
    """A code as an EHR sends it; any part may be empty."""

    system: str = ""
    code: str = ""
    display: str = ""


class Concept(Struct, frozen=True, gc=False, cache_hash=True):
    """A CodeableConcept, hashable so that an answer can be remembered."""

    codings: tuple[Coding, ...] = ()
    text: str = ""


class Match(StrEnum):
    """How a concept was recognised."""

    CODE = "code"
    TEXT = "text"
    BRAND = "brand"
    FUZZY = "fuzzy"
    NONE = "none"
    CONFLICT = "conflict"


class Reason(StrEnum):
    """Why a concept was not recognised; empty when it was."""

    RECOGNISED = ""
    EMPTY = "empty"
    NO_DRUG_NAMED = "no-drug-named"
    CODE_NOT_KNOWN = "code-not-known"
    AMBIGUOUS = "ambiguous"
    CONFLICT = "conflict"
    SUPPLY = "supply"
    NO_KNOWN_MEDICATION = "no-known-medication"


class Strength(Struct, frozen=True, gc=False):
    """Strength per dose unit as the name gives it: `40 MG`, `0.09 MG/ACTUAT`."""

    ingredient: str
    value: Decimal
    unit: str  # upper case, as written: MG, MCG, MG/ML, MG/ACTUAT


class Resolution(Struct, frozen=True, gc=False):
    """The answer for one concept.

    `ingredients` are all that were recognised, `linked` those the knowledge says something about;
    both sorted. `route` is what a dose form or a brand tells, else unknown.
    """

    ingredients: tuple[str, ...]
    linked: tuple[str, ...]
    match: Match
    reason: Reason
    route: RouteClass = RouteClass.UNKNOWN
    strengths: tuple[Strength, ...] = ()
    detail: str = ""
