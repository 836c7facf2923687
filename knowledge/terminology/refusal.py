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
    """The reason, what is said after the quoted text, and whether no other name may answer it.

    `more` is true where a drug is left open: only a name that tells a further one answers it.
    """

    reason: Reason
    detail: str
    denies: bool = False
    more: bool = False


def refusal(parsed: Parsed, named: list[Mark], drugs: frozenset[str]) -> Refusal | None:
    """The gravest reason, or None where the drugs may be answered."""
    if len(parsed.marks) == 1 and not parsed.unknown and not parsed.seen & DOUBTFUL:
        return None
    if parsed.seen & DENIES and any(mark in named for mark in negated(parsed)):
        return Refusal(Reason.AMBIGUOUS, " may say that it is not taken", denies=True)
    if len(named) > 1 and contradicts(parsed.text, named):
        detail = ": a name and a brand in it are different drugs"
        return Refusal(Reason.CONFLICT, detail, denies=True)
    return _kind_or_several(parsed, named, drugs) or _doubt(parsed)


def _kind_or_several(parsed: Parsed, named: list[Mark], drugs: frozenset[str]) -> Refusal | None:
    """What a kind of drug, or several named drugs, leave open."""
    kind = _kind(parsed, drugs) if len(parsed.marks) > len(parsed.named) else ""
    if kind:
        return Refusal(Reason.AMBIGUOUS, f" does not say which kind of {kind}", more=True)
    return _among(parsed, named) if len(named) > 1 else None


def _doubt(parsed: Parsed) -> Refusal | None:
    """What is not said clearly enough of the drugs that are named."""
    open_word = open_end(parsed) if parsed.seen & OPENS_END else ""
    if open_word:
        detail = f" does not say which drug '{open_word}' is"
        return Refusal(Reason.AMBIGUOUS, detail, more=True)
    other = variant_word(parsed)
    if other:
        return Refusal(Reason.AMBIGUOUS, f": '{other}' makes it another product, not known")
    part = (vague_mineral(parsed) or unread_part(parsed)) if parsed.unknown else ""
    unread = f" has a part that is not known: '{part}'"
    return Refusal(Reason.AMBIGUOUS, unread) if part else None


def _among(parsed: Parsed, named: list[Mark]) -> Refusal | None:
    """What several named drugs leave open."""
    if agree_in_part(parsed.text, named):
        return Refusal(Reason.AMBIGUOUS, ": a name and a brand in it agree only in part")
    if parsed.seen & ALTERNATIVE and alternatives(parsed.text, named):
        return Refusal(Reason.AMBIGUOUS, " names drugs of which one is meant")
    return None


def _kind(parsed: Parsed, drugs: frozenset[str]) -> str:
    """The name of a kind of drug, such as insulin, that no named drug makes plain."""
    for mark in parsed.marks:
        if mark.entry.kind is Kind.AMBIGUOUS:
            word = parsed.phrase(mark)
            if not any(word in key(drug) for drug in drugs):
                return word
    return ""
