"""Facts in words: `potassium<3.5` is "potassium below 3.5 mmol/L"."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from knowledge import vocabulary as v
from knowledge.model import Knowledge, Tier

TIER_MEANING = {
    Tier.ALONE: "may raise a card alone",
    Tier.TOGETHER: "counts with its partner, its abnormal lab, or an unknown lab and a symptom",
    Tier.LISTED: "is listed on expansion only",
    Tier.NONE: "is never flagged as a cause",
    Tier.NEVER: "is never proposed; flagged when taken",
}
_UCUM = {"mL/min/{1.73_m2}": "mL/min/1.73 m²"}
_SIDE = {"<": "below", ">=": "of at least"}
_BASIS = {"own": "the drug itself", "class": "its class"}
_LAB_OF_DRUG = {
    "abnormal": "the lab result that shows its mechanism is abnormal",
    "unknown": "the lab that shows its mechanism has no current result",
    "none": "no lab shows its mechanism",
}
_INTERACTS = {
    v.InteractionState.CONTRAINDICATED: "a label forbids it with a partner that is taken",
    v.InteractionState.OVER_CAP: "its daily dose is above what a label allows with a partner",
    v.InteractionState.AT_CAP: "its daily dose is at the labelled limit",
    v.InteractionState.DOSE_UNREAD: "a label caps it with a partner, and its dose is not read",
    v.InteractionState.CAUTION: "a label asks for care with a partner that is taken",
    v.InteractionState.PARTNER_DOSE_UNREAD: "it depends on a dose of the partner, not read",
    v.InteractionState.ALONE_CAUTION: "a label asks for care for what is on file",
    v.InteractionState.UNCONFIRMED: "a limit that nobody found in a source speaks of it",
    v.InteractionState.ALONE_CONTRAINDICATED: "a label forbids it for what is on file",
    v.InteractionState.ALONE_OVER_CAP: "its daily dose is above the limit for what is on file",
    v.InteractionState.ALONE_DOSE_UNREAD: "a label caps it for what is on file, its dose unread",
    v.InteractionState.WARNING: "the interaction is a warning or more",
    v.InteractionState.CRITICAL: "the interaction is critical",
    v.InteractionState.CRITICAL_IF_SYMPTOM: "the interaction is critical with a muscle symptom",
}


def in_words(fact: v.AnyFact, known: Knowledge) -> str:
    """What a fact says, for a reader; a fact of a kind that has no words here as it is written."""
    words = _WORDS.get(type(fact))
    return words(fact, known) if words else str(fact)


def lab_label(analyte: str, known: Knowledge) -> str:
    """What a lab is called."""
    lab = known.labs.get(analyte)
    return lab.label if lab else analyte


def unit_words(analyte: str, known: Knowledge) -> str:
    """The unit of a lab's cuts, as it is read aloud; after a space, or empty."""
    lab = known.labs.get(analyte)
    if lab is None:
        return ""
    unit = "times its upper limit" if lab.multiple_of_upper_limit else lab.unit
    return f" {_UCUM.get(unit, unit)}"


def group_label(selector: str, known: Knowledge) -> str:
    """What a group or drug is called."""
    group = known.groups.get(selector)
    return group.label if group else selector


def _days(known: Knowledge, constant: str, usual: int) -> Decimal:
    found = known.constants.get(constant)
    return found.value if found else Decimal(usual)


def _lab_cut(fact: v.LabCut, known: Knowledge) -> str:
    unit = unit_words(fact.analyte, known)
    return f"{lab_label(fact.analyte, known)} {_SIDE[fact.op]} {fact.cut}{unit}"


def _lab_is(fact: v.LabIs, known: Knowledge) -> str:
    recent = _days(known, "recent-result-days", 30)
    said = {
        v.LabState.UNKNOWN: f"no result within {_days(known, 'current-result-days', 90)} days",
        v.LabState.SUSPECT: "a result that must be repeated",
        v.LabState.UNREAD: "a result that could not be read",
        v.LabState.OLDER: f"a result more than {recent} days old",
        v.LabState.RECENT: f"a result at most {recent} days old",
    }
    return f"{lab_label(fact.analyte, known)}: {said[fact.state]}"


