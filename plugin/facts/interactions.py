"""What the interaction table says of a drug, given what else is taken and at which daily dose.

Every row speaks for itself: the level and the evidence of a finding are those of the row that it
comes from, never of another row that the same patient happens to meet. A row that nobody found in
a source says no more than that it is unconfirmed, and nothing where another row speaks already.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from knowledge.logic import prove, prove_one_of
from knowledge.model import CAUTION, DOSE_CAP, Interaction, Knowledge, Level, Status
from knowledge.vocabulary import Condition, Fact, InteractionState
from plugin.facts.drugs import Drug, as_number
from plugin.model import Evidence

# Its labels stand in where a jurisdiction has no row of its own for the same drugs: a silence about
# a combination that one label forbids would read as an answer.
FALLBACK = "US"

_ALONE = {
    InteractionState.CONTRAINDICATED: InteractionState.ALONE_CONTRAINDICATED,
    InteractionState.OVER_CAP: InteractionState.ALONE_OVER_CAP,
    InteractionState.DOSE_UNREAD: InteractionState.ALONE_DOSE_UNREAD,
    InteractionState.CAUTION: InteractionState.ALONE_CAUTION,
}
_LIMITS = frozenset(
    {
        InteractionState.CONTRAINDICATED,
        InteractionState.ALONE_CONTRAINDICATED,
        InteractionState.OVER_CAP,
        InteractionState.ALONE_OVER_CAP,
    }
)
# What an unconfirmed row must say to be worth a line; of a dose that was not read it says nothing.
_WORTH_A_LINE = _LIMITS | {InteractionState.CAUTION, InteractionState.ALONE_CAUTION}
_NOBODY: frozenset[str] = frozenset()
_UNCONFIRMED = frozenset({InteractionState.UNCONFIRMED})

_Proof = tuple[Evidence, ...]
# With those of whom each partner is one, and with all of these.
_Row = tuple[Interaction, tuple[frozenset[str], ...], frozenset[str]]


class Hit(Struct, frozen=True):
    """A row of the table that applies, its states, its partners, and what else proves it."""

    row: Interaction
    states: frozenset[InteractionState]
    partners: tuple[str, ...]
    because: tuple[Evidence, ...]


class _Rows(Struct, frozen=True):
    """The rows about one drug, in order; those that ask for no partner; and all their partners."""

    every: tuple[_Row, ...]
    alone: tuple[_Row, ...]
    partners: frozenset[str]


def _rows(rows: list[_Row]) -> _Rows:
    alone = tuple(row for row in rows if not row[1])
    return _Rows(tuple(rows), alone, _NOBODY.union(*[named for _, _, named in rows]))


class InteractionTable:
    """The rows in force in one jurisdiction, by the drug that they are about."""

    def __init__(self, knowledge: Knowledge, jurisdiction: str) -> None:
        known = {FALLBACK, *(name for row in knowledge.interactions for name in row.jurisdictions)}
        if jurisdiction not in known:
            raise ValueError(
                f"{jurisdiction!r} is no jurisdiction of the interaction table: "
                f"use one of {', '.join(sorted(known))}"
            )
        by_drug: dict[str, list[_Row]] = {}
        for row in _in_force(knowledge.interactions, jurisdiction):
            for name in knowledge.members(row.drug):
                others = tuple(knowledge.members(partner) - {name} for partner in row.partners)
                by_drug.setdefault(name, []).append((row, others, _NOBODY.union(*others)))
        self._by_drug = {name: _rows(rows) for name, rows in by_drug.items()}

    def speaks_of(self, name: str) -> bool:
        """Whether any row is about the drug."""
        return name in self._by_drug

    def hits(
        self,
        drug: Drug,
        drugs: dict[str, Drug],
        patient_fact: Callable[[Fact], _Proof | None],
    ) -> tuple[Hit, ...]:
        """Every row that applies to the drug and adds something; confirmed rows come first."""
        rows = self._by_drug.get(drug.name)
        if rows is None:
            return ()
        taken = rows.partners.intersection(drugs)
        found: list[Hit] = []
        for row, others, named in rows.every if taken else rows.alone:
            if any(map(taken.isdisjoint, others)):
                continue
            partners = [drugs[name] for name in sorted(taken & named)] if named else []
            hit = _hit(row, drug, partners, patient_fact)
            if hit is not None:
                found.append(hit)
        if len(found) < 2:  # noqa: PLR2004 - nobody else to speak
            return tuple(found)
        return tuple(hit for hit in found if not any(_outspeaks(one, hit) for one in found))


def _in_force(rows: tuple[Interaction, ...], jurisdiction: str) -> list[Interaction]:
    """The rows of the jurisdiction, then what it borrows; unconfirmed rows last."""
    own = [row for row in rows if jurisdiction in row.jurisdictions]
    settled = {(row.drug, row.partners) for row in own if row.status is not Status.UNCONFIRMED}
    borrowed = [
        row
        for row in rows
        if jurisdiction not in row.jurisdictions
        and FALLBACK in row.jurisdictions
        and (row.drug, row.partners) not in settled
    ]
    acting = [row for row in own + borrowed if row.acts]
    return sorted(acting, key=lambda row: row.status is Status.UNCONFIRMED)


def _hit(
    row: Interaction,
    drug: Drug,
    partners: list[Drug],
    patient_fact: Callable[[Fact], _Proof | None],
) -> Hit | None:
    said = _said(row, drug)
    if row.partner_from_mg is not None:
        partners, unread = _from_dose(row, partners)
        if not partners:
            return None
        said = InteractionState.PARTNER_DOSE_UNREAD if said and unread else said
    if said is None or _stopped(row.unless, patient_fact):
        return None
    proof = prove(row.when, patient_fact)
    states = _states(row, said)
    if proof is None or not states:
        return None
    names = tuple(partner.name for partner in partners)
    return Hit(row, states, names, (*proof, *_doses(row, drug, partners)))


def _outspeaks(louder: Hit, hit: Hit) -> bool:
    """True where one row leaves another nothing to say, of the same drugs or of some of them.

    A confirmed row outspeaks an unconfirmed one, and a limit that is met a caution of no more than
    its level.
    """
    if louder is hit or not hit.partners or not set(hit.partners) <= set(louder.partners):
        return False
    if hit.row.status is Status.UNCONFIRMED:
        return louder.row.status is not Status.UNCONFIRMED
    limited = not louder.states.isdisjoint(_LIMITS) and hit.row.effect == CAUTION
    return limited and louder.row.level.rank >= hit.row.level.rank


def _stopped(unless: Condition, patient_fact: Callable[[Fact], _Proof | None]) -> bool:
    return any(prove_one_of(clause, patient_fact) is not None for clause in unless)


def _from_dose(row: Interaction, partners: list[Drug]) -> tuple[list[Drug], bool]:
    """The partners at the row's dose; else those whose dose could not be read, and True."""
    least = row.partner_from_mg or 0
    high = [one for one in partners if one.daily_mg is not None and one.daily_mg >= least]
    if high:
        return high, False
    return [one for one in partners if one.dose_unread], True


