"""Hold codes and names against one another: agreement is answered, and difference is said."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from knowledge.terminology.concept import Match, Reason
from knowledge.terminology.reading import NameReading, Outcome

# Members of enums cost more to look up than names, and these are asked for at every name.
_NAMED = Outcome.NAMED
_RECOGNISED = Reason.RECOGNISED
_CODE = Match.CODE
_FUZZY = Match.FUZZY


_Drugs = frozenset[str]
_Field = tuple[str, NameReading]
_ORDER = (  # of what is said where no drug is: the most telling first
    Reason.CONFLICT,
    Reason.AMBIGUOUS,
    Reason.NO_KNOWN_MEDICATION,
    Reason.SUPPLY,
    Reason.NO_DRUG_NAMED,
    Reason.EMPTY,
)


class Verdict(Struct, frozen=True, gc=False):
    """What a concept as a whole says."""

    reason: Reason
    ingredients: _Drugs = frozenset()
    match: Match = Match.NONE
    detail: str = ""


def judge(codes: Sequence[tuple[str, _Drugs]], readings: Sequence[_Field]) -> Verdict:
    """The verdict over the ingredients of codes and the readings of names, each by its field."""
    if not codes and len(readings) == 1 and readings[0][1].outcome is _NAMED:
        only = readings[0][1]  # one name: nothing to hold it against
        return Verdict(_RECOGNISED, only.ingredients, only.match)
    if len(codes) == 1 and not readings:
        return Verdict(_RECOGNISED, codes[0][1], _CODE)
    coded: _Drugs = frozenset().union(*(drugs for _, drugs in codes))
    named = [field for field in readings if field[1].outcome is _NAMED]
    doubtful = _that_forbids(readings, named, coded)
    if doubtful is not None:
        return doubtful
    plain = [field for field in named if field[1].match is not _FUZZY]
    settled = plain or ([] if coded else named)
    claims = list(codes)
    claims += [(field, reading.ingredients) for field, reading in settled]
    if not claims:
        return _nothing(readings)
    fullest = max((drugs for _, drugs in claims), key=len)
    for field, drugs in claims:
        if not drugs <= fullest:
            return _differ(claims, field, drugs, fullest)
    return Verdict(_RECOGNISED, fullest, _match(coded, settled, fullest))


def _that_forbids(
    readings: Sequence[_Field], named: Sequence[_Field], coded: _Drugs
) -> Verdict | None:
    """A name that is unsure forbids an answer, unless another one covers all that it names.

    Of one that leaves a drug open, others must tell a further drug as well.
    """
    told = frozenset().union(coded, *(reading.ingredients for _, reading in named))
    for field, reading in readings:
        if reading.outcome is not Outcome.UNSURE:
            continue
        covered = reading.ingredients <= told and not (reading.more and reading.ingredients == told)
        if reading.denies or not told or not covered:
            return Verdict(reading.reason, detail=f"{field}: {reading.detail}")
    for field, reading in readings:
        if reading.reason is Reason.NO_KNOWN_MEDICATION and told:
            return Verdict(Reason.AMBIGUOUS, detail=f"{field}: {reading.detail}, another names one")
    return None


def _differ(
    claims: Sequence[tuple[str, _Drugs]], field: str, drugs: _Drugs, fullest: _Drugs
) -> Verdict:
    other = next(name for name, claimed in claims if claimed == fullest)
    if drugs & fullest:
        detail = f"{field} and {other} agree only in part"
        return Verdict(Reason.AMBIGUOUS, detail=detail)
    return Verdict(
        Reason.CONFLICT,
        detail=f"{field} ({', '.join(sorted(drugs))}) and {other} ({', '.join(sorted(fullest))}) "
        "are different drugs",
    )


def _match(coded: _Drugs, named: Sequence[_Field], drugs: _Drugs) -> Match:
    if drugs <= coded:
        return _CODE
    ways = [reading.match for _, reading in named if reading.ingredients == drugs]
    return Match.TEXT if Match.TEXT in ways else ways[0]


def _nothing(readings: Sequence[_Field]) -> Verdict:
    for reason in _ORDER:
        for field, reading in readings:
            if reading.reason is reason:
                return Verdict(reason, detail=f"{field}: {reading.detail}" if field else "")
    return Verdict(Reason.EMPTY, detail="neither a code nor a name")