def _has(fact: v.Has, known: Knowledge) -> str:
    condition = known.conditions.get(fact.condition)
    return f"{condition.label if condition else fact.condition} on file"


def _takes(fact: v.Takes, known: Knowledge) -> str:
    if fact.selector in known.groups and fact.selector not in known.ingredients:
        return f"takes any of: {group_label(fact.selector, known)}"
    return f"takes {fact.selector}"


def _count(fact: v.Count, known: Knowledge) -> str:
    return f"takes {fact.at_least} or more different {group_label(fact.group, known)}"


def _age(fact: v.Age, known: Knowledge) -> str:
    return f"age {fact.years} or above" if fact.op == ">=" else f"age below {fact.years}"


def _unread(fact: v.UnreadKind, known: Knowledge) -> str:
    return f"some of the {fact.kind} could not be read"


def _term(fact: v.TermRef, known: Knowledge) -> str:
    term = known.terms.get(fact.name)
    return term.label if term else fact.name


def _drug_group(fact: v.DrugGroup, known: Knowledge) -> str:
    return f"the drug is one of: {group_label(fact.group, known)}"


def _drug_mechanism(fact: v.DrugMechanism, known: Knowledge) -> str:
    mechanism = known.mechanisms.get(fact.mechanism)
    return f"the drug's mechanism: {mechanism.label if mechanism else fact.mechanism}"


def _drug_tier(fact: v.DrugTier, known: Knowledge) -> str:
    meaning = {tier.value: words for tier, words in TIER_MEANING.items()}.get(fact.tier, "")
    return f"the drug is of tier {fact.tier} ({meaning})"


def _drug_evidence(fact: v.DrugEvidence, known: Knowledge) -> str:
    return f"the drug's link to cramps rests on {_BASIS.get(fact.basis, fact.basis)}"


def _drug_route(fact: v.DrugRoute, known: Knowledge) -> str:
    return f"the drug's route is {fact.route}"


def _drug_lab(fact: v.DrugLab, known: Knowledge) -> str:
    return _LAB_OF_DRUG.get(fact.state, str(fact))


def _dispensed(fact: v.DrugDispensed, known: Knowledge) -> str:
    return f"the drug was dispensed {fact.at_least} times or more in {fact.months} months"


def _dose(fact: v.DrugDailyDose, known: Knowledge) -> str:
    return f"the drug's dose is above {fact.mg} mg a day"


def _taken_for(fact: v.DrugTakenFor, known: Knowledge) -> str:
    return f"the drug has been taken for {fact.days} days or more"


def _onset(fact: v.DrugOnset, known: Knowledge) -> str:
    return f"a muscle symptom began within {fact.weeks} weeks of the drug's start"


def _not_prescribed(fact: v.DrugNotPrescribed, known: Knowledge) -> str:
    return "the patient says that nobody prescribed the drug"


def _interacts(fact: v.Interacts, known: Knowledge) -> str:
    return _INTERACTS.get(fact.state, str(fact))


_WORDS: dict[type[Any], Callable[[Any, Knowledge], str]] = {
    v.LabCut: _lab_cut,
    v.LabIs: _lab_is,
    v.Has: _has,
    v.Takes: _takes,
    v.Count: _count,
    v.Age: _age,
    v.UnreadKind: _unread,
    v.TermRef: _term,
    v.DrugGroup: _drug_group,
    v.DrugMechanism: _drug_mechanism,
    v.DrugTier: _drug_tier,
    v.DrugEvidence: _drug_evidence,
    v.DrugRoute: _drug_route,
    v.DrugLab: _drug_lab,
    v.DrugDispensed: _dispensed,
    v.DrugDailyDose: _dose,
    v.DrugTakenFor: _taken_for,
    v.DrugOnset: _onset,
    v.DrugNotPrescribed: _not_prescribed,
    v.Interacts: _interacts,
}
