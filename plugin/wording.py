"""Sentences of the knowledge with the patient's drugs and results filled in, and how it stands."""

from __future__ import annotations

import re
from functools import lru_cache

from knowledge.model import Knowledge
from plugin.facts.book import FactBook

_PLACEHOLDER = re.compile(r"\{([a-z0-9-]+)\}")
_UCUM_MARKS = re.compile(r"[][{}]")
NOT_KNOWN = "not known"
_NAMED = frozenset({"drugs", "with"})  # placeholders that are of no result


def listed(names: tuple[str, ...]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(names) < 2:  # noqa: PLR2004 - nothing to join
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def fill(sentence: str, book: FactBook, drugs: tuple[str, ...], partners: tuple[str, ...]) -> str:
    """Fill `{drugs}`, `{with}` and the labs of a sentence: value, unit and day of the result."""
    known = _parts(sentence)
    if _NAMED.issuperset(known[1::2]):
        return _filled(sentence, drugs, partners)
    parts = list(known)
    for place in range(1, len(parts), 2):
        name = parts[place]
        if name == "drugs":
            parts[place] = listed(drugs)
        elif name == "with":
            parts[place] = listed(partners)
        else:
            parts[place] = lab_words(book, name)
    filled = "".join(parts)
    return filled[:1].upper() + filled[1:]


@lru_cache(maxsize=4096)
def _filled(sentence: str, drugs: tuple[str, ...], partners: tuple[str, ...]) -> str:
    """A sentence that speaks of drugs alone, which recur between patients."""
    named = {"drugs": listed(drugs), "with": listed(partners)}
    filled = "".join(
        [
            named.get(part, part) if place % 2 else part
            for place, part in enumerate(_parts(sentence))
        ]
    )
    return filled[:1].upper() + filled[1:]


@lru_cache(maxsize=4096)
def _parts(sentence: str) -> tuple[str, ...]:
    """A sentence of the knowledge cut at its placeholders: words, name, words, name, words."""
    return tuple(_PLACEHOLDER.split(sentence))


def lab_words(book: FactBook, analyte: str) -> str:
    """`3.3 mmol/L (2026-10-25)`, or that it is not known."""
    result = book.labs.of(analyte).newest
    if result is None:
        return NOT_KNOWN
    value = " ".join(part for part in (result.reported, unit_words(result.unit)) if part)
    return f"{value} ({result.day.isoformat()})"


def unit_words(unit: str) -> str:
    """A unit as people write it: `mL/min/1.73 m2` of UCUM's `mL/min/{1.73_m2}`, `mIU/L`."""
    return _UCUM_MARKS.sub("", unit).replace("_", " ")


def review_status(knowledge: Knowledge) -> str:
    """Whether a clinician has checked the knowledge: all of its files, or not yet."""
    files = [file.review.status for file in knowledge.reviews]
    waiting = len(files) - files.count("reviewed")
    if waiting == 0:
        return "clinically reviewed"
    if waiting == len(files):
        return "awaiting clinical review"
    return f"awaiting clinical review in {waiting} of {len(files)} files"
