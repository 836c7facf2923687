"""A mitigation that can harm proves first that it may be offered; some are never offered.

What is never proposed is not named either, lest a sentence do what a list may not: only a text that
says that it warns of it, and a rule about those who take it, may.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from knowledge.checks.rules import placeholder_faults
from knowledge.draft import Draft, Place
from knowledge.faults import Fault
from knowledge.layout import Kind
from knowledge.model import EVERY_INGREDIENT, Knowledge, Mitigation, Rule, Tier

_REPLACEMENT = "replacement"


def check(draft: Draft) -> Iterator[Fault]:
    """Faults of guard rails, of what is proposed, and of sentences."""
    never = never_proposed(draft.knowledge)
    for mitigation in draft.knowledge.mitigations.values():
        place = draft.place(Kind.MITIGATION, mitigation.id)
        if mitigation.can_harm and not mitigation.offer_when:
            yield place.at("offer_when").fault(
                "is missing although the mitigation can harm: name what must be proven first"
            )
        for index, condition in enumerate(mitigation.withhold_when):
            if not condition:
                yield place.at(f"withhold_when[{index}]").fault(
                    "is empty, so the mitigation would never be offered"
                )
        for key in ("proposes", "leads_to"):
            for selector in getattr(mitigation, key):
                banned = sorted(_selected(draft.knowledge, selector) & never)
                if banned:
                    yield place.at(key).fault(
                        f"{selector} puts forward {', '.join(banned)}, which is never proposed"
                    )
        yield from _warnings(mitigation, place, never)
        for key, text in _sentences(mitigation):
            yield from placeholder_faults(draft, place.at(key), text)
            for name in _named_in(text, draft.knowledge, never):
                if name not in mitigation.warns_of:
                    yield place.at(key).fault(
                        f"names {name}, which is never proposed; a text that warns of it says so "
                        "in warns_of"
                    )
    for rule in draft.knowledge.rules:
        yield from _rule_texts(rule, draft, never)


def _warnings(mitigation: Mitigation, place: Place, never: frozenset[str]) -> Iterator[Fault]:
    """What puts something forward does not warn of it."""
    for name in mitigation.warns_of:
        if name not in never:
            yield place.at("warns_of").fault(f"{name} is not among what is never proposed")
    forward = mitigation.proposes or mitigation.leads_to
    if mitigation.warns_of and (forward or mitigation.kind == _REPLACEMENT):
        yield place.at("warns_of").fault("is given for a proposal; take the name out of its text")


def _rule_texts(rule: Rule, draft: Draft, never: frozenset[str]) -> Iterator[Fault]:
    """A rule names what is never proposed only where the rule is about somebody who takes it."""
    knowledge = draft.knowledge
    about = {name for s in (rule.drug, rule.partner, rule.also) for name in _taken(knowledge, s)}
    texts = [("summary", rule.summary)]
    texts += [(f"notes[{number}].text", note.text) for number, note in enumerate(rule.notes)]
    for key, text in texts:
        for name in _named_in(text, knowledge, never - about):
            yield (
                draft.place(Kind.RULE, rule.id)
                .at(key)
                .fault(f"names {name}, which is never proposed, though the rule is not about it")
            )


def _taken(knowledge: Knowledge, selector: str) -> frozenset[str]:
    return frozenset() if selector in EVERY_INGREDIENT else _selected(knowledge, selector)


def never_proposed(knowledge: Knowledge) -> frozenset[str]:
    """Substances that no answer may put forward."""
    of_groups = {
        name for group in knowledge.groups.values() if group.never_propose for name in group.members
    }
    of_tier = {
        ingredient.name
        for ingredient in knowledge.ingredients.values()
        if ingredient.tier is Tier.NEVER
    }
    return frozenset(of_groups | of_tier)


def _selected(knowledge: Knowledge, selector: str) -> frozenset[str]:
    group = knowledge.groups.get(selector)
    return group.members if group else frozenset({selector})


def _sentences(mitigation: Mitigation) -> Iterator[tuple[str, str]]:
    yield "text", mitigation.text
    for index, adjustment in enumerate(mitigation.adjust):
        yield f"adjust[{index}].text", adjustment.text


def _named_in(text: str, knowledge: Knowledge, never: frozenset[str]) -> Iterator[str]:
    plain = unicodedata.normalize("NFKC", text)
    for substance in sorted(never):
        names = {substance}
        if ingredient := knowledge.ingredients.get(substance):
            names |= {ingredient.inn, *ingredient.synonyms, *ingredient.salts, *ingredient.brands}
        if any(_pattern(name).search(plain) for name in names):
            yield substance


@lru_cache(1024)
def _pattern(name: str) -> re.Pattern[str]:
    """A name as a whole, however its parts are set apart: Vitamin K-2, tonic-water."""
    parts = r"[\W_]*".join(re.findall(r"[^\W\d_]+|\d+", name))
    return re.compile(rf"(?<![^\W_]){parts}(?![^\W_])", re.IGNORECASE)
