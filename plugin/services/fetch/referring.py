"""References to Medications that were not sent, and whose name the reference does not tell.

What a reference displays is text like any other, and is read before anything is fetched.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from msgspec import Struct

from cds_hooks.model import Sent
from knowledge.terminology.concept import Concept, Reason, Resolution
from plugin.reading.elements import CodeableConcept, Reference
from plugin.reading.references import key_of, keys_of
from plugin.reading.repair import decode
from plugin.reading.shapes import Medication, Medicine

Resolve = Callable[[Concept], Resolution]

MEDICATION = "Medication"
# Looked for in the bytes, since most entries name their drug themselves: to decode them costs more.
_R4 = b'Reference"'  # medicationReference, itemReference
_R5, _R5_PART = b'"medication"', b'"item"'
_IS_MEDICATION = re.compile(rb'"resourceType"\s*:\s*"Medication"')
_OVER = frozenset({"completed", "stopped", "cancelled", "ended", "not-taken", "declined"})
_VOID = "entered-in-error"


class _Pointer(Struct, frozen=True):
    reference: Reference
    concept: CodeableConcept | None = None
    over: bool = False  # of an order that has ended: its name matters less


def open_references(sent: Iterable[Sent], resolve: Resolve) -> list[str]:
    """The references that leave a drug without a name, those of current entries first, each once.

    `sent` is all that came, the Medications among it included.
    """
    entries = list(sent)
    pointers = [pointer for one in entries if _may_point(one) for pointer in _pointers(one)]
    if not pointers:
        return []
    here = {key for one in entries for key in _keys(one)}
    found = [
        pointer
        for pointer in sorted(pointers, key=lambda each: each.over)
        if key_of(pointer.reference.reference) not in here and not _named(pointer, resolve)
    ]
    return list(dict.fromkeys(pointer.reference.reference for pointer in found))


def _may_point(one: Sent) -> bool:
    raw = one.raw
    return _R4 in raw or _R5 in raw or _R5_PART in raw


def _pointers(one: Sent) -> Iterator[_Pointer]:
    """The references of an entry to a Medication outside of it."""
    for pointer in _all_pointers(decode(one.raw).resource):
        target = pointer.reference.reference
        if target and not target.startswith("#"):
            yield pointer


def _all_pointers(resource: Any) -> Iterator[_Pointer]:
    if isinstance(resource, Medicine) and resource.status != _VOID:
        both = resource.medication
        reference = resource.medication_reference or (both.reference if both else None)
        concept = resource.medication_codeable_concept or (both.concept if both else None)
        if reference is not None:
            yield _Pointer(reference, concept, resource.status in _OVER)
    elif isinstance(resource, Medication):
        for part in resource.ingredient:
            inner = part.item_reference or (part.item.reference if part.item else None)
            if inner is not None:
                yield _Pointer(inner, part.item_codeable_concept)


def _keys(one: Sent) -> set[str]:
    """The keys under which a Medication can be found; none for another resource."""
    if _IS_MEDICATION.search(one.raw) is None:
        return set()
    resource = decode(one.raw).resource
    if not isinstance(resource, Medication):
        return set()
    return keys_of(resource, MEDICATION, [one.full_url])


def _named(pointer: _Pointer, resolve: Resolve) -> bool:
    """Whether the drug is known without what the reference points to."""
    concept, display = pointer.concept, pointer.reference.display
    if concept is not None and concept.label:
        stated = resolve(Concept(concept.coding, concept.text))
        if stated.reason is Reason.RECOGNISED and stated.ingredients:
            return True
    return bool(display) and resolve(Concept((), display)).reason is Reason.RECOGNISED
