"""The heart: a patient's record and the knowledge become one answer. Pure.

Facts, then rules over facts, then guard rails over what the rules suggest. Neither the order nor
the repetition of entries changes the answer, and adding a medicine never lowers the level.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from operator import attrgetter
from typing import TypeVar

from knowledge.model import ANY, CARE, FLAGGED, MUSCLE_SYMPTOM, SIGNAL, Knowledge, Level, Rule, Tier
from knowledge.vocabulary import TermRef
from plugin.facts.book import FactBook
from plugin.facts.interactions import InteractionTable
from plugin.facts.numbers import FactNumbers
from plugin.facts.plans import Plans
from plugin.facts.selection import RuleIndex
from plugin.facts.times import age_in_years
from plugin.firing import Fired, fire_rules
from plugin.guarding import Guarded, rails
from plugin.lab_orders import lab_orders
from plugin.model import (
    Assessment,
    Evidence,
    Finding,
    FirstLook,
    ListedMedication,
    NotAssessed,
    Offered,
    PatientRecord,
    Withheld,
)
from plugin.reading.medications import listing
from plugin.reading.memo import remembered
from plugin.wording import fill

T = TypeVar("T")
_REFERENCE = attrgetter("reference")
_SYMPTOM = TermRef(MUSCLE_SYMPTOM)


class Assessor:
    """Assesses records against one knowledge, for one jurisdiction (`US`, `UK`, `EU`).

    Raises ValueError for a jurisdiction that the interaction table does not know.
    """

    def __init__(self, knowledge: Knowledge, jurisdiction: str = "US") -> None:
        self.knowledge = knowledge
        self._table = InteractionTable(knowledge, jurisdiction)
        self._numbers = FactNumbers(knowledge)
        self._index = RuleIndex(knowledge, self._numbers)
        self._plans = Plans(self._index)
        self._rails = rails(knowledge, self._numbers)
        self._rules = {rule.id: rule for rule in knowledge.rules}
        self._sources: Callable[[tuple[str, tuple[str, ...]]], tuple[str, ...]] = remembered(
            self._sources_of
        )
        self._adult = int(knowledge.constants["adult-age-years"].value)
        self._signal = {
            name: knowledge.groups[ingredient.group].rank
            for name, ingredient in knowledge.ingredients.items()
        }

    def book(self, record: PatientRecord, as_of: date) -> FactBook:
        """The facts about one patient on one day, before any rule is asked."""
        return FactBook(record, self.knowledge, as_of, self._table, self._numbers)

    def assess(self, record: PatientRecord, as_of: date) -> Assessment:
        """The answer about one patient on one day."""
        look = _first_look(record)
        return self.assess_at_first(look, as_of) or self.assess_in_full(
            record, as_of, look.medications
        )

    def assess_at_first(self, look: FirstLook, as_of: date) -> Assessment | None:
        """The answer where it takes no more than a look; None where the rest may matter."""
        reason = self._not_assessed(look, as_of)
        if reason is None and not self._quiet(look):
            return None
        return Assessment(
            patient=look.reference,
            as_of=as_of,
            knowledge_version=self.knowledge.version,
            level=Level.NONE,
            medications=look.medications,
            findings=(),
            mitigations=(),
            withheld=(),
            unread=look.unread,
            not_assessed=reason,
        )

    def assess_in_full(
        self,
        record: PatientRecord,
        as_of: date,
        listed: tuple[ListedMedication, ...] | None = None,
    ) -> Assessment:
        """The same of a patient who is to be assessed, though nothing may be to be said.

        `listed` are the medications as a first look listed them, if it did.
        """
        book = self.book(record, as_of)
        groups = _grouped(fire_rules(book, self._plans))
        guarded = Guarded(book, self._rails, self._plans)
        for group in groups:
            guarded.propose(group[0].rule.suggest)
        guarded.propose_unprompted()
        if listed is None:
            listed, _ = listing(record.medications)
        return self._answer(book, self._ordered(groups, guarded), guarded, listed)

    def options(
        self, record: PatientRecord, as_of: date, findings: Iterable[Finding]
    ) -> tuple[tuple[Offered, ...], tuple[Withheld, ...]]:
        """What the rules of some findings of a record suggest: what is offered, what is withheld.

        In the order of the findings; what guard rails added comes last.
        """
        guarded = Guarded(self.book(record, as_of), self._rails, self._plans)
        suggested = [name for one in findings for name in self._rules[one.rule].suggest]
        guarded.propose(suggested)
        offered = _care_last(_after(guarded.offered, suggested))
        return offered, _after(guarded.withheld, suggested)

    def rule(self, finding: Finding) -> Rule:
        """The rule that a finding is of."""
        return self._rules[finding.rule]

    def _not_assessed(self, look: FirstLook, as_of: date) -> NotAssessed | None:
        if look.deceased:
            return NotAssessed.DECEASED
        born = look.birth_date
        if born is not None and age_in_years(born, as_of) < self._adult:
            return NotAssessed.UNDER_18
        return None

    def _quiet(self, look: FirstLook) -> bool:
        """True where nothing can be found or offered: no rule speaks of any drug that is taken.

        So it is of most patients of a list, of whom then no fact need be known.
        """
        return not any(map(self._index.speaks_of, look.taken)) and self._rails.silent(look.unread)

    def _ordered(self, groups: list[list[Fired]], guarded: Guarded) -> list[list[Fired]]:
        """Highest level first; then what is about a drug before care beside it, the strongest
        published signal, and what has an option to offer; then by rule, to be the same each time.
        """

        if len(groups) < 2:  # noqa: PLR2004 - nothing to order
            return groups

        def key(group: list[Fired]) -> tuple[int, bool, int, int, str]:
            rule = group[0].rule
            signal = max(self._signal[fired.drug] for fired in group)
            offers = sum(name in guarded.offered for name in rule.suggest)
            return (-group[0].level.rank, rule.drug == FLAGGED, -signal, -offers, rule.id)

        return sorted(groups, key=key)

    def _answer(
        self,
        book: FactBook,
        groups: list[list[Fired]],
        guarded: Guarded,
        listed: tuple[ListedMedication, ...],
    ) -> Assessment:
        findings = tuple([self._finding(group, book, guarded) for group in groups])
        record = book.record
        offered = _care_last(_in_order(guarded.offered, groups))
        return Assessment(
            patient=record.reference,
            as_of=book.as_of,
            knowledge_version=self.knowledge.version,
            level=findings[0].level if findings else Level.NONE,
            medications=listed,
            findings=findings,
            mitigations=offered,
            withheld=_in_order(guarded.withheld, groups),
            unread=record.unread,
            also=self._also(book, findings),
            orders=lab_orders(offered, self.knowledge, book) if offered else (),
        )

    def _finding(self, group: list[Fired], book: FactBook, guarded: Guarded) -> Finding:
        rule = group[0].rule
        drugs = tuple(dict.fromkeys([fired.drug for fired in group]))
        beside = {name for fired in group for name in fired.partners}
        partners = tuple(sorted(beside.difference(drugs))) if beside else ()
        because = tuple(dict.fromkeys([item for fired in group for item in fired.because]))
        if not any(map(_REFERENCE, because)):
            because += _exposure(drugs, book)  # what rests on an absence still says of what
        notes = dict.fromkeys([note for fired in group for note in fired.notes])
        return Finding(  # by place, since there are many
            rule.id,
            group[0].level,
            drugs,
            partners,
            fill(rule.summary, book, drugs, partners),
            because,
            tuple([name for name in rule.suggest if name in guarded.offered]),
            self._cited(group, drugs),
            tuple([fill(note, book, drugs, partners) for note in notes]),
        )

    def _cited(self, group: list[Fired], drugs: tuple[str, ...]) -> tuple[str, ...]:
        """What the finding rests on first: the labels of an interaction, then the rest."""
        rest = self._sources((group[0].rule.id, drugs))
        rows = [citation.source for fired in group for citation in fired.cited]
        return tuple(dict.fromkeys([*rows, *rest])) if rows else rest

    def _sources_of(self, asked: tuple[str, tuple[str, ...]]) -> tuple[str, ...]:
        """What links a drug to cramps where the rule is about any drug; then the rule's own."""
        id_, drugs = asked
        rule = self._rules[id_]
        signals = [
            citation
            for name in (drugs if rule.drug == ANY else ())
            for claim in self.knowledge.ingredients[name].claims
            if claim.kind == SIGNAL
            for citation in claim.sources
        ]
        return tuple(dict.fromkeys(citation.source for citation in (*signals, *rule.sources)))

    def _also(self, book: FactBook, findings: tuple[Finding, ...]) -> tuple[str, ...]:
        """Weaker links, beside a flagged drug in a patient with a muscle symptom."""
        if not findings or book.prove(_SYMPTOM) is None:
            return ()
        flagged = {name for finding in findings for name in finding.ingredients}
        known = self.knowledge.ingredients
        return tuple(
            name
            for name in book.drugs
            if name in known and name not in flagged and known[name].effective_tier is Tier.LISTED
        )


