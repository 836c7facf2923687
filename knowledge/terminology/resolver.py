"""The door of the terminology: a concept becomes its ingredients, or the reason why not.

Codes and names are read on their own and then held against one another: what agrees is answered by
the fullest of them, and drugs that differ are a conflict, never a choice. Without a release, only
codes of ingredients are read.
"""

from __future__ import annotations

from collections.abc import Sequence

from knowledge.model import Knowledge, RouteClass
from knowledge.terminology.codes import (
    CodeIndex,
    open_combination,
    route_by_codes,
    says_no_medication,
)
from knowledge.terminology.concept import Concept, Match, Reason, Resolution, Strength
from knowledge.terminology.index import NameIndex
from knowledge.terminology.reading import NameReader, NameReading, Outcome
from knowledge.terminology.release.model import Release
from knowledge.terminology.released import ReleasedDrugs, Told
from knowledge.terminology.remedies import remedy
from knowledge.terminology.verdict import Verdict, judge

# Members of enums cost more to look up than names, and these are asked for at every name.
_RECOGNISED = Reason.RECOGNISED
_UNKNOWN = RouteClass.UNKNOWN
_NAMED = Outcome.NAMED


_Read = tuple[str, NameReading]  # the field, and what its name says

MOST_REMEMBERED = 50_000  # concepts; a name of 200 characters keeps this under 50 MB


class Resolver:
    """Resolves concepts against one knowledge, and a release if one is given. Share it."""

    def __init__(self, knowledge: Knowledge, release: Release | None = None) -> None:
        index = NameIndex(knowledge)
        self._linked = index.linked
        self._codes = CodeIndex(knowledge)
        self._reader = NameReader(index)
        self._released = (
            ReleasedDrugs(release, self._codes, index, self._reader) if release else None
        )
        self._not_held = (
            f"only a code, and {release.info.label} does not hold it" if release else ""
        )
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
        codes, site_routes = self._coded(concept)
        told = self._told(concept) if len(codes) < len(concept.codings) else ()
        if told:
            codes += [(field, one.drugs) for field, one in told if one.drugs]
        readings = [(field, self._read(text)) for field, text in _fields(concept)]
        readings += self._open(concept)
        if self._released is not None and codes:
            readings = [(field, self._released.same(reading)) for field, reading in readings]
        verdict = judge(codes, readings)
        every, remarks = readings, ""
        if told:
            every = [*readings, *((field, one.reading) for field, one in told)]
            remarks = "; ".join(f"{field}: {one.remark}" for field, one in told if one.remark)
        if verdict.reason is not _RECOGNISED:
            return _not_recognised(concept, verdict, every, remarks or self._not_held)
        ingredients = tuple(sorted(verdict.ingredients))
        return Resolution(
            ingredients,
            tuple([name for name in ingredients if name in self._linked]),
            verdict.match,
            _RECOGNISED,
            route_by_codes(_route(every, site_routes), concept.codings),
            _strengths(ingredients, every),
            verdict.detail or remarks,
        )

    def _told(self, concept: Concept) -> Sequence[tuple[str, Told]]:
        """What a release says of the codes that are of neither our ingredients nor the site."""
        if self._released is None:
            return ()
        return [
            (f"coding[{number}].code", one)
            for number, coding in enumerate(concept.codings)
            if not self._codes.ingredients_of(coding)
            and not open_combination(coding)
            and not self._codes.site_code(coding)
            and (one := self._released.told(coding)) is not None
        ]

    def _coded(self, concept: Concept) -> tuple[list[tuple[str, frozenset[str]]], list[RouteClass]]:
        """The ingredients that each code stands for, by its field, and routes that codes tell."""
        codes: list[tuple[str, frozenset[str]]] = []
        routes: list[RouteClass] = []
        for number, coding in enumerate(concept.codings):
            field = f"coding[{number}].code"
            if drugs := self._codes.ingredients_of(coding):
                codes.append((field, drugs))
            elif own := self._codes.site_code(coding):
                codes.append((field, frozenset(own.ingredients)))
                routes.append(RouteClass(own.route or RouteClass.UNKNOWN))
        return codes, routes

    def _open(self, concept: Concept) -> list[_Read]:
        """Codes of combinations that do not name every drug: never answered by themselves."""
        found: list[_Read] = []
        for number, coding in enumerate(concept.codings):
            if name := open_combination(coding):
                drugs = self._reader.read(name).ingredients
                detail = f"'{name}' does not name every drug in it: send the product's name"
                unsure = NameReading(
                    Outcome.UNSURE, Reason.AMBIGUOUS, drugs, detail=detail, more=True
                )
                found.append((f"coding[{number}].code", unsure))
        return found

    def _read(self, text: str) -> NameReading:
        reading = self._names.get(text)
        if reading is None:
            if len(self._names) >= MOST_REMEMBERED:
                self._names.clear()
            reading = self._reader.read(text)
            if self._released is not None:
                reading = self._released.read(text, reading)
            self._names[text] = reading
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
    concept: Concept,
    verdict: Verdict,
    readings: list[tuple[str, NameReading]],
    about_codes: str,
) -> Resolution:
    reason, detail = verdict.reason, verdict.detail
    if any(says_no_medication(coding) for coding in concept.codings):
        reason, detail = Reason.NO_KNOWN_MEDICATION, "its code says that there is none"
    elif reason is Reason.EMPTY and any(coding.code.strip() for coding in concept.codings):
        reason = Reason.CODE_NOT_KNOWN
        detail = about_codes or remedy(concept.codings)
    match = Match.CONFLICT if reason is Reason.CONFLICT else Match.NONE
    route = route_by_codes(_route(readings), concept.codings)
    return Resolution((), (), match, reason, route, (), detail)


def _route(readings: Sequence[_Read], coded: Sequence[RouteClass] = ()) -> RouteClass:
    """What names tell, else what codes of a site tell."""
    if len(readings) <= 1 and not coded:
        return readings[0][1].route if readings else _UNKNOWN
    for routes in ({reading.route for _, reading in readings}, set(coded)):
        told = routes - {_UNKNOWN}
        if told:
            return told.pop() if len(told) == 1 else _UNKNOWN
    return _UNKNOWN


def _strengths(ingredients: tuple[str, ...], readings: Sequence[_Read]) -> tuple[Strength, ...]:
    """Those of every name. Two that differ are both kept: who reads a dose finds no answer."""
    told = (
        one
        for _, reading in readings
        if reading.outcome is _NAMED
        for one in reading.strengths
        if one.ingredient in ingredients
    )
    return tuple(dict.fromkeys(told))
