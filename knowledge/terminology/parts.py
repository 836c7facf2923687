"""The parts of a combination, and whether one of them was not recognised."""

from __future__ import annotations

from functools import lru_cache

from knowledge.terminology.harmless import unit_words
from knowledge.terminology.parsed import Parsed
from knowledge.terminology.scan import Mark
from knowledge.terminology.tables import words
from knowledge.terminology.tokens import HYPHEN, JOIN

BIOLOGIC_SUFFIX = 4  # letters of a suffix such as that of `infliximab-dyyb`
SHORTEST_PART = 4  # an unknown word of fewer letters is no part of a combination


def unread_part(parsed: Parsed) -> str:
    """The word of a part in which no drug is known; empty if every part has one.

    Parts are what stands between / + & and the like, up to the instructions. Dropping one in
    silence would hide a drug, so such a text is not answered at all.
    """
    end = parsed.instructions()
    unknown = [at for at in parsed.unknown if at < end and _counts(parsed, at)]
    for at in unknown:
        if _hyphened(parsed, at):
            return parsed.text.words[at]
    if not unknown:
        return ""
    parts, depth = _parts(parsed), parsed.text.depth
    named = {parts[mark.start] for mark in parsed.named}
    for at in unknown:
        aside = depth[at] > depth[parts.index(parts[at])]  # a maker in brackets
        if parts[at] not in named and not aside:
            return parsed.text.words[at]
    return ""


def _counts(parsed: Parsed, at: int) -> bool:
    """Short words count only where a sign ties them to the name before them: `guaifenesin-pe`."""
    if len(parsed.text.words[at]) >= SHORTEST_PART:
        return True
    tied = parsed.text.gaps[at] in (HYPHEN, JOIN)
    return tied and any(mark.end == at for mark in parsed.named)


def _parts(parsed: Parsed) -> list[int]:
    """The number of the part that each word is in. The slash of `MG/ML` parts nothing."""
    text, units, strict = parsed.text, unit_words(), words().joins.strict
    inside = {at for mark in parsed.marks for at in range(mark.start + 1, mark.end)}
    part, parts = 0, []
    for at, word in enumerate(text.words):
        slash = text.gaps[at] == JOIN and word not in units and not word[0].isdigit()
        joined = slash or (word in strict and at not in parsed.covered)
        part += joined and at not in inside
        parts.append(part)
    return parts


def _hyphened(parsed: Parsed, at: int) -> bool:
    """True for an unknown word that hyphens tie to a name, suffixes of biologics apart."""
    text = parsed.text
    first = last = at
    while first and text.gaps[first] == HYPHEN:
        first -= 1
    while last + 1 < len(text.words) and text.gaps[last + 1] == HYPHEN:
        last += 1
    tied = [mark for mark in parsed.named if mark.start <= last and mark.end > first]
    return bool(tied) and not (last == at and _suffix_of_a_biologic(parsed, tied, at))


def _suffix_of_a_biologic(parsed: Parsed, tied: list[Mark], at: int) -> bool:
    told = parsed.text.words
    before = any(mark.end == at for mark in tied)
    return before and len(told[at]) == BIOLOGIC_SUFFIX and told[at - 1].endswith(_biologics())


@lru_cache(maxsize=1)
def _biologics() -> tuple[str, ...]:
    return words().biologics.endings
