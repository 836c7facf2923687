"""A dosage in words: how much at a time, and how often a day. All of a text is read, or nothing.

`Take 1 tablet (40 mg) by mouth at bedtime for cholesterol` is one tablet and 40 mg, once a day. A
range, a dose as needed, a change over time or a single word that is not understood gives None:
what may be meant otherwise is not guessed at.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from math import ceil

from msgspec import Struct

from plugin.reading.elements import Quantity
from plugin.reading.sig_words import NUMBER, Phrase, SigWords, packaged_sig_words, words_in
from plugin.reading.words import packaged_words

_HOURS_A_DAY = 24
_MOST = 1000  # characters; a longer text is a letter, not a dosage
_DIGITS = frozenset("0123456789")
_LATE = {"evening", "night"}


class Sig(Struct, frozen=True):
    """What a text says: doses a day (None where it does not), and each amount it names."""

    times: int | None
    amounts: tuple[Quantity, ...]


class _Found(Struct):
    """What has been read so far."""

    frequencies: set[int]
    moments: set[str]
    amounts: list[Quantity]
    joined: bool = False


@lru_cache(8192)
def read_sig(text: str, names: tuple[str, ...] = ()) -> Sig | None:
    """Read a text. `names` are the drugs that the entry is of, and may be named in it."""
    if not text or len(text) > _MOST:
        return None
    tokens = _said_once(words_in(text), packaged_sig_words())
    own = {word for name in names for word in words_in(name)}
    found = _Found(set(), set(), [])
    return _settled(found) if _read(tokens, own, found) else None


def _said_once(tokens: Phrase, words: SigWords) -> Phrase:
    """Without a number said again in brackets: `1 (one) tablet`."""
    kept: list[str] = []
    at = 0
    while at < len(tokens):
        kept.append(tokens[at])
        again = tokens[at + 1 : at + 4]
        bracketed = again[:1] == ("(",) and again[2:] == (")",)
        value = _value(again[1], words) if bracketed else None
        at += 1 if value is None or value != _number(tokens[at]) else 1 + len(again)
    return tuple(kept)


def _value(token: str, words: SigWords) -> Decimal | None:
    found = words.numbers.get((token,))
    return _number(token) if found is None else found


def _settled(found: _Found) -> Sig | None:
    """What was read as one answer; None where its parts may add up to another."""
    amounts = tuple(dict.fromkeys(found.amounts))
    kinds = [_unit_of(amount.unit) for amount in amounts]
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
            None if found.moments >= _LATE and not found.joined else Sig(moments or None, amounts)
        )
    times = found.frequencies.pop()
    return None if found.joined or moments > times else Sig(times, amounts)


def _read(tokens: Phrase, own: set[str], found: _Found) -> bool:
    """Read token by token; False at the first that is not understood."""
    words = packaged_sig_words()
    at, reason = 0, False
    while at < len(tokens):
        step = _amount(tokens, at, words, found) or _phrase(tokens, at, words, found)
        if step:
            at, reason = at + step, False
            continue
        step = _length(tokens, at, words.reason, words)
        if step:
            at, reason = at + step, True
            continue
        token = tokens[at]
        if token in words.joins:
            found.joined, reason, at = True, False, at + 1
            continue
        spoken = reason and token.isalpha() and token not in words.turns
        if not spoken and token not in own:
            return False
        at += 1
    return True


def _amount(tokens: Phrase, at: int, words: SigWords, found: _Found) -> int:
    """A number and a unit of dose: how many tokens it takes, or 0."""
    for phrase in _longest_first(tokens, at, words):
        value = words.numbers.get(phrase) or (_number(phrase[0]) if len(phrase) == 1 else None)
        after = at + len(phrase)
        if value is not None and after < len(tokens) and _unit_of(tokens[after]):
            if after + 1 < len(tokens) and tokens[after + 1 : after + 4] == ("(", "s", ")"):
                after += 3
            found.amounts.append(Quantity(value=value, unit=tokens[at + len(phrase)]))
            return after + 1 - at
    return 0


def _phrase(tokens: Phrase, at: int, words: SigWords, found: _Found) -> int:
    """A frequency, a moment or what changes nothing: how many tokens it takes, or 0."""
    for phrase in _longest_first(tokens, at, words):
        times = words.frequency.get(phrase) or _counted(phrase, words)
        if times:
            found.frequencies.add(times)
            return len(phrase)
        if phrase in words.moments:
            found.moments.add(words.moments[phrase])
            return len(phrase)
        if phrase in words.harmless or _with_number(phrase)[0] in words.harmless:
            return len(phrase)
    return 0


def _counted(phrase: Phrase, words: SigWords) -> int | None:
    """`3 times a day`, `every 8 hours`, `every 2 days`."""
    pattern, number = _with_number(phrase)
    if number is None or number != int(number) or not 0 < number <= _HOURS_A_DAY:
        return None
    if pattern in words.times:
        return int(number)
    if pattern in words.hours:
        return ceil(_HOURS_A_DAY / number)
    return 1 if pattern in words.sparse else None


def _with_number(phrase: Phrase) -> tuple[Phrase, Decimal | None]:
    """The phrase with its only number replaced by the sign that stands for one."""
    numbers = [word for word in phrase if word[0] in _DIGITS]
    if len(numbers) != 1:
        return phrase, None
    pattern = tuple(NUMBER if word is numbers[0] else word for word in phrase)
    return pattern, _number(numbers[0])


def _longest_first(tokens: Phrase, at: int, words: SigWords) -> Iterator[Phrase]:
    for length in range(min(words.longest, len(tokens) - at), 0, -1):
        yield tokens[at : at + length]


def _length(tokens: Phrase, at: int, phrases: frozenset[Phrase], words: SigWords) -> int:
    return next((len(p) for p in _longest_first(tokens, at, words) if p in phrases), 0)


def _number(token: str) -> Decimal | None:
    """`40`, `0.5`, `1/2`, `1,000`."""
    if token[-1] not in _DIGITS:
        return None
    top, slash, bottom = token.replace(",", "").partition("/")
    if not slash:
        return Decimal(top)
    return Decimal(top) / Decimal(bottom) if Decimal(bottom) else None


def _unit_of(token: str) -> str:
    words = packaged_words()
    if token in words.mass:
        return "mass"
    return "count" if token in words.per else ""
