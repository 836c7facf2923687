"""Why drugs that a name gives may not be answered."""

from __future__ import annotations

from msgspec import Struct

from knowledge.terminology.concept import Reason
from knowledge.terminology.doubts import (
    agree_in_part,
    alternatives,
    contradicts,
    negated,
    open_end,
    vague_mineral,
    variant_word,
)
from knowledge.terminology.entries import Kind
from knowledge.terminology.parsed import Parsed
from knowledge.terminology.parts import unread_part
from knowledge.terminology.scan import Mark
from knowledge.terminology.tokens import key
from knowledge.terminology.traits import ALTERNATIVE, DENIES, DOUBTFUL, OPENS_END


class Refusal(Struct, frozen=True):
    """The reason, what is said after the quoted text, and whether no other name may answer it."""

    reason: Reason
    detail: str
    denies: bool = False


def refusal(parsed: Parsed, named: list[Mark], drugs: frozenset[str]) -> Refusal | None:
    """The gravest reason, or None where the drugs may be answered."""
    if len(parsed.marks) == 1 and not parsed.unknown and not parsed.seen & DOUBTFUL:
        return None
    if parsed.seen & DENIES and any(mark in named for mark in negated(parsed)):
        return Refusal(Reason.AMBIGUOUS, " may say that it is not taken", denies=True)
    if len(named) > 1 and contradicts(parsed.text, named):
        detail = ": a name and a brand in it are different drugs"
        return Refusal(Reason.CONFLICT, detail, denies=True)
    doubt = _doubt(parsed, named, drugs)
    return Refusal(Reason.AMBIGUOUS, doubt) if doubt else None


def _doubt(parsed: Parsed, named: list[Mark], drugs: frozenset[str]) -> str:
    """What is not said clearly enough; empty if all is."""
    kind = _kind(parsed, drugs) if len(parsed.marks) > len(parsed.named) else ""
    if kind:
        return f" does not say which kind of {kind}"
    among = _among(parsed, named) if len(named) > 1 else ""
    if among:
        return among
    open_word = open_end(parsed) if parsed.seen & OPENS_END else ""
    if open_word:
        return f" does not say which drug '{open_word}' is"
    other = variant_word(parsed)
    if other:
        return f": '{other}' makes it another product, not known"
    part = (vague_mineral(parsed) or unread_part(parsed)) if parsed.unknown else ""
    return f" has a part that is not known: '{part}'" if part else ""


def _among(parsed: Parsed, named: list[Mark]) -> str:
    """What several named drugs leave open."""
    if agree_in_part(parsed.text, named):
        return ": a name and a brand in it agree only in part"
    either = parsed.seen & ALTERNATIVE and alternatives(parsed.text, named)
    return " names drugs of which one is meant" if either else ""


def _kind(parsed: Parsed, drugs: frozenset[str]) -> str:
    """The name of a kind of drug, such as insulin, that no named drug makes plain."""
    for mark in parsed.marks:
        if mark.entry.kind is Kind.AMBIGUOUS:
            word = parsed.phrase(mark)
            if not any(word in key(drug) for drug in drugs):
                return word
    return ""
