"""What an allergy is to: the drugs and the classes of drugs that its concepts name.

An allergy list is looser than a medication list: `Allergy to lisinopril`, `ACE inhibitor cough`,
`lisinopril; penicillin`. So where a concept as a whole names no drug, its codes and the phrases of
its texts are read one by one. Who is told too much of an allergy loses an option; who is told too
little is harmed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec import Struct

from knowledge.terminology.concept import Reason
from plugin.reading.context import Reading
from plugin.reading.elements import CodeableConcept
from plugin.reading.index import DrugClass
from plugin.reading.memo import remembered
from plugin.reading.words import Substances, packaged_words

_BRACKETS = re.compile(r"[(\[]([^()\[\]]*)[)\]]")


class Named(Struct, frozen=True, gc=False):
    """Drugs named one by one, and classes named as such."""

    ingredients: frozenset[str]
    classes: tuple[DrugClass, ...]

    @property
    def every(self) -> frozenset[str]:
        """All the drugs that are meant."""
        return self.ingredients.union(*(one.members for one in self.classes))


def named_in(concepts: Iterable[CodeableConcept], reading: Reading) -> Named:
    """What the concepts of an allergy name."""
    drugs: set[str] = set()
    classes: dict[str, DrugClass] = {}
    for concept in concepts:
        product = reading.name(concept)
        texts = _texts(concept)
        phrases = [one for text in texts for one in phrases_of(text)]
        found = [reading.index.drug_class(phrase) for phrase in phrases]
        classes |= {one.label: one for one in found if one is not None}
        if product.known and (phrases or not texts):
            drugs |= set(product.resolution.ingredients)
        elif not product.known and product.resolution.reason is not Reason.SUPPLY:
            drugs |= _one_by_one(concept, phrases, reading)
    return Named(frozenset(drugs), tuple(classes[label] for label in sorted(classes)))


def _one_by_one(concept: CodeableConcept, phrases: list[str], reading: Reading) -> set[str]:
    alone = [CodeableConcept((coding,)) for coding in concept.coding if not coding.display]
    alone += [CodeableConcept(text=phrase) for phrase in phrases]
    known = [one for one in map(reading.name, alone) if one.known]
    return {name for one in known for name in one.resolution.ingredients}


def _texts(concept: CodeableConcept) -> list[str]:
    texts = (concept.text, *(coding.display for coding in concept.coding))
    return [text for text in texts if text]


@remembered
def phrases_of(text: str) -> tuple[str, ...]:
    """The names that a text of an allergy may hold, without what stands around them."""
    words = packaged_words().substances
    plain = " ".join(text.casefold().split())
    inner = _BRACKETS.findall(plain)
    outer = " ".join(_BRACKETS.sub(" ", plain).split())
    parts = [outer, *inner]
    for mark in words.parts:
        parts = [*parts, *(half for part in parts if mark in part for half in part.split(mark))]
    found = (_name_in(part, words) for part in parts)
    return tuple(dict.fromkeys(name for name in found if name))


def _name_in(part: str, words: Substances) -> str:
    """The name within a phrase; empty where the phrase denies it or holds nothing else."""
    text = f" {part.replace('-', ' ')} "
    if any(f" {denial} " in text for denial in words.denied):
        return ""
    for mark in words.before:
        text = f" {text.rpartition(f' {mark} ')[2].strip()} "
    for mark in words.behind:
        at = text.find(f" {mark} ")
        text = text[: at + 1] if at > 0 else text
    return " ".join(text.split()).strip(".?!*")
