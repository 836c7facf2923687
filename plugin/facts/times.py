"""Arithmetic on dates, as charts count them."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from functools import lru_cache

MONTHS_IN_A_YEAR = 12


def age_in_years(born: date, as_of: date) -> int:
    """Completed years between two dates."""
    return as_of.year - born.year - ((as_of.month, as_of.day) < (born.month, born.day))


@lru_cache(maxsize=64)
def months_before(as_of: date, months: int) -> date:
    """The same day that many months earlier, or the last day of a shorter month."""
    index = as_of.year * MONTHS_IN_A_YEAR + as_of.month - 1 - months
    if index < MONTHS_IN_A_YEAR:
        return date.min  # there is no year 0
    year, month = divmod(index, MONTHS_IN_A_YEAR)
    last = monthrange(year, month + 1)[1]
    return date(year, month + 1, min(as_of.day, last))
