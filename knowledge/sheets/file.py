"""What a reviewer is about to sign: the entries of a file, and what in them nothing confirms."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from knowledge.layout import Kind
from knowledge.model import Citation, Claim, Ingredient, Knowledge, Status
from knowledge.sheets.basis import sentence, without_source
from knowledge.sheets.policy import effect_words


def entry_words(kind: Kind, id_: str, known: Knowledge) -> str:
    """An entry in one line: its id, and what it says where that is a sentence."""
    entry = entry_of(kind, id_, known)
    words = _WORDS.get(kind)
    return f"{id_}{words(entry, known) if words else f': {entry.label}'}"


def entry_of(kind: Kind, id_: str, known: Knowledge) -> Any:
    """The value of an entry. Raises KeyError if there is none."""
    by_kind: dict[Kind, Any] = {
        Kind.RULE: {rule.id: rule for rule in known.rules},
        Kind.INTERACTION: {row.id: row for row in known.interactions},
        Kind.PRODUCT: {product.name: product for product in known.products},
        Kind.INGREDIENT: known.ingredients,
        Kind.GROUP: known.groups,
        Kind.MECHANISM: known.mechanisms,
        Kind.LAB: known.labs,
        Kind.CONSTANT: known.constants,
        Kind.CONDITION: known.conditions,
        Kind.TERM: known.terms,
        Kind.MITIGATION: known.mitigations,
        Kind.SOURCE: known.sources,
        Kind.ATTRIBUTE: known.attributes,
    }
    return by_kind[kind][id_]


def unconfirmed(kind: Kind, id_: str, known: Knowledge) -> Iterator[str]:
    """What of an entry was not found in a source, or is a choice of our own."""
    entry = entry_of(kind, id_, known)
    if isinstance(entry, Ingredient):
        yield from _of_drug(entry)
    if getattr(entry, "status", None) is Status.UNCONFIRMED:
        yield f"{id_}: the entry itself"
    for code in getattr(entry, "codes", ()):
        if code.status is Status.UNCONFIRMED:
            yield f"{id_}: the code {getattr(code, 'loinc', '') or code.code}"
    claims: tuple[Claim, ...] = getattr(entry, "claims", ())
    of_class = _of_class(entry, known)
    for claim in claims:
        if claim.status is Status.UNCONFIRMED and claim.text not in of_class:
            yield f"{id_}: {claim.text}"
    cited: tuple[Citation, ...] = getattr(entry, "sources", ())
    for citation in cited:
        if why := without_source(citation, known):
            yield f"{id_}: {why}: {citation.locator}"


def _of_class(entry: Any, known: Knowledge) -> frozenset[str]:
    """What a drug has from its group, where it is said once."""
    group = known.groups.get(entry.group) if isinstance(entry, Ingredient) else None
    return frozenset(claim.text for claim in group.claims) if group else frozenset()


def _of_drug(drug: Ingredient) -> Iterator[str]:
    if drug.tier_status is Status.UNCONFIRMED:
        yield f"{drug.name}: tier {drug.tier.value}"
    for mechanism in drug.mechanisms:
        if mechanism.status is Status.UNCONFIRMED:
            yield f"{drug.name}: the mechanism {mechanism.id}"


_WORDS: dict[Kind, Callable[[Any, Knowledge], str]] = {
    Kind.RULE: lambda rule, known: f" ({rule.level.value}): {sentence(rule.summary, known)}",
    Kind.MITIGATION: lambda mitigation, known: f": {sentence(mitigation.text, known)}",
    Kind.INTERACTION: lambda row, known: f" ({row.level.value}): {effect_words(row, known)}",
    Kind.INGREDIENT: lambda drug, _: f": tier {drug.tier.value}",
    Kind.SOURCE: lambda source, _: f": {source.title}",
    Kind.ATTRIBUTE: lambda attribute, _: f" ({attribute.answer}): {attribute.text}",
    Kind.PRODUCT: lambda product, _: f": {', '.join(product.ingredients)}",
    Kind.CONSTANT: lambda constant, _: f": {constant.value} {constant.unit}".rstrip(),
}
