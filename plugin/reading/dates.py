"""Dates as FHIR writes them: a year, a month, a day, or an instant with or without its zone."""

from __future__ import annotations

import calendar
import re
from datetime import UTC, date, datetime

from msgspec import Struct

from plugin.reading.memo import remembered

_MONTH, _DAY = 7, 10  # lengths of YYYY-MM and YYYY-MM-DD
_DATE = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?", re.ASCII)
_TIME = re.compile(
    r"[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?", re.ASCII | re.IGNORECASE
)


# As nearly all servers write an instant: of these, every one whose day is a day can be read.
_SOUND = re.compile(
    r"(?:19|20)\d\d-\d\d-\d\dT(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,6})?"
    r"(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)",
    re.ASCII,
)


class When(Struct, frozen=True, gc=False):
    """A date of some precision: the first and the last day that it can mean.

    `instant` is set where a time was given; without a zone it is taken as UTC, which orders the
    results of one day and decides nothing else.
    """

    first: date
    last: date
    instant: datetime | None = None


@remembered
def when(text: str) -> When | None:
    """Read a date or dateTime of any FHIR precision; None for anything else, never an error."""
    return _read(text.strip())


def _read(text: str) -> When | None:
    try:
        if len(text) > _DAY:
            return _timed(text)
        if not _DATE.fullmatch(text):
            return None
        if len(text) < _DAY:
            return _partial(text)
        day = date.fromisoformat(text)
        return When(day, day)
    except (ValueError, OverflowError):  # the 30th of February; an instant before year 1
        return None


def day_of(text: str) -> When | None:
    """The same without its instant, for those who ask for no more than the day.

    Instants are many, and days few: this is quickly answered from memory.
    """
    if len(text) <= _DAY:
        return _short(text)
    return _short(text[:_DAY]) if _SOUND.fullmatch(text) else when(text)


@remembered
def _short(text: str) -> When | None:
    """A date without a time. In a memory of its own, which instants would fill."""
    return _read(text.strip())


def _timed(text: str) -> When | None:
    """An instant. Its day is asked for apart: days recur, of a patient and between patients."""
    day = _short(text[:_DAY])
    if day is not None and _SOUND.fullmatch(text):
        return When(day.first, day.first, datetime.fromisoformat(text).astimezone(UTC))
    if day is None or day.first != day.last or not _TIME.fullmatch(text, _DAY):
        return None
    return When(day.first, day.first, _instant(text))


def _partial(text: str) -> When:
    year = int(text[:4])
    if len(text) < _MONTH:
        return When(date(year, 1, 1), date(year, 12, 31))
    month = int(text[5:])
    first = date(year, month, 1)
    return When(first, first.replace(day=calendar.monthrange(year, month)[1]))


def _instant(text: str) -> datetime:
    # A leap second is legal in FHIR and unknown to Python: the second before it will do.
    text = text.upper().replace(",", ".")
    if text[16:19] == ":60":
        text = text[:16] + ":59" + text[19:]
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        return moment.replace(tzinfo=UTC)
    return moment if moment.tzinfo is UTC else moment.astimezone(UTC)
