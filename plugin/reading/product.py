"""What a medication entry is of: its concept, or the Medication that it points to."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from knowledge.terminology.concept import Match, Reason, Resolution, Strength
from plugin.model import UnreadReason
from plugin.reading.context import Reading
from plugin.reading.elements import ABSENT, CodeableConcept, Ingredient, Reference
from plugin.reading.naming import UNNAMED, Product
from plugin.reading.shapes import Medication, MedicationStatement, Medicine
from plugin.reading.strengths import has_strength, strengths_of
from plugin.reading.unprescribed import name_without

# These answers of the terminology stand, even where a Medication was not sent.
_ANSWERS = frozenset({Reason.SUPPLY, Reason.NO_KNOWN_MEDICATION, Reason.AMBIGUOUS, Reason.CONFLICT})
_RECOGNISED = Reason.RECOGNISED
_VOID = "entered-in-error"
_DISPLAY = "what the reference displays"
_NOT_SENT = Product(
    "",
    UNNAMED.resolution,
    UnreadReason.REFERENCE_NOT_FOUND,
    "an ingredient of its Medication points to what was not sent",
)


def product_of(entry: Medicine, reading: Reading) -> Product:
    """Resolve the medication of an entry."""
    sole, alone = entry.medication_codeable_concept, entry.medication_reference is None
    plain = entry.category is ABSENT or type(entry) is not MedicationStatement
    if sole is not None and alone and plain:
        stated = reading.name(sole)
        if stated.known:
            return stated  # nearly always
    concept, reference = _medication(entry)
    stated = _stated(entry, concept, reading)
    if stated.known:
        return _unless_other(stated, "the order", reference, entry, reading)
    if reference is None or (concept and stated.resolution.reason is _RECOGNISED):
        return _judged(stated)
    found = _pointed_at(reference, entry, reading)
    if found is not None:
        inside = _judged(_measured(_composed(found, reference, reading), found, reading))
        if inside.reason is None:
            return _agreed(inside, "the Medication", _shown(reference, reading), _DISPLAY)
        return inside if not stated.text else _judged(stated)
    return _dangling(stated, reference, reading)


def _unless_other(
    stated: Product, where: str, reference: Reference | None, entry: Medicine, reading: Reading
) -> Product:
    """What an order names itself, unless it points to something else as well."""
    if reference is None:
        return stated
    found = _pointed_at(reference, entry, reading)
    if found is not None:
        stated = _agreed(stated, where, _composed(found, reference, reading), "the Medication")
    return _agreed(stated, where, _shown(reference, reading), _DISPLAY)


def _pointed_at(reference: Reference, entry: Medicine, reading: Reading) -> Medication | None:
    """The Medication of an entry, if it was sent and holds. What an entry contains lies beside it,
    and it may point to that.
    """
    found = reading.directory.find(reference, entry.contained)
    if not isinstance(found, Medication) or found.modified or found.status == _VOID:
        return None
    if reference.reference.startswith("#") and found.ingredient:
        return replace(found, contained=(*found.contained, *entry.contained))
    return found


def _shown(reference: Reference, reading: Reading) -> Product:
    """What a reference displays."""
    return reading.name(CodeableConcept(text=reference.display)) if reference.display else UNNAMED


def _agreed(product: Product, where: str, other: Product, there: str) -> Product:
    """The product, unless another name of the same entry is of other drugs."""
    here, said = product.resolution.ingredients, other.resolution.ingredients
    recognised = other.resolution.reason is _RECOGNISED and said
    if product.reason is not None or not recognised or set(said) == set(here):
        return product
    detail = f"{where} ({', '.join(here)}) and {there} ({', '.join(said)}) are of different drugs"
    return Product(product.text, product.resolution, UnreadReason.CONFLICT, detail)


def _stated(entry: Medicine, concept: CodeableConcept | None, reading: Reading) -> Product:
    if concept is None:
        return UNNAMED
    named = name_without(entry, concept)
    if named is concept:
        return reading.name(concept)
    return Product(concept.label, reading.name(named).resolution)


def _medication(entry: Medicine) -> tuple[CodeableConcept | None, Reference | None]:
    """The concept and the reference, under the names of R4 or of R5."""
    concept, reference = entry.medication_codeable_concept, entry.medication_reference
    if entry.medication is not None:
        concept = concept or entry.medication.concept
        reference = reference or entry.medication.reference
    return concept if concept is not None and concept.label else None, reference


def _dangling(stated: Product, reference: Reference, reading: Reading) -> Product:
    """A Medication that was not sent: what the reference displays is text like any other."""
    shown = _shown(reference, reading)
    if shown.resolution.reason is _RECOGNISED or shown.resolution.reason in _ANSWERS:
        return _judged(shown)
    if stated.text:
        return _judged(stated)
    target = reference.reference or "a Medication without address"
    return Product(
        reference.display,
        shown.resolution,
        UnreadReason.REFERENCE_NOT_FOUND,
        f"points to {target[:100]}, which was not sent",
    )


def _composed(found: Medication, reference: Reference, reading: Reading) -> Product:
    """A Medication by its code, else by the reference's display, else by all its ingredients."""
    code = found.code or CodeableConcept()
    if not code.text and reference.display:
        code = CodeableConcept(code.coding, reference.display)
    product = reading.name(code)
    if not found.ingredient:
        return product
    parts = [reading.name(part) for part in _ingredients(found, reading)]
    if product.resolution.reason is _RECOGNISED:
        return _with_no_other(product, found, parts)
    unknown = [part for part in parts if part.resolution.reason is not _RECOGNISED]
    if unknown:
        nameless = unknown[0] is UNNAMED and any(map(_refers, found.ingredient))
        return product if product.text else _NOT_SENT if nameless else unknown[0]
    text = product.text or " / ".join(part.text for part in parts)
    return Product(text, _joined([part.resolution for part in parts]))


