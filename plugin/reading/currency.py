"""Is a medication taken now? What each status, intent and bound says, as of a date.

Current are active orders, statements and running administrations whose bounds hold the as-of date.
`taken` is false for what was never an exposure (a draft, a proposal, an order withdrawn before it
began): such an entry is no evidence of when a drug was started.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import Enum
from math import ceil

from msgspec import Struct

from plugin.reading.dates import day_of
from plugin.reading.elements import Dosage, Period, Quantity, present
from plugin.reading.shapes import (
    MedicationAdministration,
    MedicationDispense,
    MedicationRequest,
    MedicationStatement,
    MedicationUsage,
    Medicine,
)


class State(Enum):
    """What a status says of taking the medication."""

    TAKEN = "taken"
    PAUSED_OR_PAST = "paused or past"
    NEVER = "never"
    WRONG = "wrong"  # entered in error: it was never true
    UNKNOWN = "unknown"


_TAKEN, _PAST, _NEVER = State.TAKEN, State.PAUSED_OR_PAST, State.NEVER
_WRONG, _UNKNOWN = State.WRONG, State.UNKNOWN
_REQUEST = {
    "active": State.TAKEN, "on-hold": _PAST, "ended": _PAST, "stopped": _PAST, "completed": _PAST,
    "cancelled": _NEVER, "draft": _NEVER, "entered-in-error": _WRONG,
}  # fmt: skip
_STATEMENT = {
    "active": State.TAKEN, "recorded": State.TAKEN, "on-hold": _PAST, "stopped": _PAST,
    "completed": _PAST, "intended": _NEVER, "not-taken": _NEVER, "draft": _NEVER,
    "entered-in-error": _WRONG,
}  # fmt: skip
_ADMINISTRATION = {
    "in-progress": State.TAKEN, "on-hold": _PAST, "stopped": _PAST, "completed": _PAST,
    "not-done": _NEVER, "entered-in-error": _WRONG,
}  # fmt: skip
_DISPENSE = {
    "completed": _PAST, "in-progress": _NEVER, "preparation": _NEVER, "on-hold": _NEVER,
    "cancelled": _NEVER, "declined": _NEVER, "stopped": _NEVER, "entered-in-error": _WRONG,
}  # fmt: skip
# Orders proper; an option is one of several that somebody may still choose.
_ORDERS = frozenset(
    {"", "order", "original-order", "reflex-order", "filler-order", "instance-order"}
)
_NOT_ORDERS = frozenset({"proposal", "plan", "option"})
_INTENTS = _ORDERS | _NOT_ORDERS
_TABLES: dict[type[Medicine], dict[str, State]] = {
    MedicationRequest: _REQUEST,
    MedicationStatement: _STATEMENT,
    MedicationUsage: _STATEMENT,
    MedicationDispense: _DISPENSE,
    MedicationAdministration: _ADMINISTRATION,
}
_SECONDS = {
    "s": 1, "min": 60, "h": 3600, "d": 86400, "day": 86400, "days": 86400, "wk": 604800,
    "week": 604800, "weeks": 604800, "mo": 31 * 86400, "month": 31 * 86400, "months": 31 * 86400,
    "a": 366 * 86400, "year": 366 * 86400, "years": 366 * 86400,
}  # fmt: skip
_DAY = 86400
_MOST = 100_000  # more of any unit than a course of treatment has


class Currency(Struct, frozen=True, gc=False):
    """Whether an entry is current, in one word why not, and since when it tells of the drug."""

    current: bool
    why: str = ""
    taken: bool = True
    wrong: bool = False
    unknown: str = ""  # what is not known of its status, as a sentence's end
    start: date | None = None
    applying: tuple[Dosage, ...] = ()  # of a current entry, the dosages that hold on the date


def currency_of(entry: Medicine, dosages: tuple[Dosage, ...], as_of: date) -> Currency:
    """Judge one medication entry. `on-hold` and a bound that ended are not current."""
    states, status, intent = _TABLES[type(entry)], entry.status, entry.intent
    if status not in states:
        status = status.strip().lower()
    if intent not in _INTENTS:
        intent = intent.strip().lower()
    state = states.get(status, _UNKNOWN)
    ordinary = (state is _TAKEN or state is _PAST) and intent in _ORDERS
    if not ordinary or entry.do_not_perform or entry.not_given or entry.taken or entry.adherence:
        settled = _by_words(entry, status, state, intent)
        if settled is not None:
            return settled
    bounded = bool(dosages) and is_bounded(dosages)
    if not bounded and _only_authored(entry):  # nearly always
        return _by_authored(entry, state, status, dosages, as_of)
    periods = _periods(entry)
    starts = _starts(entry, periods)
    applying: tuple[Dosage, ...] = ()
    if type(entry) is MedicationDispense:
        why = "dispense"
    elif state is _PAST:
        why = status
    elif entry.adherence and (word := _not_taking(entry)):
        why = word
    else:
        why = _outside(starts, periods, as_of) if starts or periods else ""
        if not why:
            applying, why = _applying(entry, dosages, as_of) if bounded else (dosages, "")
    start = _earliest(entry, dosages if bounded else (), starts)
    return Currency(not why, why, True, False, "", start, applying)


def _only_authored(entry: Medicine) -> bool:
    """True where no date can play a part but the one on which the entry was written."""
    return (
        not (
            entry.effective_period
            or entry.effective_date_time
            or entry.date_asserted
            or entry.occurence_date_time
            or entry.occurence_period
            or entry.effective_dose_period
            or entry.when_handed_over
            or entry.when_prepared
            or entry.adherence
        )
        and type(entry) is not MedicationDispense
    )


def _by_authored(
    entry: Medicine, state: State, status: str, dosages: tuple[Dosage, ...], as_of: date
) -> Currency:
    """What the rest of `currency_of` says of such an entry."""
    written = day_of(entry.authored_on) if entry.authored_on else None
    start = written.first if written is not None else None
    if state is _PAST:
        return Currency(False, status, True, False, "", start)
    if start is not None and start > as_of:
        return Currency(False, "starts-later", True, False, "", start)
    return Currency(True, "", True, False, "", start, dosages)


def _by_words(entry: Medicine, status: str, state: State, intent: str) -> Currency | None:
    """The answer where words alone give it; None where it is for the dates to say."""
    if state is _WRONG:
        return Currency(current=False, why=status, taken=False, wrong=True)
    if why := _never(entry, intent):
        return Currency(current=False, why=why, taken=False)
    if unknown := _unknown(entry, status, state, intent):
        return Currency(current=False, why="status-not-known", unknown=unknown)
    if state is _NEVER:
        return Currency(current=False, why=status, taken=False)
    return None


def _never(entry: Medicine, intent: str) -> str:
    """Why an entry never was an exposure, whatever its status; empty if it may have been."""
    if entry.do_not_perform:
        return "do-not-perform"
    if entry.not_given or entry.taken.strip().lower() in ("n", "na"):
        return "not-taken"
    if intent not in _NOT_ORDERS:
        return ""
    reported = entry.reported_boolean or entry.reported or present(entry.reported_reference)
    # US Core: what a patient reports may come as a plan that is marked as reported.
    return "" if intent == "plan" and reported else intent


def _unknown(entry: Medicine, status: str, state: State, intent: str) -> str:
    if state is _UNKNOWN:
        return f"the status is {_quoted(status)}"
    if intent not in _INTENTS:
        return f"the intent is {_quoted(intent)}"
    if entry.taken.strip().lower() == "unk" or _adherence_word(entry) == "unknown":
        return "whether it is taken is not known"
    return ""


def _quoted(word: str) -> str:
    return f'"{word[:40]}"' if word else "missing"


def _adherence_word(entry: Medicine) -> str:
    return entry.adherence.code.word if entry.adherence and entry.adherence.code else ""


def _not_taking(entry: Medicine) -> str:
    word = _adherence_word(entry)
    return word if word.startswith(("not-taking", "on-hold", "stopped")) else ""


def _outside(starts: list[date], periods: list[Period], as_of: date) -> str:
    """`ended` or `starts-later` where the dates of an active entry say so; else empty."""
    for start in starts:
        if start > as_of:
            return "starts-later"
    for period in periods:
        if _over(period.end, as_of):
            return "ended"
    return ""


def is_bounded(dosages: tuple[Dosage, ...]) -> bool:
    """True where any dosage has bounds of its own, which few have."""
    for dosage in dosages:
        repeat = dosage.timing.repeat if dosage.timing is not None else None
        if repeat is not None and (repeat.bounds_period or repeat.bounds_duration):
            return True
    return False


def _applying(
    entry: Medicine, dosages: tuple[Dosage, ...], as_of: date
) -> tuple[tuple[Dosage, ...], str]:
    """The dosages that hold on the date, and why not if there are some and none of them does."""
    applying: list[Dosage] = []
    why = ""
    for dosage in dosages:
        bound = _bound(dosage, entry, as_of)
        if not bound:
            applying.append(dosage)
        elif why != "ended":
            why = bound
    return tuple(applying), "" if applying else why


def _bound(dosage: Dosage, entry: Medicine, as_of: date) -> str:
    """`ended` or `starts-later` for one dosage, or empty where it applies on the date."""
    repeat = dosage.timing.repeat if dosage.timing else None
    if repeat is None:
        return ""
    period, duration = repeat.bounds_period, repeat.bounds_duration
    if period is None:
        return "ended" if duration and _ran_out(duration, entry, as_of) else ""
    if _later(period.start, as_of):
        return "starts-later"
    return "ended" if _over(period.end, as_of) else ""


def _ran_out(duration: Quantity, entry: Medicine, as_of: date) -> bool:
    days = _days(duration)
    if days is None:
        return False
    starts = [period.start for period in _periods(entry)]
    starts += [entry.occurence_date_time, entry.effective_date_time, entry.authored_on]
    start = next((found for text in starts if text and (found := day_of(text))), None)
    return start is not None and (as_of - start.last).days >= days


def _days(duration: Quantity) -> int | None:
    """A duration in days, rounded up; None where it is not known."""
    if duration.value is None or not duration.value.is_finite():
        return None
    unit = _SECONDS.get(duration.code.strip()) or _SECONDS.get(duration.unit.strip().lower())
    if unit is None or not 0 <= duration.value <= _MOST:
        return None
    return ceil(duration.value * unit / _DAY)


def _periods(entry: Medicine) -> list[Period]:
    found = (entry.effective_period, entry.effective_dose_period, entry.occurence_period)
    return [period for period in found if period is not None] if any(found) else []


def _starts(entry: Medicine, periods: list[Period]) -> list[date]:
    """Every date on which the entry as a whole may have begun."""
    days: list[date] = []
    for text in (entry.authored_on, entry.effective_date_time, entry.occurence_date_time):
        if text and (found := day_of(text)):
            days.append(found.first)
    return days + _firsts(period.start for period in periods) if periods else days


def _earliest(entry: Medicine, dosages: tuple[Dosage, ...], starts: list[date]) -> date | None:
    """The earliest date at which the entry speaks of the drug."""
    days = starts
    if entry.date_asserted or entry.when_handed_over or entry.when_prepared:
        days = days + _firsts((entry.date_asserted, entry.when_handed_over, entry.when_prepared))
    for dosage in dosages:
        repeat = dosage.timing.repeat if dosage.timing else None
        if repeat and repeat.bounds_period:
            days = days + _firsts((repeat.bounds_period.start,))
    return min(days) if len(days) > 1 else days[0] if days else None


def _firsts(texts: Iterable[str]) -> list[date]:
    return [found.first for text in texts if text and (found := day_of(text))]


def _later(text: str, as_of: date) -> bool:
    found = day_of(text) if text else None
    return found is not None and found.first > as_of


def _over(text: str, as_of: date) -> bool:
    found = day_of(text) if text else None
    return found is not None and found.last < as_of
