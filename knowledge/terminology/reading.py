"""One name (a text or a display) becomes the drugs it names, or the reason why it names none."""

from __future__ import annotations

import re
from enum import Enum
from functools import lru_cache

from msgspec import Struct

from knowledge.model import RouteClass
from knowledge.terminology.concept import Match, Reason, Strength
from knowledge.terminology.doubts import negated, without_asides, without_elements
from knowledge.terminology.entries import Kind
from knowledge.terminology.forms import route_of
from knowledge.terminology.guess import Guesser
from knowledge.terminology.index import NameIndex
from knowledge.terminology.parsed import Parsed, parse
from knowledge.terminology.refusal import refusal
from knowledge.terminology.scan import Mark, joined, scan
from knowledge.terminology.strengths import Span, strengths_in
from knowledge.terminology.tables import words as word_tables
from knowledge.terminology.tokens import MAX_TEXT, Words, split_words
from knowledge.terminology.traits import DENIES, ROUTE, VACCINE, traits

# Members of enums cost more to look up than names, and these are asked for at every name.
_UNKNOWN = RouteClass.UNKNOWN
_NAME = Kind.NAME
_RECOGNISED = Reason.RECOGNISED
_TEXT = Match.TEXT


LONGEST_QUOTE = 60  # characters of a text that a detail repeats


class Outcome(Enum):
    """What came of reading a name."""

    NAMED = "named"
    UNSURE = "unsure"  # drugs are named, and may not be answered
    NOTHING = "nothing"


_NAMED = Outcome.NAMED


class NameReading(Struct, frozen=True, gc=False):
    """What one name says. Of an unsure one, `ingredients` are those that were recognised."""

    outcome: Outcome
    reason: Reason
    ingredients: frozenset[str] = frozenset()
    match: Match = Match.NONE
    route: RouteClass = _UNKNOWN
    strengths: tuple[Strength, ...] = ()
    detail: str = ""
    denies: bool = False  # it speaks against an answer that other names give
    more: bool = False  # it stands for a further drug, and does not say which


class NameReader:
    """Reads names against one index."""

    def __init__(self, index: NameIndex) -> None:
        self._index = index
        self._guesser = Guesser(index)
        self._traits = traits()

    def read(self, raw: str) -> NameReading:
        """Read one name. Never fails, whatever the text."""
        text = split_words(_without_marks(raw) if "[" in raw else raw)
        if not text.words:
            return NameReading(Outcome.NOTHING, Reason.EMPTY)
        parsed = self._parse(text)
        if parsed.unknown or any(mark.guessed for mark in parsed.named):
            whole = joined(text, self._index)
            parsed = self._parse(whole) if whole is not None else parsed
        if parsed.seen & VACCINE and _vaccine(parsed):
            return _nothing(Reason.NO_DRUG_NAMED, f"{_quote(raw)} names a vaccine")
        if len(parsed.marks) > len(parsed.named) and _supply(parsed):
            return _nothing(Reason.SUPPLY, f"{_quote(raw)} is a device or supply")
        named = _heeded(parsed) if parsed.seen & DENIES else parsed.named
        if not named:
            return _without_a_name(raw, parsed)
        return _with_names(raw, parsed, named) if len(raw) <= MAX_TEXT else _too_long(raw, named)

    def _parse(self, text: Words) -> Parsed:
        marks = scan(text, self._index)
        trait = self._traits.get
        return parse(text, [trait(word, 0) for word in text.words], marks, self._guesser)


def _heeded(parsed: Parsed) -> list[Mark]:
    """The named drugs without those that instructions only warn of (`not with grapefruit`)."""
    denied = negated(parsed)
    if not denied or denied[0] is parsed.named[0]:
        return parsed.named
    instructions = parsed.instructions()
    return [mark for mark in parsed.named if mark not in denied or mark.start < instructions]


def _without_a_name(raw: str, parsed: Parsed) -> NameReading:
    kinds = {mark.entry.kind for mark in parsed.marks}
    if _no_medication(parsed.text):
        return _nothing(Reason.NO_KNOWN_MEDICATION, f"{_quote(raw)} says there is none")
    if Kind.AMBIGUOUS in kinds:
        detail = f"{_quote(raw)} names a kind of drug, and not which one"
        return NameReading(Outcome.UNSURE, Reason.AMBIGUOUS, detail=detail)
    if Kind.HEARSAY in kinds:
        told = next(m for m in parsed.marks if m.entry.kind is Kind.HEARSAY)
        may = f"{_quote(raw)} may hold {told.entry.ingredients[0]}, and what else is not known"
        return NameReading(Outcome.UNSURE, Reason.AMBIGUOUS, detail=may)
    outside = [at for at in parsed.unknown if not parsed.text.depth[at]]
    if kinds & {Kind.CONTAINER, Kind.SUPPLY} and not outside:
        return _nothing(Reason.SUPPLY, f"{_quote(raw)} is a container or supply")
    return _nothing(Reason.NO_DRUG_NAMED, f"no known drug is named in {_quote(raw)}")


