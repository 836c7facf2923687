"""AllergyIntolerances: to what an option might put forward, and those with a muscle reaction, which
are a symptom that comes with the name of a drug.
"""

from __future__ import annotations

from datetime import date

from knowledge.terminology.concept import Concept, Reason
from plugin.model import Allergy, Reaction, UnreadReason
from plugin.reading import elements
from plugin.reading.conditions import denied
from plugin.reading.context import Entry, Reading
from plugin.reading.dates import day_of
from plugin.reading.elements import CodeableConcept
from plugin.reading.index import Index
from plugin.reading.shapes import AllergyIntolerance

_OVER = frozenset({"inactive", "resolved"})


def read_allergy(entry: Entry, allergy: AllergyIntolerance, reading: Reading) -> bool:
    """Read one AllergyIntolerance. False if it is set aside: over, denied, or of no matter here."""
    if is_over(allergy):
        return False
    muscle = muscle_reactions(allergy, reading.index)
    if entry.broken:
        # What a broken allergy led to may not be known, so all of them are said.
        detail = f"{entry.broken} cannot be read"
        text = allergy.code.label if allergy.code else ""
        reading.not_read(entry, UnreadReason.MALFORMED, text, detail)
        return True
    for reaction, names in muscle:
        _place(entry, allergy, reaction, names, reading)
    refused = _put_forward(allergy, reading)
    if refused:
        reading.allergies.append(Allergy(refused, entry.reference, _day(allergy)))
    return bool(muscle or refused)


def is_over(allergy: AllergyIntolerance) -> bool:
    """True where it is no more, or was denied."""
    status = allergy.clinical_status.word if allergy.clinical_status else ""
    return status in _OVER or denied(allergy.verification_status)


def muscle_reactions(
    allergy: AllergyIntolerance, index: Index
) -> list[tuple[elements.Reaction, tuple[str, ...]]]:
    """Its reactions of muscle, with the conditions that each one is."""
    found = [(reaction, _muscle(reaction, index)) for reaction in allergy.reaction]
    return [(reaction, names) for reaction, names in found if names]


def _put_forward(allergy: AllergyIntolerance, reading: Reading) -> tuple[str, ...]:
    """The drugs it is to, of those that options put forward; also where it names their class.

    What it was is not asked: an option that somebody once did not bear is for a person to weigh.
    """
    if allergy.code is None:
        return ()
    product, index = reading.name(allergy.code), reading.index
    if product.known:
        return tuple(sorted(index.put_forward.intersection(product.resolution.ingredients)))
    texts = (allergy.code.text, *(coding.display for coding in allergy.code.coding))
    return tuple(sorted(frozenset().union(*map(index.class_put_forward, texts))))


def _muscle(reaction: elements.Reaction, index: Index) -> tuple[str, ...]:
    named = (index.conditions(sign.what) for sign in reaction.manifestation)
    found: frozenset[str] = frozenset().union(*named)
    return tuple(sorted(found & index.reactions))


def _place(
    entry: Entry,
    allergy: AllergyIntolerance,
    reaction: elements.Reaction,
    names: tuple[str, ...],
    reading: Reading,
) -> None:
    concept = _substance(allergy, reaction)
    if allergy.modified:
        detail = "an extension may change what the entry means"
        reading.not_read(entry, UnreadReason.MODIFIER, concept.label, detail)
        return
    if not concept.label:
        reading.not_read(entry, UnreadReason.EMPTY, "", "it names no substance")
        return
    resolution = reading.resolve(Concept(concept.coding, concept.text))
    if resolution.reason is not Reason.RECOGNISED:
        reason = UnreadReason(resolution.reason.value)
        reading.not_read(entry, reason, concept.label, resolution.detail)
        return
    day = _day(allergy, reaction.onset)
    reading.reactions.append(Reaction(names, resolution.ingredients, entry.reference, day))


def _day(allergy: AllergyIntolerance, onset: str = "") -> date | None:
    texts = (onset, allergy.onset_date_time, allergy.last_occurrence, allergy.recorded_date)
    return next((found.first for text in texts if text and (found := day_of(text))), None)


def _substance(allergy: AllergyIntolerance, reaction: elements.Reaction) -> CodeableConcept:
    for concept in (reaction.substance, allergy.code):
        if concept is not None and concept.label:
            return concept
    return CodeableConcept()