def _first_look(record: PatientRecord) -> FirstLook:
    listed, taken = listing(record.medications)
    return FirstLook(
        record.reference, record.birth_date, record.deceased, listed, taken, record.unread
    )


def _grouped(fired: list[Fired]) -> list[list[Fired]]:
    """One group per rule and level, drugs in name order."""
    groups: dict[tuple[str, Level], list[Fired]] = {}
    for one in fired:
        groups.setdefault((one.rule.id, one.level), []).append(one)
    return list(groups.values())


def _in_order(weighed: dict[str, T], groups: list[list[Fired]]) -> tuple[T, ...]:
    """In the order of the findings that suggest them; what guard rails added comes last."""
    return _after(weighed, [name for group in groups for name in group[0].rule.suggest])


def _after(weighed: dict[str, T], suggested: Iterable[str]) -> tuple[T, ...]:
    if not weighed:
        return ()
    first = dict.fromkeys(suggested)
    added = sorted(weighed.keys() - first.keys())
    return tuple([weighed[name] for name in (*first, *added) if name in weighed])


def _care_last(offered: tuple[Offered, ...]) -> tuple[Offered, ...]:
    """Rest and fluids come after what is about a drug, a result or a team, whoever added that."""
    care = tuple([one for one in offered if one.kind == CARE])
    return (*[one for one in offered if one.kind != CARE], *care) if care else offered


def _exposure(drugs: tuple[str, ...], book: FactBook) -> tuple[Evidence, ...]:
    """The entries that name the drugs."""
    return tuple(
        Evidence(f"takes:{name}", reference)
        for name in drugs
        for reference in book.drugs[name].references
    )