def _with_no_other(product: Product, found: Medication, parts: list[Product]) -> Product:
    """The product of a code, unless its ingredients hold a drug that matters and is not of it."""
    known = product.resolution.ingredients
    others = {
        name
        for one, part in zip(found.ingredient, parts, strict=True)
        if bytes(one.is_active) != b"false" and part.resolution.reason is _RECOGNISED
        for name in part.resolution.linked
        if name not in known
    }
    if not others:
        return product
    detail = f"the code ({', '.join(known)}) and the ingredients ({', '.join(sorted(others))})"
    return Product(
        product.text,
        replace(product.resolution, reason=Reason.CONFLICT, detail=f"{detail} differ"),
    )


def _measured(product: Product, found: Medication, reading: Reading) -> Product:
    """With the strengths that the Medication states beside those of the name.

    Where the two differ both are kept, and who reads the dose finds no answer.
    """
    if not any(has_strength(part) for part in found.ingredient):
        return product  # nearly always
    told: dict[str, tuple[Strength, ...]] = {}
    for part, concept in zip(found.ingredient, _ingredients(found, reading), strict=True):
        names = reading.name(concept).resolution.ingredients
        if len(names) == 1 and names[0] in product.resolution.ingredients:
            twice = names[0] in told  # layers of a tablet, or one thing said twice
            told[names[0]] = () if twice else strengths_of(part, names[0])
    strengths = sum(told.values(), product.resolution.strengths)
    return replace(product, resolution=replace(product.resolution, strengths=strengths))


def _ingredients(found: Medication, reading: Reading) -> Iterable[CodeableConcept]:
    for part in found.ingredient:
        concept, reference = part.item_codeable_concept, part.item_reference
        if part.item is not None:
            concept, reference = part.item.concept, part.item.reference
        inner = reading.directory.find(reference, found.contained)
        if concept is None and isinstance(inner, Medication):
            concept = inner.code
        yield concept or CodeableConcept(text=reference.display if reference else "")


def _refers(part: Ingredient) -> bool:
    return part.item_reference is not None or (
        part.item is not None and part.item.reference is not None
    )


def _joined(parts: list[Resolution]) -> Resolution:
    ingredients = {name for part in parts for name in part.ingredients}
    linked = {name for part in parts for name in part.linked}
    return Resolution(
        tuple(sorted(ingredients)),
        tuple(sorted(linked)),
        max((part.match for part in parts), key=list(Match).index),
        _RECOGNISED,
        strengths=tuple(strength for part in parts for strength in part.strengths),
    )


def _judged(product: Product) -> Product:
    """The product with the reason why it is not known, if it is not."""
    resolution = product.resolution
    if product.reason is not None:
        return product
    if resolution.reason is not _RECOGNISED:
        return Product(
            product.text, resolution, UnreadReason(resolution.reason.value), resolution.detail
        )
    if not resolution.ingredients:
        return Product(product.text, resolution, UnreadReason.NO_DRUG_NAMED)
    return product
