"""Strengths as RxNorm-style names give them: after the name, a number and a unit."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from msgspec import Struct

from knowledge.terminology.concept import Strength
from knowledge.terminology.tables import words
from knowledge.terminology.tokens import HYPHEN, JOIN, Words

_DIGITS = frozenset("0123456789")
_MASSES = frozenset({"G", "MG", "MCG"})
_THOUSANDS = re.compile(r"[1-9]\d{0,2}\.000")  # one gram in German, and one milligram in English


class Span(Struct, frozen=True, gc=False):
    """The words `start` to `end` (excluded) name one ingredient."""

    start: int
    end: int
    ingredient: str


def strengths_in(text: Words, spans: Iterable[Span]) -> tuple[Strength, ...]:
    """The strength of each ingredient that has one before the next name begins.

    Parts of one ingredient (two hydrates of it in one capsule) are added up. Two masses of one
    ingredient that differ are both kept, and who reads a dose finds no answer. What follows several
    names in a row is nobody's: in `ezetimibe-simvastatin 10 mg-40 mg` it is no matter of the last.
    """
    ordered = list(spans)
    if len(ordered) > 1:
        ordered.sort(key=lambda span: span.start)
    leading = len(ordered) > 1 and _leads(text, ordered[0], 0)  # `80 mg atorvastatin, 10 mg ...`
    found: dict[str, list[Strength]] = {}
    taken = 0  # words before this one belong to an earlier name
    waiting = ""  # the ingredient of an earlier name that still has no amount
    for number, span in enumerate(ordered):
        stop = ordered[number + 1].start if number + 1 < len(ordered) else len(text.words)
        at = None if leading else _after(text, span.end, stop)
        shared = waiting not in ("", span.ingredient)
        if at is None and _leads(text, span, taken):
            at = span.start - 2  # `5 % dextrose`
            shared |= _any(text, taken, at)  # `10 mg/40 mg ezetimibe/simvastatin`
        taken = span.end if at is None else max(span.end, at + 2)
        if at is None:
            waiting = waiting or span.ingredient
            continue
        waiting = ""
        if shared or _of_several(text, at) or _THOUSANDS.fullmatch(text.words[at]):
            continue
        told = [_strength(text, at, span.ingredient)]
        told += [] if leading else _others(text, at + 2, stop, span)
        _keep(found.setdefault(span.ingredient, []), told, parts=text.gaps[span.start] == JOIN)
    return tuple(one for ingredient in sorted(found) for one in found[ingredient])


def _keep(held: list[Strength], told: list[Strength], *, parts: bool) -> None:
    """Keep what a name tells: a part is added, and anything else stands beside what is held."""
    first = told[0]
    if parts and len(held) == len(told) == 1 and held[0].unit == first.unit:
        held[0] = Strength(first.ingredient, held[0].value + first.value, first.unit)
        return
    held += [one for one in dict.fromkeys(told) if one not in held and (not held or _mass(one))]


def _mass(one: Strength) -> bool:
    return one.unit in _MASSES


def _leads(text: Words, span: Span, taken: int) -> bool:
    """True where an amount stands right before a name."""
    return span.start - 2 >= taken and _amount(text, span.start - 2)


def _any(text: Words, start: int, stop: int) -> bool:
    """True where an amount stands in these words."""
    return any(text.words[at][0] in _DIGITS and _amount(text, at) for at in range(start, stop - 1))


def _others(text: Words, start: int, stop: int, span: Span) -> list[Strength]:
    """The masses that follow the first amount: `simvastatin 20 mg, 40 mg tablet`."""
    found = (
        _strength(text, at, span.ingredient)
        for at in range(start, stop - 1)
        if text.words[at][0] in _DIGITS and _amount(text, at)
    )
    return [one for one in found if _mass(one)]


def _after(text: Words, start: int, stop: int) -> int | None:
    """Where the first amount stands. A percentage right before the next name is that name's."""
    words = text.words
    for at in range(start, stop - 1):
        if words[at][0] in _DIGITS and _amount(text, at):
            last = at + 2 == stop < len(text.words) and text.words[at + 1] == "%"
            return None if last else at
    return None


def _amount(text: Words, at: int) -> bool:
    """True where a number and then a unit of an amount stand."""
    if not text.words[at][0].isdigit() or text.gaps[at + 1] == JOIN:
        return False
    return text.words[at + 1] in _amounts() and _number(text.words[at]) is not None


@lru_cache(maxsize=1)
def _amounts() -> dict[str, str]:
    return words().strengths.amounts


def _of_several(text: Words, at: int) -> bool:
    """True in a range, or in the strengths of several parts: `5-10 mg`, `5 mg-10 mg`."""
    if at > 0 and text.gaps[at] in (HYPHEN, JOIN) and text.words[at - 1][0].isdigit():
        return True
    after = at + 2
    return after + 1 < len(text.words) and text.gaps[after] == HYPHEN and _amount(text, after)


def _strength(text: Words, at: int, ingredient: str) -> Strength:
    """The strength at a number, with `/ML` or `/ACTUAT` where that follows, for one of them."""
    units = words().strengths
    value, unit = _number(text.words[at]) or Decimal(0), units.amounts[text.words[at + 1]]
    at += 2
    if at < len(text.words) and text.gaps[at] == JOIN:
        amount = _number(text.words[at])
        after = at if amount is None else at + 1
        below = units.per.get(text.words[after]) if after < len(text.words) else None
        if below is not None and (amount is None or amount > 0):
            each = Decimal(f"{value / (amount or Decimal(1)):f}")
            return Strength(ingredient, each, f"{unit}/{below}")
    return Strength(ingredient, value, unit)


@lru_cache(maxsize=4096)
def _number(word: str) -> Decimal | None:
    if not word[0].isdigit():
        return None
    if "," in word:
        whole, _, part = word.rpartition(",")
        if whole and len(part) != 3:  # noqa: PLR2004 - a comma before three digits parts thousands
            word = f"{whole.replace(',', '')}.{part}"
        word = word.replace(",", "")
    try:
        return Decimal(word)
    except InvalidOperation:
        return None
