"""The phrases of `terminology/sig.toml`, as tuples of words, ready for look-up."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from decimal import Decimal
from enum import Enum
from functools import cache
from itertools import chain
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from knowledge.load import DATA
from plugin.errors import KnowledgeInvalid

FILE = "terminology/sig.toml"
NUMBER = "#"
_TOKEN = re.compile(r"\d{1,3}(?:,\d{3})+|\d+/\d+|\d+\.\d+|\.\d+|\d+|[a-zμ]+|#|\S")
_PARTS = {"¼": ".25", "½": ".5", "¾": ".75"}
_MIXED = re.compile(r"(?<![\d.,/])([1-9]?)[ ]?([¼½¾])")  # 1½ and 1 ½, but not 40 ½

Phrase = tuple[str, ...]
T = TypeVar("T")


class Kind(Enum):
    """What a phrase says."""

    FREQUENCY = "frequency"  # so often a day
    TIMES = "times"  # its number, a day
    HOURS = "hours"  # every so many hours
    SPARSE = "sparse"  # not every day
    MOMENT = "moment"
    HARMLESS = "harmless"
    TOTAL = "total"  # a mass is of all that is taken at a time
    REASON = "reason"


class Spoken(Struct, frozen=True):
    """A phrase, what it says, and its times a day or its moment."""

    phrase: Phrase
    kind: Kind
    times: int = 0
    moment: str = ""


class Bare(Struct, frozen=True):
    """Numbers that count `unit` by themselves, where a time or one of `before` follows."""

    unit: str
    numbers: frozenset[Phrase]
    before: tuple[Phrase, ...]


class SigWords(Struct, frozen=True):
    """Every list of the file. `numbers` and `spoken` are by first word, longest phrase first."""

    bare: Bare
    numbers: dict[str, tuple[tuple[Phrase, Decimal], ...]]
    spoken: dict[str, tuple[Spoken, ...]]
    joins: frozenset[str]
    turns: frozenset[str]  # what changes a dose

    def value(self, word: str) -> Decimal | None:
        """The value of a number in one word."""
        found = (value for phrase, value in self.numbers.get(word, ()) if phrase == (word,))
        return next(found, None)


class _Counted(Struct, forbid_unknown_fields=True):
    times: tuple[str, ...]
    hours: tuple[str, ...]
    sparse: tuple[str, ...]


class _Bare(Struct, forbid_unknown_fields=True):
    unit: str
    numbers: tuple[str, ...]
    before: tuple[str, ...]


class _Harmless(Struct, forbid_unknown_fields=True):
    phrases: tuple[str, ...]
    total: tuple[str, ...]
    joins: tuple[str, ...]
    reason: tuple[str, ...]
    turns: tuple[str, ...]
    small: tuple[str, ...]


class _File(Struct, forbid_unknown_fields=True):
    review: dict[str, Any]
    numbers: dict[str, Decimal]
    bare: _Bare
    frequency: dict[str, int]
    counted: _Counted
    moments: dict[str, tuple[str, ...]]
    harmless: _Harmless


def words_in(text: str) -> Phrase:
    """A text as words, numbers and signs, in lower case: `20mg q12h` is 20, mg, q, 12, h."""
    plain = _MIXED.sub(lambda found: f" {found[1] or 0}{_PARTS[found[2]]}", text.casefold())
    return tuple(_TOKEN.findall(plain))


def parse_sig_words(text: str, file: str = FILE) -> SigWords:
    """Read the file's text. Raises KnowledgeInvalid with the key at fault."""
    try:
        read = msgspec.convert(tomllib.loads(text, parse_float=Decimal), _File)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise KnowledgeInvalid(f"{file}: {error}. Correct the file and start again.") from error
    return SigWords(
        bare=Bare(
            read.bare.unit,
            frozenset(map(words_in, read.bare.numbers)),
            tuple(map(words_in, read.bare.before)),
        ),
        numbers=_by_first(
            (words_in(phrase), (words_in(phrase), value)) for phrase, value in read.numbers.items()
        ),
        spoken=_by_first((one.phrase, one) for one in _spoken(read)),
        joins=frozenset(read.harmless.joins),
        turns=_turns(read),
    )


def _spoken(read: _File) -> Iterator[Spoken]:
    for text, times in read.frequency.items():
        yield Spoken(words_in(text), Kind.FREQUENCY, times)
    for moment, texts in read.moments.items():
        yield from (Spoken(words_in(text), Kind.MOMENT, moment=moment) for text in texts)
    for kind, plain in (
        (Kind.TIMES, read.counted.times),
        (Kind.HOURS, read.counted.hours),
        (Kind.SPARSE, read.counted.sparse),
        (Kind.HARMLESS, read.harmless.phrases),
        (Kind.TOTAL, read.harmless.total),
        (Kind.REASON, read.harmless.reason),
    ):
        yield from (Spoken(words_in(text), kind) for text in plain)


def _turns(read: _File) -> frozenset[str]:
    """The words listed, and every word of a number or a time of day that is not small."""
    times = chain(read.numbers, read.frequency, *read.moments.values(), *_counted(read.counted))
    said = {word for text in times for word in words_in(text)}
    return frozenset({*read.harmless.turns, *(said - {*read.harmless.small})})


def _counted(counted: _Counted) -> tuple[tuple[str, ...], ...]:
    return counted.times, counted.hours, counted.sparse


def _by_first(found: Iterable[tuple[Phrase, T]]) -> dict[str, tuple[T, ...]]:
    """By the first word of each phrase, longest first."""
    table: dict[str, list[tuple[Phrase, T]]] = {}
    for phrase, value in sorted(found, key=lambda pair: -len(pair[0])):
        table.setdefault(phrase[0], []).append((phrase, value))
    return {first: tuple(value for _, value in pairs) for first, pairs in table.items()}


@cache
def packaged_sig_words() -> SigWords:
    """The words that ship with the knowledge, read once per process."""
    return parse_sig_words((DATA / FILE).read_text("utf-8"))
