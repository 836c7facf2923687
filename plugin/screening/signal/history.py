"""One patient's entries become the few dates that the analysis needs. Pure.

It is a history: an order that was stopped or completed was a prescription all the same, and so is a
diagnosis that is over. What was entered in error, drafted, proposed or never taken is none.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from msgspec import Struct

from knowledge.signal_model import SignalGroup, Signals
from plugin.pipeline import Pipeline
from plugin.reading.conditions import denied
from plugin.reading.context import Entry, Reading
from plugin.reading.currency import currency_of
from plugin.reading.dates import When, when
from plugin.reading.gather import gather
from plugin.reading.patient import Owner, owner_of
from plugin.reading.product import product_of
from plugin.reading.references import Directory, keys_of
from plugin.reading.route import route_of
from plugin.reading.shapes import Bundle, Condition, Medication, Medicine, Patient
from plugin.reading.source import AnyEntry
from plugin.screening.signal.dating import (
    Day,
    FirstDay,
    Told,
    first_day,
    told_by_condition,
    told_by_medicine,
)
from plugin.screening.signal.settings import ConditionDate, OutcomeKind, Settings


class History(Struct, frozen=True, tag="history"):
    """What a patient's records say. Days are ordinals; `begins` is when the first of all
    records was made, as far as they say.

    `starts` holds the first prescription of each group, by its id; `unclear` the groups whose first
    day is not known.
    """

    patient: str
    begins: int | None
    of_age: int | None  # the day on which the least age is reached, where the birth date is known
    starts: dict[str, int]
    unclear: tuple[str, ...]
    cramp: FirstDay
    unread: int  # entries that could not be read
    undated: int  # prescriptions of the groups and records of cramps without a credible date
    coarse: int  # those with a month or a year only
    later: int  # those dated after the as-of date


class _Dates:
    """The days of one patient's records, as they are met."""

    def __init__(self) -> None:
        self.groups: dict[str, list[Day | None]] = {}
        self.cramps: list[Day | None] = []
        self.quinine: list[Day | None] = []
        self.used: list[Day | None] = []  # of each prescription of a group, and record of cramps
        self.begins: list[int] = []
        self.malaria = False
        self.birth: When | None = None
        self.unread = self.later = 0

    def before_birth_is_no_date(self) -> None:
        """1900-01-01 stands for "not known" in many records, and would begin a patient's data."""
        if self.birth is None:
            return
        born = self.birth.first.toordinal()
        for days in (*self.groups.values(), self.cramps, self.quinine, self.used):
            days[:] = [None if day is None or day.last < born else day for day in days]
        self.begins = [day for day in self.begins if day >= born]


