"""Which entries rest on a source."""

from __future__ import annotations

from collections.abc import Iterator

from knowledge.layout import Kind
from knowledge.model import Knowledge
from knowledge.sheets.sheet import Ref


def citing(known: Knowledge) -> dict[str, tuple[Ref, ...]]:
    """The entries that name each source, by its id, in the order of the files."""
    found: dict[str, dict[Ref, None]] = {}
    for ref, source in _cited(known):
        found.setdefault(source, {})[ref] = None
    return {source: tuple(refs) for source, refs in found.items()}


def _cited(known: Knowledge) -> Iterator[tuple[Ref, str]]:
    for drug in known.ingredients.values():
        ref = Ref(Kind.INGREDIENT, drug.name)
        yield from ((ref, cited.source) for claim in drug.claims for cited in claim.sources)
        yield from ((ref, code.source) for code in drug.codes)
    for group in known.groups.values():
        ref = Ref(Kind.GROUP, group.id)
        yield from ((ref, cited.source) for claim in group.claims for cited in claim.sources)
    for product in known.products:
        yield Ref(Kind.PRODUCT, product.name), product.source
    for kind, entries in (
        (Kind.RULE, known.rules),
        (Kind.MITIGATION, known.mitigations.values()),
        (Kind.INTERACTION, known.interactions),
        (Kind.ATTRIBUTE, known.attributes.values()),
        (Kind.MECHANISM, known.mechanisms.values()),
        (Kind.LAB, known.labs.values()),
        (Kind.CONDITION, known.conditions.values()),
        (Kind.CONSTANT, known.constants.values()),
    ):
        for entry in entries:
            ref = Ref(kind, entry.id)
            yield from ((ref, cited.source) for cited in entry.sources)
