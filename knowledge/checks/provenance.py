"""Every statement has a source, every source is used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from knowledge.draft import Draft, Place
from knowledge.faults import Fault
from knowledge.layout import Kind
from knowledge.model import Citation, Knowledge

_UNCITED = "names no source; add sources = [{ source = ..., locator = ... }]"


def check(draft: Draft) -> Iterator[Fault]:
    """Uncited statements, citations of nothing, and sources that nobody cites."""
    cited: set[str] = set()
    for place, citations in _statements(draft):
        if not citations:
            yield place.fault(_UNCITED)
        for citation in citations:
            cited.add(citation.source)
            yield from draft.unknown(place.at("sources"), citation.source, Kind.SOURCE)
    for place, source in _named_sources(draft):
        cited.add(source)
        yield from draft.unknown(place, source, Kind.SOURCE)
    # A file that could not be read, or an entry in it, may be what cites a source.
    if not any(fault.file.partition("/")[0] != "sources" for fault in draft.faults):
        for id_ in draft.knowledge.sources:
            if id_ not in cited:
                yield draft.place(Kind.SOURCE, id_).fault("is cited by nothing; remove or cite it")


def _statements(draft: Draft) -> Iterator[tuple[Place, Iterable[Citation]]]:
    known = draft.knowledge
    for ingredient in known.ingredients.values():
        place = draft.place(Kind.INGREDIENT, ingredient.name)
        for claim in ingredient.claims:
            yield place.at(f"claim.{claim.kind}"), claim.sources
    for group in known.groups.values():
        for claim in group.claims:
            yield draft.place(Kind.GROUP, group.id).at(f"claim.{claim.kind}"), claim.sources
    yield from _entries(draft, known)


def _entries(draft: Draft, known: Knowledge) -> Iterator[tuple[Place, Iterable[Citation]]]:
    for kind, entries in (
        (Kind.MECHANISM, known.mechanisms.values()),
        (Kind.LAB, known.labs.values()),
        (Kind.CONDITION, known.conditions.values()),
        (Kind.CONSTANT, known.constants.values()),
        (Kind.RULE, (*known.rules, *known.switched_off)),
        (Kind.MITIGATION, known.mitigations.values()),
        (Kind.INTERACTION, known.interactions),
    ):
        for entry in entries:
            yield draft.place(kind, entry.id), entry.sources


def _named_sources(draft: Draft) -> Iterator[tuple[Place, str]]:
    for ingredient in draft.knowledge.ingredients.values():
        place = draft.place(Kind.INGREDIENT, ingredient.name)
        for code in ingredient.codes:
            yield place.at(f"codes.{code.system}"), code.source
    for product in draft.knowledge.products:
        yield draft.place(Kind.PRODUCT, product.name).at("source"), product.source
