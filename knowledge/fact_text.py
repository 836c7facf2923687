"""Facts as the data files write them: read once, into the types of the vocabulary."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import NoReturn

from knowledge.vocabulary import (
    Age,
    AnyFact,
    Condition,
    Count,
    DrugDailyDose,
    DrugDispensed,
    DrugEvidence,
    DrugGroup,
    DrugLab,
    DrugMechanism,
    DrugNotPrescribed,
    DrugOnset,
    DrugRoute,
    DrugTakenFor,
    DrugTier,
    Has,
    InteractionState,
    Interacts,
    LabCut,
    LabIs,
    LabState,
    Takes,
    TermRef,
    UnreadKind,
)

_LAB_CUT = re.compile(r"^([a-z][a-z0-9-]*)(<|>=)([0-9]{1,9}(?:\.[0-9]{1,9})?)$")
_LAB_IS = re.compile(r"^([a-z][a-z0-9-]*):(unknown|suspect|unread|older-than-30d|recent)$")
_COUNT = re.compile(r"^count:([a-z][a-z0-9-]*)>=([0-9]{1,9})$")
_DISPENSED = re.compile(r"^drug:dispensed>=([0-9]{1,9})/([0-9]{1,9})mo$")
_DOSE = re.compile(r"^drug:daily-dose>([0-9]{1,9}(?:\.[0-9]{1,9})?)mg$")
_TAKEN = re.compile(r"^drug:taken-for>=([0-9]{1,9})d$")
_ONSET = re.compile(r"^drug:onset-after-start<=([0-9]{1,9})wk$")
_NAME = re.compile(r"^[a-z][a-z0-9-]*$")
_KEYED: dict[str, Callable[[str], AnyFact]] = {
    "group": DrugGroup,
    "mechanism": DrugMechanism,
    "tier": DrugTier,
    "evidence": DrugEvidence,
    "route": DrugRoute,
    "lab": DrugLab,
}


class FactError(ValueError):
    """A text that is no fact of the vocabulary."""


def number(text: str) -> Decimal:
    """A decimal without trailing zeros, so that equal numbers are equal facts."""
    value = Decimal(text).normalize()
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value


def parse_fact(text: str) -> AnyFact:  # noqa: PLR0911 - one return for each kind of fact
    """Read one fact. Raises FactError with the reason."""
    if text.startswith("drug:"):
        return _parse_drug(text)
    head, _, tail = text.partition(":")
    if match := _LAB_CUT.match(text):
        analyte, op, cut = match.groups()
        if analyte == "age":
            return Age(op, int(cut)) if cut.isdigit() else _no(text)
        return LabCut(analyte, op, Decimal(cut))  # shown as the data write it: 5.0, not 5
    if match := _COUNT.match(text):
        return Count(match[1], int(match[2]))
    if head == "has" and _NAME.match(tail):
        return Has(tail)
    if head == "takes" and tail:
        return Takes(tail)
    if head == "unread" and _NAME.match(tail):
        return UnreadKind(tail)
    if head == "interaction" and tail in list(InteractionState):
        return Interacts(InteractionState(tail))
    if match := _LAB_IS.match(text):
        return LabIs(match[1], LabState(match[2]))
    if _NAME.match(text):
        return TermRef(text)
    return _no(text)


def _parse_drug(text: str) -> AnyFact:
    if text == "drug:not-prescribed":
        return DrugNotPrescribed()
    if match := _DISPENSED.match(text):
        return DrugDispensed(int(match[1]), int(match[2]))
    if match := _DOSE.match(text):
        return DrugDailyDose(number(match[1]))
    if match := _TAKEN.match(text):
        return DrugTakenFor(int(match[1]))
    if match := _ONSET.match(text):
        return DrugOnset(int(match[1]))
    key, _, value = text.removeprefix("drug:").partition("=")
    kind = _KEYED.get(key)
    return kind(value) if kind and value else _no(text)


def _no(text: str) -> NoReturn:
    raise FactError(f"{text!r} is not a fact of the vocabulary (see knowledge/data/README.md)")


def parse_condition(items: list[str | list[str]]) -> Condition:
    """Read a `when` list: every item must hold, and an inner list is one-of."""
    return tuple(
        tuple(parse_fact(text) for text in ([item] if isinstance(item, str) else item))
        for item in items
    )
