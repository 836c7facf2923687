"""How one name is spelt in several languages: `torasemida`, `torasemide`, `torasémide`.

Two spellings of one international name differ in a few regular ways: th and t, ph and f, y and i,
ch and c, doubled letters, the letter before a consonant cluster, the vowel at the end. Folding
these away leaves a key that the spellings share. It is no phonetic code: consonants stay as they
are, so that different drugs keep different keys.
"""

from __future__ import annotations

import re

from rapidfuzz.distance import OSA

SHORTEST = 6  # letters of a folded key that tells drugs apart
LONG = 8  # letters of a name from which on two edits are still the same name

_STEPS = (
    (re.compile("ph"), "f"),
    (re.compile("(?:ae|oe)"), "e"),
    (re.compile("^es(?=[bcdfgklmnpqrtv])"), "s"),  # Spanish puts a vowel before a cluster
    (re.compile("ck|k|qu"), "c"),
    (re.compile("z"), "s"),
    (re.compile("h"), ""),
    (re.compile("y"), "i"),
    (re.compile(r"(.)\1+"), r"\1"),
    (re.compile("(?:um|[aeo])$"), ""),
)


def folded(word: str) -> str:
    """The key that the spellings of one name share; empty if it is too short to tell drugs apart.

    >>> folded("hidroclorotiazida") == folded("hydrochlorothiazide")
    True
    """
    for pattern, instead in _STEPS:
        word = pattern.sub(instead, word)
    return word if len(word) >= SHORTEST else ""


def same_name(word: str, name: str) -> bool:
    """True for spellings of one name that share a key, or are an edit or two apart."""
    key = folded(word)
    if key and key == folded(name):
        return True
    limit = 2 if min(len(word), len(name)) >= LONG else 1
    return len(name) >= SHORTEST and OSA.distance(word, name, score_cutoff=limit) <= limit
