"""The door of the terminology: a concept becomes its ingredients, or the reason why not.

Codes and names are read on their own and then held against one another: what agrees is answered by
the fullest of them, and drugs that differ are a conflict, never a choice. Without a release, only
codes of ingredients are read.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from knowledge.model import Knowledge, RouteClass
from knowledge.terminology.codes import CodeIndex, says_no_medication
from knowledge.terminology.concept import Concept, Match, Reason, Resolution, Strength
from knowledge.terminology.index import NameIndex
from knowledge.terminology.reading import NameReader, NameReading, Outcome
from knowledge.terminology.release.model import Release
from knowledge.terminology.released import ReleasedDrugs, Told
from knowledge.terminology.verdict import Verdict, judge

MOST_REMEMBERED = 50_000  # concepts; a name of 200 characters keeps this under 50 MB
_NOT_LOADED = "only a code, and not one of an ingredient: import a RxNorm release to read it"


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
            f"only a code, and {release.info.label} does not hold it" if release else _NOT_LOADED
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
        if self._released is not None and codes:
            readings = [(field, self._released.same(reading)) for field, reading in readings]
        verdict = judge(codes, readings)
        every, remarks = readings, ""
        if told:
            every = [*readings, *((field, one.reading) for field, one in told)]
            remarks = "; ".join(f"{field}: {one.remark}" for field, one in told if one.remark)
        if verdict.reason is not Reason.RECOGNISED:
            return _not_recognised(concept, verdict, every, remarks or self._not_held)
        ingredients = tuple(sorted(verdict.ingredients))
        return Resolution(
            ingredients,
            tuple(name for name in ingredients if name in self._linked),
            verdict.match,
            Reason.RECOGNISED,
            _route((reading.route for _, reading in every), site_routes),
            _strengths(ingredients, (reading for _, reading in every)),
            verdict.detail or remarks,
        )

    def _told(self, concept: Concept) -> Sequence[tuple[str, Told]]:
        """What a release says of the codes that are of neither our ingredients nor the site."""
        if self._released is None:
            return ()
        return [
            (f"coding[{number}].code", one)
            for number, coding in enumerate(concept.codings)
            if not self._codes.ingredient_of(coding)
            and not self._codes.site_code(coding)
            and (one := self._released.told(coding)) is not None
        ]

    def _coded(self, concept: Concept) -> tuple[list[tuple[str, frozenset[str]]], list[RouteClass]]:
        """The ingredients that each code stands for, by its field, and routes that codes tell."""
        codes: list[tuple[str, frozenset[str]]] = []
        routes: list[RouteClass] = []
        for number, coding in enumerate(concept.codings):
            field = f"coding[{number}].code"
            if name := self._codes.ingredient_of(coding):
                codes.append((field, frozenset({name})))
            elif own := self._codes.site_code(coding):
                codes.append((field, frozenset(own.ingredients)))
                routes.append(RouteClass(own.route or RouteClass.UNKNOWN))
        return codes, routes

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
    fields: dict[str, str] = {}
    if concept.text.strip():
        fields[concept.text] = "text"
    for number, coding in enumerate(concept.codings):
        if coding.display.strip():
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
        detail = about_codes
    match = Match.CONFLICT if reason is Reason.CONFLICT else Match.NONE
    return Resolution((), (), match, reason, _route(r.route for _, r in readings), (), detail)


def _route(named: Iterable[RouteClass], coded: Iterable[RouteClass] = ()) -> RouteClass:
    """What names tell, else what codes of a site tell."""
    for routes in (named, coded):
        told = set(routes) - {RouteClass.UNKNOWN}
        if told:
            return told.pop() if len(told) == 1 else RouteClass.UNKNOWN
    return RouteClass.UNKNOWN


def _strengths(
    ingredients: tuple[str, ...], readings: Iterable[NameReading]
) -> tuple[Strength, ...]:
    """Those of the name that gives most of them."""
    best: tuple[Strength, ...] = ()
    for reading in readings:
        told = tuple(one for one in reading.strengths if one.ingredient in ingredients)
        if reading.outcome is Outcome.NAMED and len(told) > len(best):
            best = told
    return best
