"""The phrases of `terminology/sig.toml`, as tuples of words, ready for look-up."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec
from msgspec import Struct

from plugin.errors import KnowledgeInvalid

FILE = "terminology/sig.toml"
NUMBER = "#"
_TOKEN = re.compile(r"\d{1,3}(?:,\d{3})+|\d+/\d+|\d+\.\d+|\.\d+|\d+|[a-zµ]+|#|\S")

Phrase = tuple[str, ...]


class SigWords(Struct, frozen=True):
    """Every list of the file. `longest` is the number of words of its longest phrase."""

    numbers: dict[Phrase, Decimal]
    frequency: dict[Phrase, int]
    times: frozenset[Phrase]
    hours: frozenset[Phrase]
    sparse: frozenset[Phrase]
    moments: dict[Phrase, str]
    harmless: frozenset[Phrase]
    joins: frozenset[str]
    reason: frozenset[Phrase]
    turns: frozenset[str]
    longest: int


class _Counted(Struct, forbid_unknown_fields=True):
    times: tuple[str, ...]
    hours: tuple[str, ...]
    sparse: tuple[str, ...]


class _Harmless(Struct, forbid_unknown_fields=True):
    phrases: tuple[str, ...]
    joins: tuple[str, ...]
    reason: tuple[str, ...]
    turns: tuple[str, ...]


class _File(Struct, forbid_unknown_fields=True):
    review: dict[str, Any]
    numbers: dict[str, Decimal]
    frequency: dict[str, int]
    counted: _Counted
    moments: dict[str, tuple[str, ...]]
    harmless: _Harmless


def words_in(text: str) -> Phrase:
    """A text as words, numbers and signs, in lower case: `20mg q12h` is 20, mg, q, 12, h."""
    return tuple(_TOKEN.findall(text.casefold().replace("½", " 1/2")))


def parse_sig_words(text: str, file: str = FILE) -> SigWords:
    """Read the file's text. Raises KnowledgeInvalid with the key at fault."""
    try:
        read = msgspec.convert(tomllib.loads(text, parse_float=Decimal), _File)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise KnowledgeInvalid(f"{file}: {error}. Correct the file and start again.") from error
    words = SigWords(
        numbers={words_in(phrase): value for phrase, value in read.numbers.items()},
        frequency={words_in(phrase): times for phrase, times in read.frequency.items()},
        times=_phrases(read.counted.times),
        hours=_phrases(read.counted.hours),
        sparse=_phrases(read.counted.sparse),
        moments={words_in(p): slot for slot, found in read.moments.items() for p in found},
        harmless=_phrases(read.harmless.phrases),
        joins=frozenset(read.harmless.joins),
        reason=_phrases(read.harmless.reason),
        turns=frozenset(read.harmless.turns),
        longest=0,
    )
    groups = (
        words.numbers, words.frequency, words.times, words.hours, words.sparse, words.moments,
        words.harmless, words.reason,
    )  # fmt: skip
    longest = max(len(phrase) for group in groups for phrase in group)
    return msgspec.structs.replace(words, longest=longest)


def _phrases(texts: Iterable[str]) -> frozenset[Phrase]:
    return frozenset(words_in(text) for text in texts)


@cache
def packaged_sig_words() -> SigWords:
    """The words that ship with the knowledge, read once per process."""
    return parse_sig_words((files("knowledge") / "data" / FILE).read_text("utf-8"))
