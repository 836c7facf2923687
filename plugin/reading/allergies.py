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
from plugin.reading.substances import named_in

_OVER = frozenset({"inactive", "resolved"})
_DECIDED = frozenset({Reason.RECOGNISED, Reason.CONFLICT})


def read_allergy(entry: Entry, allergy: AllergyIntolerance, reading: Reading) -> bool:
    """Read one AllergyIntolerance. False if it is set aside: over, denied, or of no matter here."""
    if is_over(allergy):
        return False
    refused = _put_forward(entry, allergy, reading)
    reading.allergies += refused
    if entry.broken:
        # What a broken allergy led to may not be known, so all of them are said.
        detail = f"{entry.broken} cannot be read"
        text = allergy.code.label if allergy.code else ""
        reading.not_read(entry, UnreadReason.MALFORMED, text, detail)
        return True
    muscle = muscle_reactions(allergy, reading.index)
    for reaction, names in muscle:
        _place(entry, allergy, reaction, names, reading)
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


def _put_forward(
    entry: Entry, allergy: AllergyIntolerance, reading: Reading
) -> tuple[Allergy, ...]:
    """Of what it is to, the drugs that options put forward; each class of them on its own.

    What it was is not asked: an option that somebody once did not bear is for a person to weigh.
    """
    concepts = (allergy.code, *(reaction.substance for reaction in allergy.reaction))
    named = named_in([one for one in concepts if one is not None], reading)
    day, wanted = _day(allergy), reading.index.put_forward
    kinds = [("", named.ingredients), *((one.label, one.members) for one in named.classes)]
    return tuple(
        Allergy(tuple(sorted(wanted & drugs)), entry.reference, day, label)
        for label, drugs in kinds
        if wanted & drugs
    )


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
    drugs = resolution.ingredients
    if resolution.reason not in _DECIDED:
        drugs = tuple(sorted(named_in([concept], reading).every))
    if not drugs and resolution.reason is not Reason.RECOGNISED:
        reason = UnreadReason(resolution.reason.value)
        reading.not_read(entry, reason, concept.label, resolution.detail)
        return
    day = _day(allergy, reaction.onset)
    reading.reactions.append(Reaction(names, drugs, entry.reference, day))


def _day(allergy: AllergyIntolerance, onset: str = "") -> date | None:
    texts = (onset, allergy.onset_date_time, allergy.last_occurrence, allergy.recorded_date)
    return next((found.first for text in texts if text and (found := day_of(text))), None)


def _substance(allergy: AllergyIntolerance, reaction: elements.Reaction) -> CodeableConcept:
    for concept in (reaction.substance, allergy.code):
        if concept is not None and concept.label:
            return concept
    return CodeableConcept()