class Historian:
    """Reads patients for one table of groups. Safe to share between threads."""

    def __init__(self, pipeline: Pipeline, signals: Signals, settings: Settings) -> None:
        self._pipeline = pipeline
        self._settings = settings
        self._outcome = signals.outcome
        self._conditions = frozenset(signals.outcome.conditions)
        self._unless = frozenset(signals.outcome.drugs_unless)
        self._drugs = frozenset(signals.outcome.drugs)
        self._groups: dict[str, list[SignalGroup]] = {}
        for group in signals.groups:
            for name in group.drugs:
                self._groups.setdefault(name, []).append(group)

    def read(self, patient: str, entries: Sequence[AnyEntry]) -> History:
        """The dates of one patient. Raises InputUnreadable where the entries are of several."""
        gathered = gather(entries)
        owner = owner_of(gathered.entries, patient)
        reading = self._reading(gathered.entries)
        dates = _Dates()
        for entry in gathered.entries:
            self._take(entry, owner, reading, dates)
        return self._history(owner.reference, dates)

    def _reading(self, entries: Sequence[Entry]) -> Reading:
        directory = Directory()
        for number, entry in enumerate(entries):
            if isinstance(entry.resource, Medication) and not entry.broken:
                directory.add(
                    number, entry.resource, keys_of(entry.resource, entry.type, entry.urls)
                )
        pipeline = self._pipeline
        return Reading(pipeline.knowledge, pipeline.resolve, self._settings.as_of, directory)

    def _take(self, entry: Entry, owner: Owner, reading: Reading, dates: _Dates) -> None:
        resource = entry.resource
        if resource is None or isinstance(resource, Bundle):
            # A Bundle here is one that has further pages, which were not given.
            dates.unread += bool(entry.broken) or isinstance(resource, Bundle)
        elif isinstance(resource, Patient):
            born = when(resource.birth_date)
            if born and owner.is_person(resource) and born.first <= self._settings.as_of:
                dates.birth = born
        elif isinstance(resource, Medicine | Condition):
            if not owner.owns(resource):
                dates.unread += 1
            elif isinstance(resource, Medicine):
                self._medicine(entry, resource, reading, dates)
            else:
                self._condition(entry, resource, reading, dates)

    def _medicine(self, entry: Entry, medicine: Medicine, reading: Reading, dates: _Dates) -> None:
        currency = currency_of(medicine, medicine.dosages, self._settings.as_of)
        if currency.wrong or not currency.taken:
            return
        product = product_of(medicine, reading)
        if entry.broken or medicine.modified or currency.unknown or product.reason is not None:
            # That there are no medicines, or that it is a dressing, is read well enough.
            dates.unread += product.reason is None or product.reason.raises_card
            return
        told = told_by_medicine(medicine)
        if not self._dated(told, dates):
            return
        day = told.began if told else None
        ingredients = frozenset(product.resolution.ingredients)
        route = route_of(medicine.dosages, product.resolution, reading.index)
        found = {one.id: one for name in ingredients for one in self._groups.get(name, ())}
        groups = [id_ for id_, group in found.items() if group.takes(ingredients, route)]
        for id_ in groups:
            dates.groups.setdefault(id_, []).append(day)
        marker = route.systemic and not self._drugs.isdisjoint(ingredients)
        if marker:
            dates.quinine.append(day)
        if groups or marker:
            dates.used.append(day)

    def _condition(
        self, entry: Entry, condition: Condition, reading: Reading, dates: _Dates
    ) -> None:
        if denied(condition.verification_status):
            return
        names = reading.index.conditions(condition.code) if condition.code else ()
        if not names and condition.code and condition.code.label:
            return  # read or not, it is none of ours: an engine may have set it aside before
        cramp = not self._conditions.isdisjoint(names)
        if entry.broken or (cramp and condition.modified):
            dates.unread += 1
            return
        dates.malaria = dates.malaria or not self._unless.isdisjoint(names)
        if not cramp:
            return
        recorded_first = self._settings.condition_date is ConditionDate.RECORDED
        told = told_by_condition(condition, recorded_first=recorded_first)
        if self._dated(told, dates):
            day = told.began if told else None
            dates.cramps.append(day)
            dates.used.append(day)

    def _dated(self, told: Told | None, dates: _Dates) -> bool:
        """Note when the record was made. False for what lies after the as-of date."""
        if told is None:
            return True
        if told.began.first > self._settings.as_of.toordinal():
            dates.later += 1
            return False
        dates.begins.append(told.made.first)
        return True

    def _history(self, patient: str, dates: _Dates) -> History:
        dates.before_birth_is_no_date()
        firsts = {id_: first_day(days) for id_, days in sorted(dates.groups.items())}
        return History(
            patient=patient,
            begins=min(dates.begins, default=None),
            of_age=_birthday(dates.birth.last if dates.birth else None, self._settings.min_age),
            starts={id_: one.day for id_, one in firsts.items() if one.day is not None},
            unclear=tuple(id_ for id_, one in firsts.items() if one.unclear),
            cramp=first_day(self._cramps(dates)),
            unread=dates.unread,
            undated=dates.used.count(None),
            coarse=sum(day is not None and not day.exact for day in dates.used),
            later=dates.later,
        )

    def _cramps(self, dates: _Dates) -> list[Day | None]:
        quinine = [] if dates.malaria else dates.quinine
        by_kind = {
            OutcomeKind.ANY: [*dates.cramps, *quinine],
            OutcomeKind.DIAGNOSIS: dates.cramps,
            OutcomeKind.DRUG: quinine,
        }
        return by_kind[self._settings.outcome]


def _birthday(birth: date | None, age: int) -> int | None:
    if birth is None:
        return None
    year = birth.year + age
    if year > date.max.year:
        return date.max.toordinal()
    try:
        return birth.replace(year=year).toordinal()
    except ValueError:  # born on 29 February
        return date(year, 3, 1).toordinal()
