"""Mitigations and their guard rails, applied last and to whatever rule proposed them."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from knowledge.logic import Gate, prove, prove_one_of
from knowledge.model import Adjustment, Knowledge, Mitigation
from knowledge.vocabulary import (
    Clause,
    Condition,
    Fact,
    LabCut,
    LabIs,
    LabState,
    TermRef,
    UnreadKind,
)
from plugin.facts.book import FactBook
from plugin.facts.labs import evidence_of
from plugin.facts.numbers import FactNumbers, either
from plugin.facts.plans import Plans
from plugin.model import ALLERGY, Evidence, Offered, Unread, Withheld

_ON_FILE = "Allergy or intolerance on file: {drugs}."


class Rail(Struct, frozen=True):
    """A mitigation, and what was settled of its guard rails once."""

    mitigation: Mitigation
    proposed: frozenset[str]  # the ingredients that it puts forward
    leads_to: frozenset[str]  # those that a person may choose of it
    offer: Gate
    settled: bool  # whether an open `offer` proves all that must be proven
    decided: bool  # whether numbered facts decide the rest too: what blocks it, what is added
    complications: int  # facts of which one holds wherever a guard rail or an adjustment does
    guards: tuple[tuple[Gate, Condition], ...]
    adjust: tuple[tuple[Gate, Adjustment], ...]


class Rails(Struct, frozen=True):
    """Every mitigation, ready to be weighed, and those that no rule has to propose."""

    by_id: dict[str, Rail]
    unprompted: tuple[Rail, ...]
    heard: frozenset[str] | None  # kinds of which an unread entry is behind each unprompted one

    def silent(self, unread: tuple[Unread, ...]) -> bool:
        """True where no unprompted one can be offered or withheld, by what was not read."""
        heard = self.heard
        if heard is None:
            return False
        return not unread or not any(one.kind in heard for one in unread)


def rails(knowledge: Knowledge, numbers: FactNumbers) -> Rails:
    """The guard rails of a knowledge."""
    by_id = {name: _rail(one, knowledge, numbers) for name, one in knowledge.mitigations.items()}
    unprompted = tuple(rail for rail in by_id.values() if rail.mitigation.unprompted)
    kinds = [_kinds(rail) for rail in unprompted]
    heard = None if None in kinds else frozenset().union(*filter(None, kinds))
    return Rails(by_id, unprompted, heard)


def _kinds(rail: Rail) -> frozenset[str] | None:
    """The kinds of unread entries without which nobody hears of it; None where it asks for more."""
    if not _silent(rail):
        return None
    for clause in rail.mitigation.offer_when:
        kinds = [fact.kind for fact in clause if isinstance(fact, UnreadKind)]
        if len(kinds) == len(clause):
            return frozenset(kinds)
    return None


def _silent(rail: Rail) -> bool:
    """True where it is not withheld either, should it not be offered."""
    return not rail.mitigation.can_harm and not rail.guards


def _rail(one: Mitigation, knowledge: Knowledge, numbers: FactNumbers) -> Rail:
    conditional = (*one.withhold_when, *(extra.when for extra in one.adjust))
    return Rail(
        mitigation=one,
        proposed=frozenset().union(*map(knowledge.members, one.proposes)),
        leads_to=frozenset().union(*map(knowledge.members, one.leads_to)),
        offer=numbers.gate(one.offer_when),
        settled=all(numbers.clause(clause) is not None for clause in one.offer_when),
        decided=all(numbers.clause(clause) is not None for one in conditional for clause in one),
        complications=either(numbers.needed(condition) for condition in conditional),
        guards=tuple((numbers.gate(guard), guard) for guard in one.withhold_when),
        adjust=tuple((numbers.gate(extra.when), extra) for extra in one.adjust),
    )


class Guarded:
    """Offers and withholds each mitigation once, in the order in which they were proposed."""

    def __init__(self, book: FactBook, ready: Rails, plans: Plans) -> None:
        self._book = book
        self._plans = plans
        self._rails = ready
        self.offered: dict[str, Offered] = {}
        self.withheld: dict[str, Withheld] = {}
        self._seen: set[str] = set()

    def propose(self, ids: Iterable[str]) -> None:
        """Weigh mitigations, and what offering them adds."""
        queue = [name for name in ids if name not in self._seen]
        offers = self._plans.of(self._book.true).offers if queue else {}
        for name in queue:  # which grows as it is gone through
            if name in self._seen:
                continue
            self._seen.add(name)
            rail, known = self._rails.by_id[name], offers.get(name)
            if known is None:
                added = self._weigh(rail)
                if rail.settled and rail.decided and name in self.offered:
                    offers[name] = self.offered[name], added
            else:
                self.offered[name], added = known
            if self._book.record.allergies and name in self.offered and self._refused(rail):
                continue
            queue += added

    def _refused(self, rail: Rail) -> bool:
        """Withhold what would be offered, where an allergy to a drug of it is on file.

        One to a drug that it may lead to is said with it: there are others to choose.
        """
        name = rail.mitigation.id
        because = tuple(dict.fromkeys(self._allergic_to(rail.proposed)))
        if because:
            del self.offered[name]
            self.withheld[name] = Withheld(name, because)
        elif known := dict.fromkeys(one.fact for one in self._allergic_to(rail.leads_to)):
            offered = self.offered[name]
            drugs = ", ".join([fact.removeprefix(ALLERGY) for fact in known])
            text = f"{offered.text} {_ON_FILE.format(drugs=drugs)}"
            self.offered[name] = Offered(offered.id, offered.kind, text)
        return bool(because)

    def _allergic_to(self, drugs: frozenset[str]) -> list[Evidence]:
        """The allergies to any of these drugs: a class by its name."""
        return [
            Evidence(f"{ALLERGY}{name}", one.reference, date=one.day.isoformat() if one.day else "")
            for one in self._book.record.allergies
            if not drugs.isdisjoint(one.ingredients)
            for name in ([one.named] if one.named else sorted(drugs.intersection(one.ingredients)))
        ]

    def propose_unprompted(self) -> None:
        """Weigh those that no rule proposes."""
        if self._rails.silent(self._book.record.unread):
            return
        self.propose([rail.mitigation.id for rail in self._rails.unprompted if self._matters(rail)])

    def _matters(self, rail: Rail) -> bool:
        """False where weighing could neither offer nor withhold it: most charts end here, before
        anybody asks which facts hold.
        """
        return not _silent(rail) or prove(rail.mitigation.offer_when, self._book.ask) is not None

    def _weigh(self, rail: Rail) -> tuple[str, ...]:
        mitigation = rail.mitigation
        missing = self._missing(rail)
        if missing and any(_about_medication(clause) for clause in missing):
            return ()  # what it is about is not taken: there is nothing to offer or withhold
        blocked = self._blocked(rail)
        if blocked is None and missing and mitigation.can_harm:
            blocked = _why_not(missing, self._book)
        if blocked is not None:
            self.withheld[mitigation.id] = Withheld(mitigation.id, blocked)
        if blocked is not None or missing:
            return ()
        adjustments = self._that_hold(rail.adjust)
        text = " ".join([mitigation.text, *[one.text for one in adjustments if one.text]])
        self.offered[mitigation.id] = Offered(mitigation.id, mitigation.kind, text)
        return tuple([name for one in adjustments for name in one.add])

    def _missing(self, rail: Rail) -> list[Clause]:
        """What must be proven for it to be offered, and is not."""
        if rail.settled and rail.offer.open(self._book.true):
            return []
        prove_fact = self._book.prove
        return [c for c in rail.mitigation.offer_when if prove_one_of(c, prove_fact) is None]

    def _blocked(self, rail: Rail) -> tuple[Evidence, ...] | None:
        """The evidence of every guard rail that stops it; None where none does."""
        true = self._book.true
        if not true & rail.complications:
            return None
        asked = [guard for gate, guard in rail.guards if gate.open(true)]
        proofs = [p for guard in asked if (p := prove(guard, self._book.prove)) is not None]
        return tuple(dict.fromkeys(item for proof in proofs for item in proof)) if proofs else None

    def _that_hold(self, adjust: tuple[tuple[Gate, Adjustment], ...]) -> list[Adjustment]:
        true = self._book.true
        asked = [one for gate, one in adjust if gate.open(true)]
        return [one for one in asked if prove(one.when, self._book.prove) is not None]


def _about_medication(clause: Clause) -> bool:
    return all(fact.about_medication for fact in clause)


def _why_not(missing: list[Clause], book: FactBook) -> tuple[Evidence, ...]:
    """What is not proven, as facts of the record where it has any."""
    reasons = [reason for clause in missing for fact in clause for reason in _unproven(fact, book)]
    return tuple(dict.fromkeys(reasons))


def _unproven(fact: Fact, book: FactBook) -> list[Evidence]:
    if isinstance(fact, TermRef):
        condition = book.knowledge.terms[fact.name].condition
        facts = [f for clause in condition for f in clause]
        return [reason for f in facts for reason in _unproven(f, book)]
    if isinstance(fact, LabCut | LabIs):
        return _unproven_lab(fact, book)
    return [Evidence(f"not {fact}")]


def _unproven_lab(fact: LabCut | LabIs, book: FactBook) -> list[Evidence]:
    view = book.labs.of(fact.analyte)
    if view.results and not view.suspect:
        return [evidence_of(result, f"not {fact}") for result in view.results]
    if view.suspect:
        state = LabState.SUSPECT
    else:
        state = LabState.UNREAD if view.unread else LabState.UNKNOWN
    return list(book.prove(LabIs(fact.analyte, state)) or ())