def _too_long(raw: str, named: list[Mark]) -> NameReading:
    drugs = frozenset(drug for mark in named for drug in mark.entry.ingredients)
    detail = f"{_quote(raw)} has {len(raw)} characters, and {MAX_TEXT} are read at most"
    return NameReading(Outcome.UNSURE, Reason.AMBIGUOUS, drugs, detail=detail)


def _with_names(raw: str, parsed: Parsed, every: list[Mark]) -> NameReading:
    named = every
    if len(every) > 1:
        named = without_elements(parsed.text, without_asides(parsed.text, every))
        drugs = frozenset(drug for mark in named for drug in mark.entry.ingredients)
    else:
        drugs = frozenset(every[0].entry.ingredients)
    route = _route(parsed, named)
    doubt = refusal(parsed, named, drugs)
    if doubt is not None:
        told = f"{_quote(raw)}{doubt.detail}"
        return NameReading(
            Outcome.UNSURE,
            doubt.reason,
            drugs,
            route=route,
            detail=told,
            denies=doubt.denies,
            more=doubt.more,
        )
    spans = [
        Span(mark.start, mark.end, mark.entry.ingredients[0])
        for mark in named
        if len(mark.entry.ingredients) == 1
    ]
    strengths = strengths_in(parsed.text, spans) if spans else ()
    return NameReading(_NAMED, _RECOGNISED, drugs, _match(named), route, strengths)


def _match(named: list[Mark]) -> Match:
    if len(named) == 1 and not named[0].guessed:
        return _TEXT if named[0].entry.kind is _NAME else Match.BRAND
    if any(mark.guessed for mark in named):
        return Match.FUZZY
    by_name = {
        drug for mark in named if mark.entry.kind is _NAME for drug in mark.entry.ingredients
    }
    every = {drug for mark in named for drug in mark.entry.ingredients}
    return _TEXT if by_name == every else Match.BRAND


def _route(parsed: Parsed, named: list[Mark]) -> RouteClass:
    if parsed.seen & ROUTE:
        starts = [at for at, bit in enumerate(parsed.bits) if bit & ROUTE]
        told = route_of(parsed.text.words, starts)
        if told is not _UNKNOWN:
            return told
    if len(named) == 1:
        return named[0].entry.route
    routes = {mark.entry.route for mark in named} - {_UNKNOWN}
    return routes.pop() if len(routes) == 1 else _UNKNOWN


def _without_marks(raw: str) -> str:
    """A name without the remarks of a product dictionary: `[discontinued]`."""
    return _marks().sub(" ", raw)


@lru_cache(maxsize=1)
def _marks() -> re.Pattern[str]:
    said = "|".join(map(re.escape, sorted(word_tables().marks.dictionary)))
    return re.compile(rf"\[\s*(?:{said})\s*\]", re.IGNORECASE)


def _supply(parsed: Parsed) -> bool:
    """True for a device, unless it is filled: a drug is named with its strength."""
    if all(mark.entry.kind is not Kind.SUPPLY for mark in parsed.marks):
        return False
    sure = [mark for mark in parsed.named if not mark.guessed]
    spans = [Span(mark.start, mark.end, "") for mark in sure]
    return not strengths_in(parsed.text, spans) and not any(
        parsed.text.words[mark.start - 1] == "%" for mark in sure if mark.start
    )


def _vaccine(parsed: Parsed) -> bool:
    """True where a word for vaccines stands outside the names of drugs."""
    inside = {at for mark in parsed.named for at in range(mark.start, mark.end)}
    return any(bit & VACCINE and at not in inside for at, bit in enumerate(parsed.bits))


def _no_medication(text: Words) -> bool:
    table = word_tables().no_medication
    words = set(text.words)
    if " ".join(text.words) in table.whole:
        return True
    return bool(words & table.subjects and words & table.denials and words & table.known)


def _nothing(reason: Reason, detail: str) -> NameReading:
    return NameReading(Outcome.NOTHING, reason, detail=detail)


def _quote(raw: str) -> str:
    text = " ".join(raw.split())
    return f"'{text[:LONGEST_QUOTE]}…'" if len(text) > LONGEST_QUOTE else f"'{text}'"
