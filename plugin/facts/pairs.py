"""A drug with its partners: what a rule asks to be taken beside it, or a row of the table."""

from __future__ import annotations

from msgspec import Struct

from knowledge.logic import prove
from knowledge.model import Rule
from knowledge.vocabulary import Fact, Interacts, TermRef
from plugin.facts.book import DrugPage
from plugin.facts.interactions import Hit
from plugin.facts.pages import hit_evidence
from plugin.facts.selection import Prepared
from plugin.model import Evidence


class Pairing(Struct, frozen=True):
    """A drug and the partners that one rule, or one row of the table, names with it."""

    page: DrugPage
    partners: tuple[str, ...]
    because: tuple[Evidence, ...] = ()
    hit: Hit | None = None

    def prove(self, fact: Fact) -> tuple[Evidence, ...] | None:
        """A fact of this pairing: an interaction fact is asked of its own row only."""
        if self.hit is None:
            return self.page.prove(fact)
        if isinstance(fact, Interacts):
            return (
                hit_evidence(self.page, self.hit, fact) if fact.state in self.hit.states else None
            )
        if isinstance(fact, TermRef):
            return prove(self.page.book.knowledge.terms[fact.name].condition, self.prove)
        return self.page.prove(fact)


def pairings(one: Prepared, page: DrugPage) -> list[Pairing]:
    """Every way in which a rule finds its partners; none where it asks and there is none."""
    rule, fact = one.rule, one.interaction
    named = _taken_beside(rule.also, page) if rule.also else ()
    if fact is not None:
        return [
            Pairing(page, _together(hit.partners, named), hit_evidence(page, hit, fact), hit)
            for hit in page.interactions
            if fact.state in hit.states
        ]
    if not rule.partner:
        return [Pairing(page, named)]
    partners = _taken_beside(rule.partner, page)
    if not partners:
        return []
    return [Pairing(page, _together(partners, named), _entries(rule, partners, page))]


def _taken_beside(selector: str, page: DrugPage) -> tuple[str, ...]:
    return tuple([name for name in page.book.taken(selector) if name != page.drug.name])


def _together(partners: tuple[str, ...], named: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({*partners, *named})) if named else partners


def _entries(rule: Rule, partners: tuple[str, ...], page: DrugPage) -> tuple[Evidence, ...]:
    text = f"takes:{rule.partner}"
    return tuple(
        [
            Evidence(text, reference)
            for name in partners
            for reference in page.book.drugs[name].references
        ]
    )
