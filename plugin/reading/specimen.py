"""Did the specimen haemolyse? A note, an interpretation or the Specimen itself may say."""

from __future__ import annotations

from plugin.reading.context import Reading
from plugin.reading.elements import CodeableConcept
from plugin.reading.memo import remembered
from plugin.reading.shapes import Component, Observation, Specimen
from plugin.reading.words import packaged_words


def haemolysed(observation: Observation, part: Observation | Component, reading: Reading) -> bool:
    """True where anything sent with a result says that its specimen haemolysed."""
    if not (
        observation.note
        or observation.interpretation
        or part.interpretation
        or observation.specimen
        or part.data_absent_reason
    ):
        return False  # nearly always, so before anything else is looked at
    concepts = [*observation.interpretation, *part.interpretation]
    texts = [note.text for note in observation.note]
    if part.data_absent_reason is not None:
        concepts.append(part.data_absent_reason)
    if observation.specimen is not None:
        texts.append(observation.specimen.display)
        found = reading.directory.find(observation.specimen, observation.contained)
        if isinstance(found, Specimen):
            concepts += found.condition
            texts += [note.text for note in found.note]
    return any(_means(concept) for concept in concepts) or any(_says(text) for text in texts)


@remembered
def _means(concept: CodeableConcept) -> bool:
    """True where a concept is haemolysis, by any of its codes or of its names."""
    codes = packaged_words().haemolysed.codes
    return _says(concept.text) or any(
        coding.code.strip().upper() in codes or _says(coding.display) for coding in concept.coding
    )


@remembered
def _says(text: str) -> bool:
    """True where a text names haemolysis without denying it."""
    words = packaged_words().haemolysed
    said = " ".join(text.casefold().split())
    for stem in words.stems:
        place = said.find(stem)
        if place >= 0:
            before, word = said[:place], said[place:]
            after = word.lstrip("abcdefghijklmnopqrstuvwxyz")
            denied = before.endswith(words.denied_before) or after.startswith(words.denied_after)
            return not denied
    return False
