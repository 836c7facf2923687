"""Evidence as a clinician reads it: `potassium 3.3 mmol/L (2026-10-25)`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

from knowledge import vocabulary as v
from knowledge.fact_text import FactError, parse_fact
from knowledge.model import Knowledge
from plugin.cards.escape import plain, sentence
from plugin.model import ALLERGY, Evidence, Unread, UnreadReason
from plugin.wording import unit_words

_LAB_STATES = {
    v.LabState.UNKNOWN: ": no current result",
    v.LabState.SUSPECT: ": the result must be repeated",
    v.LabState.UNREAD: ": could not be read",
    v.LabState.OLDER: ": the result is older than 30 days",
    v.LabState.RECENT: "",
}
_MISSING = {UnreadReason.NOT_SENT: "not sent", UnreadReason.INCOMPLETE: "sent in part"}
_MAY_BE_MISSING = (v.LabIs, v.UnreadKind)
_NOTHING: Mapping[str, str] = {}
_NOT = "not "  # how a fact is written that had to be proven, and is not
_DISPENSED = "drug:dispensed"
INTERACTION = "interaction:"


def parts_missing(unread: Iterable[Unread]) -> dict[str, str]:
    """What became of parts of the record that are not there, by the reference of their evidence."""
    return {one.reference: _MISSING[one.reason] for one in unread if one.reason in _MISSING}


def phrases(
    because: tuple[Evidence, ...],
    knowledge: Knowledge,
    about: tuple[str, ...] = (),
    missing: Mapping[str, str] = _NOTHING,
) -> list[str]:
    """What the evidence says, each thing once, in its order.

    `about` are ingredients that the sentence names already: that they are taken is not repeated.
    `missing` is of `parts_missing`.
    """
    known = {f"takes:{name}" for name in about}
    said = dict.fromkeys(
        phrase(evidence, knowledge, missing)
        for evidence in _packages_together(because)
        if evidence.fact not in known
    )
    return [text for text in said if text]


def _packages_together(because: tuple[Evidence, ...]) -> list[Evidence]:
    """The evidence with all that was dispensed as one sum, of the latest day.

    An entry counts once, however many facts it proves.
    """
    handed = {one.reference: one for one in because if one.fact.startswith(_DISPENSED)}
    if not handed:
        return list(because)
    first = next(iter(handed.values()))
    total = sum(one.value for one in handed.values() if isinstance(one.value, int))
    whole = Evidence(first.fact, value=total, date=max(one.date for one in handed.values()))
    place = next(n for n, one in enumerate(because) if one.fact.startswith(_DISPENSED))
    rest = [one for one in because[place:] if not one.fact.startswith(_DISPENSED)]
    return [*because[:place], whole, *rest]


def phrase(evidence: Evidence, knowledge: Knowledge, missing: Mapping[str, str] = _NOTHING) -> str:
    """One piece of evidence. Empty where it would only repeat which drug the finding is about."""
    if evidence.fact.startswith(_NOT):
        return _not_proven(evidence, knowledge)
    if evidence.fact.startswith(ALLERGY):
        dated = f" ({plain(evidence.date)})" if evidence.date else ""
        return f"allergy or intolerance: {plain(evidence.fact.removeprefix(ALLERGY))}{dated}"
    fact = _parsed(evidence.fact)
    if fact is None:
        return plain(evidence.fact)
    if missing and isinstance(fact, _MAY_BE_MISSING) and evidence.reference in missing:
        return _not_there(fact, knowledge, missing[evidence.reference])
    word = _WORDS.get(type(fact))
    said = word(fact, evidence, knowledge) if word else ""
    return f"{said} ({plain(evidence.date)})" if said and evidence.date else said


@lru_cache(maxsize=4096)
def _parsed(text: str) -> v.Fact | None:
    try:
        return parse_fact(text)
    except FactError:
        return None


def _measured(evidence: Evidence) -> str:
    if evidence.value is None:
        return ""
    unit = f" {plain(unit_words(evidence.unit))}" if evidence.unit else ""
    note = f" ({plain(evidence.note)})" if evidence.note else ""
    return f" {plain(str(evidence.value))}{unit}{note}"


def _not_proven(evidence: Evidence, knowledge: Knowledge) -> str:
    """What would have to be proven: the result that there is, or what is not on file."""
    fact = _parsed(evidence.fact.removeprefix(_NOT))
    if fact is None:
        return plain(evidence.fact)
    dated = f" ({plain(evidence.date)})" if evidence.date else ""
    if isinstance(fact, v.LabIs) and fact.state is v.LabState.RECENT:
        label = _lab_label(fact.analyte, knowledge)
        return f"{label}{_measured(evidence)}{dated}{_LAB_STATES[v.LabState.OLDER]}"
    said = _WORDS[type(fact)](fact, evidence, knowledge) if type(fact) in _WORDS else ""
    if evidence.value is not None:
        return f"{said}{dated}"
    return f"not proven: {said or sentence(str(fact))}"


def _not_there(fact: v.LabIs | v.UnreadKind, knowledge: Knowledge, what: str) -> str:
    if isinstance(fact, v.LabIs):
        return f"{_lab_label(fact.analyte, knowledge)}: was {what}"
    return f"{fact.kind} that were {what}"


def _lab_label(analyte: str, knowledge: Knowledge) -> str:
    lab = knowledge.labs.get(analyte)
    return sentence(lab.label if lab else analyte)


def _lab_cut(fact: v.LabCut, evidence: Evidence, knowledge: Knowledge) -> str:
    value = _measured(evidence) or f" {sentence(f'{fact.op} {fact.cut}')}"
    return f"{_lab_label(fact.analyte, knowledge)}{value}"


def _lab_is(fact: v.LabIs, evidence: Evidence, knowledge: Knowledge) -> str:
    label = _lab_label(fact.analyte, knowledge)
    return f"{label}{_measured(evidence)}{_LAB_STATES[fact.state]}"


def _has(fact: v.Has, evidence: Evidence, knowledge: Knowledge) -> str:
    condition = knowledge.conditions.get(fact.condition)
    return sentence(condition.label if condition else fact.condition)


def _term(fact: v.TermRef, evidence: Evidence, knowledge: Knowledge) -> str:
    term = knowledge.terms.get(fact.name)
    return sentence(term.label if term else fact.name)


def _group(selector: str, knowledge: Knowledge) -> str:
    group = knowledge.groups.get(selector)
    return sentence(group.label if group else selector)


def _takes(fact: v.Takes, evidence: Evidence, knowledge: Knowledge) -> str:
    return f"takes {_group(fact.selector, knowledge)}"


def _count(fact: v.Count, evidence: Evidence, knowledge: Knowledge) -> str:
    names = f": {sentence(evidence.note)}" if evidence.note else ""
    return f"{fact.at_least} or more {_group(fact.group, knowledge)}{names}"


def _age(fact: v.Age, evidence: Evidence, knowledge: Knowledge) -> str:
    said = f"{fact.op} {fact.years}" if evidence.value is None else str(evidence.value)
    return f"age {plain(said)}"


def _unread(fact: v.UnreadKind, evidence: Evidence, knowledge: Knowledge) -> str:
    return f"{fact.kind} that could not be read"


def _dispensed(fact: v.DrugDispensed, evidence: Evidence, knowledge: Knowledge) -> str:
    return f"dispensed:{_measured(Evidence(evidence.fact, value=evidence.value))}"


def _dose(fact: v.DrugDailyDose, evidence: Evidence, knowledge: Knowledge) -> str:
    return f"daily dose{_measured(evidence)}"


def _taken_for(fact: v.DrugTakenFor, evidence: Evidence, knowledge: Knowledge) -> str:
    return "taken since" if evidence.date else f"taken for {fact.days} days or more"


def _onset(fact: v.DrugOnset, evidence: Evidence, knowledge: Knowledge) -> str:
    return f"symptom within {fact.weeks} weeks of the start"


_WORDS: dict[type[v.Fact], Callable[[Any, Evidence, Knowledge], str]] = {
    v.LabCut: _lab_cut,
    v.LabIs: _lab_is,
    v.Has: _has,
    v.TermRef: _term,
    v.Takes: _takes,
    v.Count: _count,
    v.Age: _age,
    v.UnreadKind: _unread,
    v.DrugDispensed: _dispensed,
    v.DrugDailyDose: _dose,
    v.DrugTakenFor: _taken_for,
    v.DrugOnset: _onset,
}
