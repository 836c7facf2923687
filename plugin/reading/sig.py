"""A dosage in words: how much at a time, and how often a day. All of a text is read, or nothing.

`Take 1 tablet (40 mg) by mouth at bedtime for cholesterol` is one tablet and 40 mg, once a day. A
range, a dose as needed, a change over time or a single word that is not understood gives None:
what may be meant otherwise is not guessed at.
"""

from __future__ import annotations

import re
from decimal import Decimal
from math import ceil

from msgspec import Struct

from plugin.reading.elements import Quantity
from plugin.reading.memo import remembered
from plugin.reading.sig_words import (
    NUMBER,
    Kind,
    Phrase,
    SigWords,
    Spoken,
    packaged_sig_words,
    words_in,
)
from plugin.reading.words import packaged_words

_HOURS_A_DAY = 24
_MOST = 1000  # characters; a longer text is a letter, not a dosage
_DIGITS = frozenset("0123456789")
_TIMED = frozenset({Kind.FREQUENCY, Kind.TIMES, Kind.HOURS, Kind.SPARSE, Kind.MOMENT})
_PLURAL = ("(", "s", ")")
_LATE = {"evening", "night"}
_AT_ONCE = 10  # tablets or puffs
_REASON = 4  # words that a reason may have
_FRACTIONS = {
    "1/2": Decimal("0.5"), "1/4": Decimal("0.25"), "3/4": Decimal("0.75"),
}  # fmt: skip
_THOUSANDS = re.compile(r"[1-9]\d{0,2}\.\d{3}")  # 1.500 is one and a half here and 1500 there


class Sig(Struct, frozen=True):
    """What a text says: doses a day (None where it does not), and its amounts, counts first.

    `total`: a mass is of all that is taken at a time, and not of one of several tablets.
    `sparse`: it is not taken every day.
    """

    times: int | None
    amounts: tuple[Quantity, ...]
    total: bool = False
    sparse: bool = False


class Most(Struct, frozen=True):
    """The most that a text names anywhere, understood or not; 0 for nothing.

    `times` a day, `count` of forms, puffs or mL at a time, and `mg` of a mass.
    """

    times: int
    count: Decimal
    mg: Decimal


class _Found(Struct):
    """What has been read so far."""

    frequencies: set[int]
    moments: set[str]
    amounts: list[Quantity]
    joined: bool = False
    sparse: bool = False
    total: bool = False
    daily: bool = False  # a total that may be of the whole day
    whole: bool = False  # a total of a mass


def read_sig(text: str, names: tuple[str, ...] = ()) -> Sig | None:
    """Read a text. `names` are the drugs that the entry is of, and may be named in it."""
    return _sig((text, names)) if text and len(text) <= _MOST else None


@remembered
def _sig(question: tuple[str, tuple[str, ...]]) -> Sig | None:
    text, names = question
    tokens = _said_once(words_in(text), packaged_sig_words())
    own = {word for name in names for word in words_in(name) if word.isalpha()}
    found = _Found(set(), set(), [])
    said = _settled(found) if _read(tokens, own, found) else None
    return None if said is None or _of_a_day(found, said) else said


@remembered
def tells_of_dose(text: str) -> bool:
    """True where a text holds a number, an amount, a moment, or a word that changes a dose."""
    words = packaged_sig_words()
    tokens, at = words_in(text), 0
    while at < len(tokens):
        token = tokens[at]
        spoken = _spoken(tokens, at, words)
        if spoken is not None:
            if spoken.kind not in (Kind.HARMLESS, Kind.REASON):
                return True
            at += len(spoken.phrase)
        elif token.isdecimal() or token[-1] in _DIGITS or token in words.turns or _unit_of(token):
            return True
        else:
            at += 1
    return False


