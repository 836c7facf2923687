"""Rules over facts: which rule fires on which drug, at which level, and what gives way to what."""

from __future__ import annotations

from msgspec import Struct

from knowledge.logic import prove
from knowledge.model import Citation, Level, Rule
from plugin.facts.book import DrugPage, FactBook
from plugin.facts.pairs import Pairing, pairings
from plugin.facts.plans import Choice, Chosen, Plans, Ready
from plugin.facts.selection import Candidate, Prepared
from plugin.model import Evidence

Proof = tuple[Evidence, ...]
Asked = dict[int, Proof | None]  # what was proven of the patient, by the rule's place


class Fired(Struct, frozen=True):
    """One rule that fired on one drug."""

    rule: Rule
    drug: str
    level: Level
    partners: tuple[str, ...]
    because: tuple[Evidence, ...]
    notes: tuple[str, ...]
    cited: tuple[Citation, ...]  # of the row of the interaction table, where it is one


def fire_rules(book: FactBook, plans: Plans) -> list[Fired]:
    """Everything that fires, lesser rules removed, rules for flagged drugs last."""
    drugs = [name for name in book.drugs if plans.index.speaks_of(name)]
    if not drugs:
        return []  # as of most charts, of which then no fact need be known
    plan = plans.of(book.true)
    asked: Asked = {}
    fired: list[Fired] = []
    for name in drugs:
        for one, candidate in _asked_of(name, plan.direct(name), book):
            fired += _fire(one, candidate, book.page(name), asked)
    direct = _standing(fired)
    said = {one.rule.id for one in direct}
    beside: list[Fired] = []
    for name in dict.fromkeys([one.drug for one in direct]):
        for one, candidate in _asked_of(name, plan.beside(name), book):
            if said.isdisjoint(one.prepared.rule.yields_to):  # else one that fired says the same
                beside += _fire(one, candidate, book.page(name), asked)
    return direct + beside


def _asked_of(name: str, choice: Choice, book: FactBook) -> Chosen:
    """The rules to prove of a drug: those about interactions where the table says something."""
    if len(choice.alone) == len(choice.every) or not book.table.speaks_of(name):
        return choice.alone
    return choice.every if book.page(name).interaction_states else choice.alone


def _fire(one: Ready, candidate: Candidate, page: DrugPage, asked: Asked) -> list[Fired]:
    prepared = one.prepared
    interaction = prepared.interaction
    if interaction is not None and interaction.state not in page.interaction_states:
        return []
    if _stopped(one, page):
        return []
    because = _because(prepared, candidate, page, asked)
    if because is None:
        return []
    return [_fired(one, page, because, pairing) for pairing in pairings(prepared, page)]


def _fired(one: Ready, page: DrugPage, because: Proof, pairing: Pairing) -> Fired:
    rule = one.prepared.rule
    level = rule.level
    because += pairing.because
    for raised in one.raises:
        proof = prove(raised.when, pairing.prove)
        if proof is not None:
            because += proof
            if raised.to.rank > level.rank:
                level = raised.to
    notes = [note.text for note in one.notes if prove(note.when, pairing.prove) is not None]
    row = pairing.hit.row if pairing.hit else None
    if row is not None and row.text:
        notes.append(row.text)  # what the label says of just this pair
    return Fired(
        rule,
        page.drug.name,
        level,
        pairing.partners,
        because,
        tuple(notes),
        row.sources if row is not None else (),
    )


def _because(one: Prepared, candidate: Candidate, page: DrugPage, asked: Asked) -> Proof | None:
    # A reaction on the allergy list is a symptom with its own drug only, so that a drug with one,
    # and its neighbours, are asked everything and not what holds for the patient as a whole.
    book = page.book
    if book.record.reactions:
        return prove(one.rule.when, page.prove)
    if candidate.position not in asked:
        asked[candidate.position] = prove(one.patient_when, book.prove)
    patient = asked[candidate.position]
    if patient is None or not candidate.drug_when:
        return patient
    own = prove(candidate.drug_when, page.prove)
    return None if own is None else patient + own


def _stopped(one: Ready, page: DrugPage) -> bool:
    prepared = one.prepared
    if prepared.stops is not None and not page.book.record.reactions:
        return one.stopped
    return any(prove((clause,), page.prove) is not None for clause in prepared.rule.unless)


def _standing(fired: list[Fired]) -> list[Fired]:
    """Without what a standing rule of the same level or above replaces.

    A rule that is itself replaced replaces nothing. The loader refuses circles, so asking of the
    greater whether it stands comes to an end.
    """
    for one in fired:
        if one.rule.replaces or one.rule.covers:
            break
    else:
        return fired  # mostly
    rivals: dict[str, list[Fired]] = {}
    for one in fired:
        for name in (one.drug, *one.partners) if one.rule.covers else (one.drug,):
            rivals.setdefault(name, []).append(one)
    stands: dict[int, bool] = {}

    def stand(one: Fired) -> bool:
        if id(one) not in stands:
            stands[id(one)] = not any(
                _gives_way(one, other) and stand(other) for other in rivals[one.drug]
            )
        return stands[id(one)]

    return [one for one in fired if stand(one)]


def _gives_way(lesser: Fired, greater: Fired) -> bool:
    replaced = greater.rule.replaces if lesser.drug == greater.drug else greater.rule.covers
    return lesser.rule.id in replaced and greater.level.rank >= lesser.level.rank