def _states(row: Interaction, said: InteractionState) -> frozenset[InteractionState]:
    if row.status is Status.UNCONFIRMED:
        return _UNCONFIRMED if said in _WORTH_A_LINE else frozenset()
    states = {said}
    if row.level.rank >= Level.WARNING.rank:
        states.add(InteractionState.WARNING)
    if row.level is Level.CRITICAL:
        states.add(InteractionState.CRITICAL)
    if row.critical_with_symptom:
        states.add(InteractionState.CRITICAL_IF_SYMPTOM)
    return frozenset(states)


def _said(row: Interaction, drug: Drug) -> InteractionState | None:
    said = _capped(row, drug) if row.effect == DOSE_CAP else _uncapped(row, drug)
    if row.partners or said is None:
        return said
    # A limit for everybody says nothing of a dose that was not read: nothing points to it.
    unasked = said is InteractionState.DOSE_UNREAD and not row.when
    return None if unasked else _ALONE.get(said, said)


def _uncapped(row: Interaction, drug: Drug) -> InteractionState | None:
    if row.effect != CAUTION:
        return InteractionState.CONTRAINDICATED
    dose = drug.daily_mg
    if row.start_mg is not None and dose is not None and dose <= row.start_mg:
        return InteractionState.CAUTION if drug.dose_unread else None
    return InteractionState.CAUTION


def _capped(row: Interaction, drug: Drug) -> InteractionState | None:
    dose = drug.daily_mg
    if dose is not None and row.cap_mg is not None and dose > row.cap_mg:
        return InteractionState.OVER_CAP
    if drug.dose_unread:
        return InteractionState.DOSE_UNREAD
    return InteractionState.AT_CAP if dose == row.cap_mg else None


def _doses(row: Interaction, drug: Drug, partners: list[Drug]) -> _Proof:
    found: list[Evidence] = []
    dose = drug.daily_mg
    if row.cap_mg is not None and dose is not None and dose > row.cap_mg:
        fact = f"drug:daily-dose>{row.cap_mg}mg"
        shown = as_number(dose)
        found += [Evidence(fact, reference, shown, "mg/d") for reference in drug.references]
    if row.partner_from_mg is not None:
        found += [
            Evidence(f"takes:{one.name}", reference, as_number(one.daily_mg), "mg/d")
            for one in partners
            if one.daily_mg is not None
            for reference in one.references
        ]
    return tuple(found)
