"""Patients' histories become counts by day and pairs by order; these become the analysis. Pure.

Only counts are kept, so that memory does not grow with the number of patients, and the order in
which they come changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from msgspec import Struct, field

from knowledge.signal_model import SignalGroup
from plugin.screening.signal.history import History
from plugin.screening.signal.settings import Settings
from plugin.screening.signal.symmetry import (
    Estimate,
    Order,
    estimate,
    expected_orders,
    order_of,
)


class GroupCounts(Struct):
    """What became of the patients who have a group on record."""

    starts: Counter[int] = field(default_factory=Counter)  # first starts that count, by day
    not_new: int = 0  # begun within the run-in or before the least age
    unclear: int = 0  # the first day is not known
    orders: Counter[Order] = field(default_factory=Counter)  # of the pairs


class Tally:
    """Counts of a population, one history after the other."""

    def __init__(self, groups: Sequence[SignalGroup], settings: Settings) -> None:
        self.settings = settings
        self.groups = {group.id: GroupCounts() for group in groups}
        self.cramps: Counter[int] = Counter()
        self.patients = self.without_dates = self.age_unknown = 0
        self.cramps_not_new = self.cramps_unclear = 0
        self.unread = self.undated = self.coarse = self.later = self.with_unread = 0
        self._from = settings.data_from.toordinal() if settings.data_from else None

    def add(self, history: History) -> None:
        """Count one patient."""
        self.patients += 1
        self.unread += history.unread
        self.with_unread += bool(history.unread)
        self.undated += history.undated
        self.coarse += history.coarse
        self.later += history.later
        self.age_unknown += history.of_age is None
        if history.begins is None:
            self.without_dates += 1
        new_from = self._new_from(history)
        cramp = self._cramp(history, new_from)
        for id_ in history.unclear:
            self.groups[id_].unclear += 1
        for id_, start in history.starts.items():
            counts = self.groups[id_]
            if start < new_from:
                counts.not_new += 1
                continue
            counts.starts[start] += 1
            if cramp is not None:
                counts.orders[order_of(start, cramp, self.settings.window)] += 1

    def _new_from(self, history: History) -> int:
        """The first day on which what is recorded counts as new."""
        begins = self._from if self._from is not None else history.begins
        return max((begins or 0) + self.settings.run_in, history.of_age or 0)

    def _cramp(self, history: History, new_from: int) -> int | None:
        first = history.cramp
        if first.unclear:
            self.cramps_unclear += 1
        elif first.day is not None and first.day < new_from:
            self.cramps_not_new += 1
        elif first.day is not None:
            self.cramps[first.day] += 1
            return first.day
        return None

    def estimate(self, id_: str) -> Estimate:
        """The ratios of one group."""
        counts, window = self.groups[id_], self.settings.window
        expected = expected_orders(counts.starts, self.cramps, window)
        return estimate(counts.orders[Order.AFTER], counts.orders[Order.BEFORE], expected)
