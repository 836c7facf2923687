"""Conditions to Problems: active, not refuted, and named by the knowledge."""

from __future__ import annotations

from datetime import date

from plugin.model import Problem, UnreadReason
from plugin.reading.context import Entry, Reading
from plugin.reading.dates import When, day_of
from plugin.reading.elements import CodeableConcept, present
from plugin.reading.naming import clip
from plugin.reading.shapes import Condition

_ACTIVE = frozenset({"active", "recurrence", "relapse"})
_OVER = frozenset({"inactive", "remission", "resolved"})
_NOT_STATED = frozenset({"", "unknown"})
_DENIED = frozenset({"refuted", "entered-in-error"})
_ENCOUNTER = "encounter-diagnosis"


def read_condition(entry: Entry, condition: Condition, reading: Reading) -> bool:
    """Read one Condition. False if it is set aside: over, denied, or of no rule's concern."""
    concept = condition.code or CodeableConcept()
    if denied(condition.verification_status):
        return False
    if entry.broken == "code" or (not concept.label and not entry.broken):
        reason = UnreadReason.MALFORMED if entry.broken else UnreadReason.EMPTY
        reading.not_read(entry, reason, concept.label, "it names no condition")
        return True
    names = reading.index.conditions(concept)
    if not names:
        return False
    if entry.broken:
        detail = f"{entry.broken} cannot be read"
        reading.not_read(entry, UnreadReason.MALFORMED, concept.label, detail)
        return True
    if condition.modified:
        detail = "an extension may change what the entry means"
        reading.not_read(entry, UnreadReason.MODIFIER, concept.label, detail)
        return True
    return _placed(entry, condition, names, reading)


def _placed(entry: Entry, condition: Condition, names: tuple[str, ...], reading: Reading) -> bool:
    concept = condition.code or CodeableConcept()
    status = condition.clinical_status.word if condition.clinical_status else ""
    onset, recorded = _onset(condition), _recorded(condition)
    if status in _OVER or (status in _NOT_STATED and _abated(condition, reading.as_of)):
        return False
    if status not in _ACTIVE | _NOT_STATED:
        detail = f'the clinical status is "{status[:40]}"'
        reading.not_read(entry, UnreadReason.STATUS_NOT_KNOWN, concept.label, detail)
        return True
    first = onset or recorded
    if first is not None and first.first > reading.as_of:
        return False
    reading.problems += [
        Problem(
            condition=name,
            reference=entry.reference,
            text=clip(concept.label),
            onset=onset.first if onset else None,
            recorded=recorded.first if recorded else None,
            encounter_diagnosis=any(
                coding.code.strip().lower() == _ENCOUNTER
                for category in condition.category
                for coding in category.coding
            ),
        )
        for name in names
    ]
    return True


def denied(verification: CodeableConcept | None) -> bool:
    """True where a condition or an allergy was refuted or entered in error."""
    return verification is not None and verification.word in _DENIED


def _onset(condition: Condition) -> When | None:
    period = condition.onset_period
    return day_of(condition.onset_date_time) or day_of(period.start if period else "")


def _recorded(condition: Condition) -> When | None:
    return day_of(condition.recorded_date) or day_of(condition.asserted_date)


def _abated(condition: Condition, as_of: date) -> bool:
    """True where the condition ended by the date, or ended at a time that nobody gives."""
    period = condition.abatement_period
    end = day_of(condition.abatement_date_time) or day_of(period.end if period else "")
    if end is not None:
        return end.first <= as_of
    return (
        bool(condition.abatement_date_time or condition.abatement_string)
        or condition.abatement_boolean
        or present(condition.abatement_age)
        or present(condition.abatement_range)
    )
