"""What a concept is of, asked once for all the records that share it."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from knowledge.terminology.concept import Concept, Match, Reason, Resolution
from plugin.model import UnreadReason
from plugin.reading.elements import CodeableConcept
from plugin.reading.memo import remembered

Resolve = Callable[[Concept], Resolution]
Name = Callable[[CodeableConcept], "Product"]
_TEXT_LENGTH = 300  # longer texts are cut: they are shown to a person
_KEEP = 8  # terminologies held at a time; a process uses one, tests a few


class Product(Struct, frozen=True, gc=False):
    """What the entry is of, the text for a person, and why it is not known if it is not."""

    text: str
    resolution: Resolution
    reason: UnreadReason | None = None
    detail: str = ""
    known: bool = False  # whether its concept names drugs, as nearly all do
    shown: str = ""  # the text as it is listed, where it is known


UNNAMED = Product("", Resolution((), (), Match.NONE, Reason.EMPTY))
_NAMERS: dict[Resolve, Name] = {}


def namer(resolve: Resolve) -> Name:
    """A function that gives the product of a concept by this terminology, and remembers it."""
    name = _NAMERS.get(resolve)
    if name is None:
        if len(_NAMERS) >= _KEEP:
            _NAMERS.clear()
        name = _NAMERS[resolve] = remembered(lambda concept: _product(concept, resolve))
    return name


def _product(concept: CodeableConcept, resolve: Resolve) -> Product:
    label = concept.label
    if not label:
        return UNNAMED
    found = resolve(Concept(concept.coding, concept.text))
    known = found.reason is Reason.RECOGNISED and bool(found.ingredients)
    return Product(label, found, known=known, shown=clip(label) if known else "")


def clip(text: str) -> str:
    """A text short enough to be shown, on one line."""
    text = " ".join(text.split()) if "\n" in text or "\t" in text else text.strip()
    return text if len(text) <= _TEXT_LENGTH else text[: _TEXT_LENGTH - 1] + "…"
