"""What each word of a list is, as bits, so that one look-up a word tells which checks a text needs.

A text of ten words would otherwise be compared with a dozen word lists; most texts hold words of
two or three of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from string import ascii_lowercase

from knowledge.terminology.forms import first_words
from knowledge.terminology.harmless import harmless_words, instruction_words, join_words
from knowledge.terminology.tables import words

HARMLESS = 1  # names no drug
BEGINS_INSTRUCTIONS = 2
DENIES = 4
VACCINE = 8
OPENS_END = 16  # may stand for a drug that is not named
ALTERNATIVE = 32
ROUTE = 64  # may begin a phrase that tells a route
VARIANT = 128  # may make another product of a name
DOUBTFUL = DENIES | OPENS_END | ALTERNATIVE | VARIANT


@lru_cache(maxsize=1)
def traits() -> dict[str, int]:
    """The bits of every word that has any."""
    found: dict[str, int] = defaultdict(int)
    for bit, listed in _lists():
        for word in listed:
            found[word] |= bit
    return dict(found)


def _lists() -> tuple[tuple[int, Iterable[str]], ...]:
    table = words()
    ends, denials, variants = table.open_ended, table.negations, table.variants
    stand_for_drugs = ends.after_join | ends.after_comma | ends.after_name
    return (
        (HARMLESS, harmless_words()),
        (BEGINS_INSTRUCTIONS, instruction_words() - join_words()),
        (DENIES, denials.before | denials.after),
        (VACCINE, table.vaccines.words),
        (OPENS_END, {phrase.split(" ")[0] for phrase in stand_for_drugs}),
        (ALTERNATIVE, ends.alternatives),
        (ROUTE, first_words()),
        (VARIANT, variants.after_brand | variants.after_name | variants.before),
        (VARIANT, ascii_lowercase),  # `Senokot-S`
    )
