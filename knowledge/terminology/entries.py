"""What a run of words may stand for."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

from knowledge.model import RouteClass


class Kind(Enum):
    """What a recognised run of words is."""

    NAME = "name"  # an ingredient, a synonym or a salt of it
    BRAND = "brand"  # a product
    ALONE = "alone"  # a short form that counts only where no other drug is named
    BESIDE = "beside"  # a short form that counts only where another drug is named
    AMBIGUOUS = "ambiguous"  # a kind of drug of which there are several
    HEARSAY = "hearsay"  # a brand that only the extracted lexicon takes for one of ours
    SUPPLY = "supply"  # a device
    CONTAINER = "container"  # a supply where no drug is named
    PHRASE = "phrase"  # holds the name of a drug and names none


NAMING = (Kind.NAME, Kind.BRAND)  # those that name drugs


class Entry(Struct, frozen=True, gc=False):
    """What a name stands for. `sure` is False for the extracted lexicon's byways."""

    kind: Kind
    ingredients: tuple[str, ...] = ()
    route: RouteClass = RouteClass.UNKNOWN
    sure: bool = True