@remembered
def most_in(text: str) -> Most:
    """What a text that is not understood names, to be held against a dose; never a dose itself."""
    words, found = packaged_sig_words(), _Found(set(), set(), [])
    tokens, at = words_in(text[:_MOST]), 0
    while at < len(tokens):
        step = _amount(tokens, at, words, found)
        spoken = None if step else _spoken(tokens, at, words)
        if spoken is not None:
            _note(spoken, tokens[at : at + len(spoken.phrase)], found)
            step = len(spoken.phrase)
        at += step or 1
    masses, counts = [Decimal(0)], [Decimal(0)]
    for one in found.amounts:
        mg, value = packaged_words().mass.get(one.unit), one.value or Decimal(0)
        if mg is not None:
            masses.append(value * mg)
        elif value <= _AT_ONCE:  # more are what is handed over: `Disp-90 tablet`
            counts.append(value)
    return Most(max((*found.frequencies, len(found.moments))), max(counts), max(masses))


def _said_once(tokens: Phrase, words: SigWords) -> Phrase:
    """Without a number said again in brackets: `1 (one) tablet`."""
    kept: list[str] = []
    at = 0
    while at < len(tokens):
        kept.append(tokens[at])
        again = tokens[at + 1 : at + 4]
        bracketed = again[:1] == ("(",) and again[2:] == (")",)
        value = _value(again[1], words) if bracketed else None
        at += 1 if value is None or value != _value(tokens[at], words) else 1 + len(again)
    return tuple(kept)


def _value(token: str, words: SigWords) -> Decimal | None:
    found = words.value(token)
    return _number(token) if found is None else found


def _settled(found: _Found) -> Sig | None:
    """What was read as one answer; None where its parts may add up to another."""
    amounts = tuple(dict.fromkeys(found.amounts))
    kinds = [_unit_of(amount.unit) for amount in amounts]
    amounts = tuple(sorted(amounts, key=_by_kind))
    said = [_unit_of(amount.unit) for amount in found.amounts]
    most = max((said.count(kind) for kind in kinds), default=1)
    moments = len(found.moments)
    if len(set(kinds)) < len(kinds) or len(found.frequencies) > 1:
        return None
    if most > 1 and (found.frequencies or most != moments):
        return None
    if not found.frequencies:
        # An evening that is also named as bedtime may be one dose or two.
        return (
            None
            if found.moments >= _LATE and not found.joined
            else Sig(moments or None, amounts, found.whole)
        )
    times = found.frequencies.pop()
    return (
        None if found.joined or moments > times else Sig(times, amounts, found.whole, found.sparse)
    )


def _of_a_day(found: _Found, said: Sig) -> bool:
    """True where a total may be of the day, and the day has more than one time or nobody says."""
    return found.total and said.times != 1 and (found.daily or said.times is None)


def _read(tokens: Phrase, own: set[str], found: _Found) -> bool:
    """Read token by token; False at the first that is not understood."""
    words = packaged_sig_words()
    at, reason = 0, 0  # how many words may yet be of a reason
    while at < len(tokens):
        token = tokens[at]
        step = _amount(tokens, at, words, found)
        spoken = None if step else _spoken(tokens, at, words)
        if spoken is not None:
            _note(spoken, tokens[at : at + len(spoken.phrase)], found)
            reason = _REASON if spoken.kind is Kind.REASON else 0
            at += len(spoken.phrase)
        elif step or token in words.joins:
            found.joined |= not step
            at, reason = at + (step or 1), 0
        elif token in own:
            at += 1
        elif reason and _explains(token, words):
            at, reason = at + 1, reason - 1
        else:
            return False
    return True


def _explains(token: str, words: SigWords) -> bool:
    """True for a word that can be part of a reason, and tells nothing of the dose."""
    return token.isalpha() and token not in words.turns and not _unit_of(token)


def _amount(tokens: Phrase, at: int, words: SigWords, found: _Found) -> int:
    """A number and a unit of dose: how many tokens it takes, or 0."""
    for phrase, value in words.numbers.get(tokens[at], ()):
        if tokens[at : at + len(phrase)] == phrase:
            step = _with_unit(tokens, at + len(phrase), value, found)
            if step:
                return len(phrase) + step
            if phrase in words.bare.numbers and _times_follow(tokens, at + len(phrase), words):
                found.amounts.append(Quantity(value=value, unit=words.bare.unit))
                return len(phrase)
    plain = _number(tokens[at])
    if plain is None or ("/" in tokens[at] and not _one_form(tokens, at + 1)):
        return 0
    step = _with_unit(tokens, at + 1, plain, found)
    return 1 + step if step else 0


