"""The door of the terminology: a concept becomes its ingredients, or the reason why not.

Codes of ingredients and all names are read on their own and then held against one another: what
agrees is answered by the fullest of them, and drugs that differ are a conflict, never a choice.
"""

from __future__ import annotations

from collections.abc import Sequence

from knowledge.model import Knowledge, RouteClass
from knowledge.terminology.codes import CodeIndex, route_by_codes, says_no_medication
from knowledge.terminology.concept import Concept, Match, Reason, Resolution, Strength
from knowledge.terminology.index import NameIndex
from knowledge.terminology.reading import NameReader, NameReading, Outcome
from knowledge.terminology.remedies import remedy
from knowledge.terminology.verdict import Verdict, judge

# Members of enums cost more to look up than names, and these are asked for at every name.
_RECOGNISED = Reason.RECOGNISED
_UNKNOWN = RouteClass.UNKNOWN
_NAMED = Outcome.NAMED


_Read = tuple[str, NameReading]  # the field, and what its name says

MOST_REMEMBERED = 50_000  # concepts; a name of 200 characters keeps this under 50 MB


class Resolver:
    """Resolves concepts against one knowledge. Build it once, and share it."""

    def __init__(self, knowledge: Knowledge) -> None:
        index = NameIndex(knowledge)
        self._linked = index.linked
        self._codes = CodeIndex(knowledge)
        self._reader = NameReader(index)
        self._remembered: dict[Concept, Resolution] = {}
        self._names: dict[str, NameReading] = {}

    def resolve(self, concept: Concept) -> Resolution:
        """Resolve a concept. Never fails; the same concept is answered from memory."""
        known = self._remembered.get(concept)
        if known is not None:
            return known
        answer = self._resolve(concept)
        if len(self._remembered) >= MOST_REMEMBERED:
            self._remembered.clear()
        self._remembered[concept] = answer
        return answer

    def _resolve(self, concept: Concept) -> Resolution:
        codes = [
            (f"coding[{number}].code", name)
            for number, coding in enumerate(concept.codings)
            if (name := self._codes.ingredient_of(coding))
        ]
        readings = [(field, self._read(text)) for field, text in _fields(concept)]
        verdict = judge(codes, readings)
        if verdict.reason is not _RECOGNISED:
            return _not_recognised(concept, verdict, readings)
        ingredients = tuple(sorted(verdict.ingredients))
        return Resolution(
            ingredients,
            tuple([name for name in ingredients if name in self._linked]),
            verdict.match,
            _RECOGNISED,
            route_by_codes(_route(readings), concept.codings),
            _strengths(ingredients, readings),
            verdict.detail,
        )

    def _read(self, text: str) -> NameReading:
        reading = self._names.get(text)
        if reading is None:
            if len(self._names) >= MOST_REMEMBERED:
                self._names.clear()
            reading = self._names[text] = self._reader.read(text)
        return reading


def _fields(concept: Concept) -> list[tuple[str, str]]:
    """The names of a concept with where they stand, each text once."""
    if not concept.codings:
        return [("text", concept.text)] if concept.text.strip() else []
    fields: dict[str, str] = {}
    if concept.text and concept.text.strip():
        fields[concept.text] = "text"
    for number, coding in enumerate(concept.codings):
        if coding.display and coding.display.strip():
            fields.setdefault(coding.display, f"coding[{number}].display")
    return [(field, text) for text, field in fields.items()]


def _not_recognised(
    concept: Concept, verdict: Verdict, readings: list[tuple[str, NameReading]]
) -> Resolution:
    reason, detail = verdict.reason, verdict.detail
    if any(says_no_medication(coding) for coding in concept.codings):
        reason, detail = Reason.NO_KNOWN_MEDICATION, "its code says that there is none"
    elif reason is Reason.EMPTY and any(coding.code.strip() for coding in concept.codings):
        reason = Reason.CODE_NOT_KNOWN
        detail = remedy(concept.codings)
    match = Match.CONFLICT if reason is Reason.CONFLICT else Match.NONE
    return Resolution((), (), match, reason, _route(readings), (), detail)


def _route(readings: Sequence[_Read]) -> RouteClass:
    if len(readings) <= 1:
        return readings[0][1].route if readings else _UNKNOWN
    told = {reading.route for _, reading in readings} - {_UNKNOWN}
    return told.pop() if len(told) == 1 else _UNKNOWN


def _strengths(ingredients: tuple[str, ...], readings: Sequence[_Read]) -> tuple[Strength, ...]:
    """Those of the name that gives most of them."""
    best: tuple[Strength, ...] = ()
    for _, reading in readings:
        if reading.outcome is _NAMED and len(reading.strengths) > len(best):
            told = tuple(one for one in reading.strengths if one.ingredient in ingredients)
            best = told if len(told) > len(best) else best
    return best
