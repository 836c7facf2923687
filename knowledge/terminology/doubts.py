"""What forbids an answer although drugs are named: denial, contradiction, another product."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

from knowledge.terminology.entries import Kind
from knowledge.terminology.harmless import harmless_words
from knowledge.terminology.parsed import Parsed
from knowledge.terminology.scan import Mark
from knowledge.terminology.tables import Negations, Variants, words
from knowledge.terminology.tokens import COMMA, HYPHEN, JOIN, OPEN, SPACE, Words


@lru_cache(maxsize=1)
def _negations() -> Negations:
    return words().negations


@lru_cache(maxsize=1)
def _variants() -> Variants:
    return words().variants


@lru_cache(maxsize=1)
def _joining() -> frozenset[str]:
    return words().joins.strict


def without_asides(text: Words, named: list[Mark]) -> list[Mark]:
    """Leave out doubtful names in brackets or lists that differ from the drug named surely.

    A doubtful name is a word that is a drug in rare lists only. Those of several drugs stay: they
    are products and combinations, and to leave one out would be to drop its drugs unsaid.
    """
    if len(named) == 1:
        return named
    sure = {drug for mark in named if mark.entry.sure for drug in mark.entry.ingredients}
    if not sure:
        return named
    return [
        mark
        for mark in named
        if mark.entry.sure
        or len(mark.entry.ingredients) > 1
        or not sure.isdisjoint(mark.entry.ingredients)
        or not (text.depth[mark.start] or text.gaps[mark.start] in (COMMA, OPEN))
    ]


def without_elements(text: Words, named: list[Mark]) -> list[Mark]:
    """Leave out an element named beside its own salt: it is what the salt holds."""
    if len(named) == 1:
        return named
    return [mark for mark in named if not _held_by_a_salt(text, mark, named)]


def _held_by_a_salt(text: Words, mark: Mark, named: list[Mark]) -> bool:
    salts = words().elements.get(mark.entry.ingredients[0]) if mark.entry.ingredients else None
    if salts is None or len(mark.entry.ingredients) > 1 or text.gaps[mark.start] == JOIN:
        return False
    others = (drug for other in named if other is not mark for drug in other.entry.ingredients)
    return any(
        drug != mark.entry.ingredients[0] and not salts.isdisjoint(drug.split(" "))
        for drug in others
    )


def alternatives(text: Words, named: list[Mark]) -> bool:
    """True where one of two different drugs is meant: `X or Y`."""
    between = words().open_ended.alternatives
    if between.isdisjoint(text.words):
        return False
    return any(
        other.start
        and text.words[other.start - 1] in between
        and set(one.entry.ingredients) != set(other.entry.ingredients)
        for one, other in pairwise(named)
    )


def open_end(parsed: Parsed) -> str:
    """The word that stands for a drug and does not say which (`X and diuretics`); else empty."""
    told, table = parsed.text.words, words().open_ended
    for mark in parsed.named:
        at = _past(parsed, mark.end, _salts())
        if at < len(told) and told[at] in table.after_name:
            return told[at]
        at = _past(parsed, at, _amounts())
        if at >= len(told):
            continue
        listed = parsed.text.gaps[at] == COMMA and told[at] in table.after_comma
        if listed and not _conjunctions().isdisjoint(told[at + 1 : at + 2]):
            return told[at]
        joined = told[at] in _conjunctions()
        if joined or parsed.text.gaps[at] == JOIN:
            at += joined
            for length in (3, 2, 1):
                phrase = " ".join(told[at : at + length])
                if phrase in table.after_join:
                    return phrase
    return ""


def _past(parsed: Parsed, at: int, skipped: frozenset[str]) -> int:
    """The first place from this one on that no word of these, and no number, stands at."""
    told, gaps = parsed.text.words, parsed.text.gaps
    while at < len(told) and at not in parsed.covered and gaps[at] != JOIN:
        if told[at] not in skipped and not told[at][0].isdigit():
            break
        at += 1
    return at


@lru_cache(maxsize=1)
def _amounts() -> frozenset[str]:
    """Salts, units and forms: what stands between a drug and the next one."""
    table = words().words
    return frozenset(table.salts) | frozenset(table.units) | frozenset(table.forms)


@lru_cache(maxsize=1)
def _conjunctions() -> frozenset[str]:
    return (words().joins.strict | words().joins.loose) - words().open_ended.alternatives


@lru_cache(maxsize=1)
def _salts() -> frozenset[str]:
    return frozenset(words().words.salts)


def vague_mineral(parsed: Parsed) -> str:
    """The unknown word after a mineral, as it may be the salt that says which drug it is."""
    text = parsed.text
    for mark in parsed.named:
        at = mark.end
        beside = at in parsed.unknown and text.gaps[at] == SPACE and not mark.guessed
        if beside and _salts().issuperset(text.words[mark.start : at]):
            return text.words[at]
    return ""


def contradicts(text: Words, named: list[Mark]) -> bool:
    """True where a brand and a name, one of them in brackets, share no drug."""
    within, without = _inside_and_outside(text, named)
    return bool(within and without) and not within & without


def agree_in_part(text: Words, named: list[Mark]) -> bool:
    """True where a brand and a name, one of them in brackets, each have a drug of their own."""
    within, without = _inside_and_outside(text, named)
    return bool(within - without and without - within)


def _inside_and_outside(text: Words, named: list[Mark]) -> tuple[set[str], set[str]]:
    """The drugs within brackets and before them, where one side is a product; else nothing."""
    inside = [mark for mark in named if text.depth[mark.start]]
    if not inside or len(inside) == len(named):
        return set(), set()
    if all(mark.entry.kind is Kind.NAME for mark in named):
        return set(), set()
    if any(text.words[mark.start - 1] in _joining() for mark in inside if mark.start):
        return set(), set()
    within = {drug for mark in inside for drug in mark.entry.ingredients}
    outside = (mark for mark in named if not text.depth[mark.start])
    return within, {drug for mark in outside for drug in mark.entry.ingredients}


def negated(parsed: Parsed) -> list[Mark]:
    """The named drugs near which a word stands that denies them."""
    rules, all_words = _negations(), parsed.text.words
    if rules.before.isdisjoint(all_words) and rules.after.isdisjoint(all_words):
        return []
    return [mark for mark in parsed.named if _denied(parsed, mark, rules)]


def _denied(parsed: Parsed, mark: Mark, rules: Negations) -> bool:
    words, covered = parsed.text.words, parsed.covered
    for at in range(max(0, mark.start - rules.reach), mark.start):
        if words[at] in rules.before and at not in covered:
            return True
    for at in range(mark.end, min(len(words), mark.end + rules.reach)):
        if words[at] in rules.after and at not in covered and words[at - 1] not in rules.bids:
            return True
    return False


def variant_word(parsed: Parsed) -> str:
    """The word beside a name that makes another product of it; empty if there is none."""
    for mark in parsed.named:
        word = _after(parsed, mark) or _before(parsed, mark)
        if word:
            return word
    return ""


def _after(parsed: Parsed, mark: Mark) -> str:
    text, at, rules = parsed.text, mark.end, _variants()
    if at >= len(text.words) or at in parsed.covered or text.gaps[at] not in (SPACE, HYPHEN):
        return ""
    word = text.words[at]
    product = mark.entry.kind is Kind.BRAND or not mark.entry.sure
    if product and len(word) == 1 and word.isalpha() and _ends_with_hyphen(text, at):
        return word
    makes = rules.after_brand if product else rules.after_name
    # `X plus Y` joins two drugs, while `X plus` is a product of its own.
    joins = word in _joining() and at + 1 in parsed.covered
    return word if word in makes and not joins else ""


def _ends_with_hyphen(text: Words, at: int) -> bool:
    """True for the last word of a chain of hyphens: `Senokot-S`."""
    last = at + 1 == len(text.words) or text.gaps[at + 1] != HYPHEN
    return text.gaps[at] == HYPHEN and last


def _before(parsed: Parsed, mark: Mark) -> str:
    text, at, rules = parsed.text, mark.start - 1, _variants()
    if at < 0 or at in parsed.covered or text.gaps[mark.start] not in (SPACE, HYPHEN):
        return ""
    word = text.words[at]
    ends = word.endswith(rules.before_endings) and word not in harmless_words()
    return word if ends or word in rules.before else ""
