"""Will it be taken, once signed? What the status of an order under the pen says.

An order that is a draft, that has no status yet, or that is active and signed again counts as
taken, with any intent and from whatever day: what is asked is what signing it would do. An order
that forbids, pauses or ends a medication counts as it does in a chart.
"""

from __future__ import annotations

from datetime import date

from plugin.reading.currency import Currency, currency_of
from plugin.reading.dates import day_of
from plugin.reading.elements import Dosage
from plugin.reading.shapes import MedicationRequest, Medicine

_SIGNED_AGAIN = "active"
OPEN = frozenset({"draft", ""})  # not yet signed


def status_of(entry: Medicine) -> str:
    """The status in lower case; empty for none."""
    return entry.status.strip().lower()


def currency_of_order(entry: Medicine, dosages: tuple[Dosage, ...], as_of: date) -> Currency:
    """Judge one entry among orders. What is no MedicationRequest is judged as in a chart.

    `start` stays empty for what was not taken yet: a draft copied from an old order tells nothing
    of when a drug was begun.
    """
    judged = currency_of(entry, dosages, as_of)
    status = status_of(entry)
    under_pen = status in OPEN or status == _SIGNED_AGAIN
    if judged.current or not under_pen or type(entry) is not MedicationRequest:
        return judged
    over = status == _SIGNED_AGAIN and judged.why == "ended"
    if entry.do_not_perform or over:
        return judged
    ahead = tuple([dosage for dosage in dosages if not _over(dosage, as_of)])
    return Currency(current=True, start=judged.start, applying=ahead or dosages)


def _over(dosage: Dosage, as_of: date) -> bool:
    repeat = dosage.timing.repeat if dosage.timing else None
    period = repeat.bounds_period if repeat else None
    end = day_of(period.end) if period and period.end else None
    return end is not None and end.last < as_of
