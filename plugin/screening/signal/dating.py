"""On which day a record says that something began, and when that is not known to the day. Pure.

The order of two events hangs on single days, so a date of a month or a year is not made up into
one: whoever has such a record, or one without any date, where it may be the first, has no known
first day.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from plugin.reading.dates import When, when
from plugin.reading.shapes import Condition, Medicine


class Day(Struct, frozen=True):
    """When a record dates itself: the first and last day (ordinals) that it can mean."""

    first: int
    last: int

    @property
    def exact(self) -> bool:
        return self.first == self.last


class FirstDay(Struct, frozen=True):
    """The first day of several records. None and not `unclear`: there is no record."""

    day: int | None = None
    unclear: bool = False


class Told(Struct, frozen=True):
    """What a record tells: when the thing began, and when the record was made, as far as it says.

    A record of today may tell of years ago. The patient's data begin with the first that was made.
    """

    began: Day
    made: Day


def told_by_medicine(medicine: Medicine) -> Told | None:
    """The earliest that a prescription, statement or dispense speaks of; None without a date."""
    made = [
        medicine.authored_on,
        medicine.date_asserted,
        medicine.when_handed_over,
        medicine.when_prepared,
    ]
    taken = [medicine.effective_date_time, medicine.occurence_date_time]
    periods = (medicine.effective_period, medicine.effective_dose_period, medicine.occurence_period)
    taken += [period.start for period in periods if period is not None]
    for dosage in medicine.dosages:
        repeat = dosage.timing.repeat if dosage.timing else None
        if repeat is not None and repeat.bounds_period is not None:
            taken.append(repeat.bounds_period.start)
    began = _earliest([*made, *taken])
    return None if began is None else Told(began, _earliest(made) or began)


def told_by_condition(condition: Condition, *, recorded_first: bool) -> Told | None:
    """It began with the onset, or else when recorded; the other way round if `recorded_first`."""
    period = condition.onset_period
    onset = _earliest([condition.onset_date_time, period.start if period else ""])
    recorded = _earliest([condition.recorded_date, condition.asserted_date])
    one, other = (recorded, onset) if recorded_first else (onset, recorded)
    began = one or other
    return None if began is None else Told(began, recorded or began)


def _earliest(texts: Iterable[str]) -> Day | None:
    found = [_day(read) for text in texts if text and (read := when(text)) is not None]
    if not found:
        return None
    first = min(found, key=lambda day: day.first)
    # "March 2020" and "5 March 2020" on one record are the same day, told twice.
    within = [day for day in found if day.exact and first.first <= day.first <= first.last]
    return min(within, key=lambda day: day.first) if within else first


def _day(read: When) -> Day:
    return Day(read.first.toordinal(), read.last.toordinal())


def first_day(days: Iterable[Day | None]) -> FirstDay:
    """The first of the days of several records, unless one that is less exact may be earlier."""
    listed = list(days)
    known = [day for day in listed if day is not None]
    if not listed:
        return FirstDay()
    exact = min((day.first for day in known if day.exact), default=None)
    if exact is None or len(known) < len(listed):
        return FirstDay(unclear=True)
    if any(not day.exact and day.first < exact for day in known):
        return FirstDay(unclear=True)
    return FirstDay(exact)
