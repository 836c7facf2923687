"""Times as the tables hold them."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta

DAY_MS = 24 * 60 * 60 * 1000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def now_ms() -> int:
    """Now, in milliseconds since 1970."""
    return time.time_ns() // 1_000_000


def ms_of(moment: datetime) -> int:
    """A moment with a zone, in milliseconds since 1970."""
    return (moment - _EPOCH) // _MILLISECOND


def start_of(day: date) -> int:
    """The first millisecond of a day, in UTC."""
    return ms_of(datetime(day.year, day.month, day.day, tzinfo=UTC))