def _times_follow(tokens: Phrase, at: int, words: SigWords) -> bool:
    """True where a time begins here, or a phrase that stands between a number and its time."""
    if any(tokens[at : at + len(phrase)] == phrase for phrase in words.bare.before):
        return True
    spoken = _spoken(tokens, at, words) if at < len(tokens) else None
    return spoken is not None and spoken.kind in _TIMED


def _one_form(tokens: Phrase, at: int) -> bool:
    """True for `1/2 tablet`; `1/2 tablets` may be one or two, and `1/2 mg` the two of a product."""
    if at >= len(tokens) or _unit_of(tokens[at]) != "count":
        return False
    return not tokens[at].endswith("s") and tokens[at + 1 : at + 1 + len(_PLURAL)] != _PLURAL


def _with_unit(tokens: Phrase, at: int, value: Decimal, found: _Found) -> int:
    """The unit after a number, and the `(s)` after that: how many tokens they take, or 0."""
    if at >= len(tokens) or not _unit_of(tokens[at]):
        return 0
    found.amounts.append(Quantity(value=value, unit=tokens[at]))
    return 1 + len(_PLURAL) if tokens[at + 1 : at + 1 + len(_PLURAL)] == _PLURAL else 1


def _spoken(tokens: Phrase, at: int, words: SigWords) -> Spoken | None:
    """The longest phrase that begins here."""
    first = tokens[at]
    starts = words.spoken.get(first, ())
    if first[-1] in _DIGITS:
        starts += words.spoken.get(NUMBER, ())
    for one in starts:
        said = tokens[at : at + len(one.phrase)]
        if _fits(one, said) if NUMBER in one.phrase else said == one.phrase:
            return one
    return None


def _fits(one: Spoken, said: Phrase) -> bool:
    """The phrase with a whole number in it that makes sense there."""
    if len(said) != len(one.phrase):
        return False
    pairs = zip(one.phrase, said, strict=True)
    if any(word not in (NUMBER, spoken) for word, spoken in pairs):
        return False
    value = _number(said[one.phrase.index(NUMBER)])
    whole = value is not None and value == value.to_integral_value() and value > 0
    return whole and (one.kind is Kind.HARMLESS or (value or 0) <= _HOURS_A_DAY)


def _note(one: Spoken, said: Phrase, found: _Found) -> None:
    """Keep what a phrase says."""
    if one.kind is Kind.MOMENT:
        found.moments.add(one.moment)
    elif one.kind is Kind.FREQUENCY:
        found.frequencies.add(one.times)
    elif one.kind is Kind.SPARSE:
        found.frequencies.add(1)
        found.sparse = True
    elif one.kind is Kind.TOTAL:
        found.total = True
        found.daily |= not found.amounts or bool(found.frequencies or found.moments)
        found.whole |= bool(found.amounts) and _unit_of(found.amounts[-1].unit) == "mass"
    elif one.kind in (Kind.TIMES, Kind.HOURS):
        value = int(_number(said[one.phrase.index(NUMBER)]) or 1)
        hours = one.kind is Kind.HOURS
        found.frequencies.add(ceil(_HOURS_A_DAY / value) if hours else value)


def _number(token: str) -> Decimal | None:
    """`40`, `0.5`, `1/2`. A comma may be a decimal point, and so may a point part thousands."""
    if token in _FRACTIONS:
        return _FRACTIONS[token]
    plain = token[-1] in _DIGITS and not {",", "/"} & set(token) and not _THOUSANDS.fullmatch(token)
    return Decimal(token) if plain else None


def _by_kind(amount: Quantity) -> str:
    return _unit_of(amount.unit)


def _unit_of(token: str) -> str:
    words = packaged_words()
    if token in words.mass:
        return "mass"
    return "count" if token in words.per else ""
