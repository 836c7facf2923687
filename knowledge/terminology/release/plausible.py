"""Does a release hang together? Catches files that end at the end of a line. Pure."""

from __future__ import annotations

from knowledge.terminology.release.concepts import Concepts
from knowledge.terminology.release.contents import Contents
from knowledge.terminology.release.faults import ReleaseUnreadable
from knowledge.terminology.release.layout import CONSO, PRODUCTS, REL, SAT
from knowledge.terminology.release.relations import TOWARDS, Relations

MOST_ODD = 0.05  # of a whole release next to nothing is odd; of one that breaks off, much more
_PARTIAL = "so the release is not whole; fetch it again from NLM (a full monthly one)"
_OUTWARD = "isa"  # leads to term types that are not read, and new ones come


def check_concepts(concepts: Concepts, relations: Relations) -> None:
    """Raise ReleaseUnreadable where relations lead to concepts that are not there."""
    for kinds, what in ((("IN",), "ingredients"), (PRODUCTS, "products")):
        if not concepts.current(kinds):
            raise ReleaseUnreadable(f"{CONSO.name}: holds no {what}, {_PARTIAL}.")
    total, absent = 0, 0
    first: tuple[int, str, int] | None = None
    for name in TOWARDS:
        if name == _OUTWARD:
            continue
        for source, ends in relations.current[name].items():
            if source not in concepts:
                continue
            total += len(ends)
            for end in ends:
                if end not in concepts:
                    absent += 1
                    first = first or (source, name, end)
    if first and absent > total * MOST_ODD:
        source, name, end = first
        raise ReleaseUnreadable(
            f"{CONSO.name}: lacks {absent} of the {total} concepts that {REL.name} leads to "
            f"(RxCUI {end}, for {source} {name} it), {_PARTIAL}."
        )


def check_products(concepts: Concepts, contents: Contents) -> None:
    """Raise ReleaseUnreadable where products have no ingredients."""
    products = concepts.current(PRODUCTS)
    bare = sorted(rxcui for rxcui in products if not contents.of(rxcui))
    if len(bare) > len(products) * MOST_ODD:
        raise ReleaseUnreadable(
            f"{REL.name}: leads from {len(bare)} of {len(products)} products (such as RxCUI "
            f"{bare[0]}) to no ingredient, {_PARTIAL}."
        )


def check_attributes(ndcs: int) -> None:
    """Raise ReleaseUnreadable where there is no NDC at all."""
    if not ndcs:
        raise ReleaseUnreadable(f"{SAT.name}: holds no NDC, {_PARTIAL}.")
