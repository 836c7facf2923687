"""A patient's own statement that nobody prescribed the medication (policy P2)."""

from __future__ import annotations

import re
from functools import cache

import msgspec

from plugin.reading.elements import CodeableConcept, present
from plugin.reading.shapes import MedicationStatement, Medicine
from plugin.reading.words import packaged_words

_PATIENT_SPECIFIED = frozenset({"patientspecified", "patient-specified"})
_CATEGORY = msgspec.json.Decoder(CodeableConcept | tuple[CodeableConcept, ...])


def not_prescribed(statement: MedicationStatement, text: str) -> bool:
    """True for a patient's own statement that says so in its name, a note or its dosage."""
    if not _patients_own(statement):
        return False
    texts = [text, *(note.text for note in statement.note)]
    texts += [dosage.text for dosage in statement.dosages]
    return any(_phrase().search(said) for said in texts)


def name_without(medicine: Medicine, concept: CodeableConcept) -> CodeableConcept:
    """The concept without the words "not prescribed", which are no part of a drug's name.

    Only in a patient's own statement: elsewhere they may say that the drug is not taken.
    """
    if type(medicine) is not MedicationStatement or not _patients_own(medicine):
        return concept
    if not _phrase().search(concept.text):
        return concept
    rest = _phrase().sub(" ", concept.text)
    return CodeableConcept(concept.coding, " ".join(rest.replace("( )", " ").split()))


@cache
def _phrase() -> re.Pattern[str]:
    words = (re.escape(words).replace(r"\ ", r"\s+") for words in packaged_words().not_prescribed)
    return re.compile(rf"\b(?:{'|'.join(words)})\b", re.IGNORECASE)


def _patients_own(statement: MedicationStatement) -> bool:
    """By the category: one concept in R4, a list in R5."""
    if not present(statement.category):
        return False
    try:
        read = _CATEGORY.decode(statement.category)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return False
    concepts = (read,) if isinstance(read, CodeableConcept) else read
    codes = {coding.code for concept in concepts for coding in concept.coding}
    codes |= {concept.text for concept in concepts}
    return not _PATIENT_SPECIFIED.isdisjoint(code.strip().casefold() for code in codes)
