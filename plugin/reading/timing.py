"""How often a day a dose is given, from a FHIR Timing: its schedule, its code and its words.

Where they differ, none is believed. The day meant is one on which the drug is taken: every other
day is once.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from math import ceil

from plugin.reading.elements import CodeableConcept, Repeat, Timing, present
from plugin.reading.sig import read_sig
from plugin.reading.words import packaged_words

_HOURS = {
    "s": Decimal(1) / 3600, "min": Decimal(1) / 60, "h": Decimal(1), "d": Decimal(24),
    "wk": Decimal(168), "mo": Decimal(730), "a": Decimal(8766),
}  # fmt: skip
_DAY = 24
_MOST = Decimal(10_000_000)


def is_timed(timing: Timing | None) -> bool:
    """True where structure says anything of how often, be it readable or not."""
    if timing is None:
        return False
    code = timing.code
    said = code is not None and bool(code.label)
    return said or _scheduled(timing.repeat) or present(timing.event)


def times_a_day(timing: Timing | None) -> int | None:
    """The most doses on one day; None where that cannot be told."""
    if timing is None or present(timing.event):  # moments by date, of which days differ
        return None
    found = _coded(timing)
    if _scheduled(timing.repeat):
        found.add(_repeated(timing.repeat))
    return found.pop() if len(found) == 1 else None


def every_day(timings: Iterable[Timing | None]) -> bool:
    """True where no schedule leaves out a day that another one has: else two are no sum."""
    found = [timing for timing in timings if timing]
    repeats = [timing.repeat or Repeat() for timing in found]
    bounds = {(one.bounds_period, one.bounds_duration, one.day_of_week) for one in repeats}
    return len(bounds) <= 1 and not any(map(_sparse, repeats)) and not any(map(_rare, found))


def _sparse(repeat: Repeat) -> bool:
    hours = _HOURS.get(repeat.period_unit.strip(), Decimal(1))
    period = repeat.period if repeat.period is not None else Decimal(1)
    return not period.is_finite() or (repeat.frequency or 1) * _DAY < period * hours


def _rare(timing: Timing) -> bool:
    """By a code or by words: `QOD`, `every other day`."""
    if timing.code is None:
        return False
    codes = [coding.code for coding in timing.code.coding]
    said = filter(None, map(read_sig, _texts(timing.code)))
    rare = packaged_words().not_daily
    return not rare.isdisjoint(_folded(codes)) or any(sig.sparse for sig in said)


def _texts(code: CodeableConcept) -> list[str]:
    return [code.text, *(coding.display for coding in code.coding)]


def _coded(timing: Timing) -> set[int | None]:
    """By a code of FHIR's abbreviations, and by words: `BID`, `twice daily`. All that is said."""
    if timing.code is None:
        return set()
    known = packaged_words().timing
    texts = _texts(timing.code)
    codes = [coding.code for coding in timing.code.coding]
    found: set[int | None] = {known[code] for code in _folded(codes + texts) if code in known}
    for text in texts:
        said = read_sig(text)
        if said is not None and not said.amounts and said.times:
            found.add(said.times)
    return found


def _folded(texts: list[str]) -> list[str]:
    return [text.strip().upper() for text in texts]


def _scheduled(repeat: Repeat | None) -> bool:
    """True where a schedule says more than its bounds."""
    return repeat is not None and bool(
        repeat.frequency or repeat.period or repeat.when or repeat.time_of_day
    )


def _repeated(repeat: Repeat | None) -> int | None:
    """Doses a day of a schedule; None where its moments and its frequency do not agree."""
    if repeat is None or not all(moment in packaged_words().moments for moment in repeat.when):
        return None
    clock, moments = len(repeat.time_of_day), len(repeat.when)
    if len(set(repeat.time_of_day)) < clock or len(set(repeat.when)) < moments:
        return None  # a moment that is there twice is one dose or two
    if clock and moments:  # FHIR allows one of them
        return None
    if clock and repeat.frequency in (None, clock):
        return clock
    if moments and repeat.frequency is None:
        return moments
    often = _frequency(repeat)
    return None if often is None or clock or moments > often else often


def _frequency(repeat: Repeat) -> int | None:
    hours = _HOURS.get(repeat.period_unit.strip())
    if hours is None:
        return None
    period = repeat.period if repeat.period is not None else Decimal(1)
    frequency = 1 if repeat.frequency is None else repeat.frequency
    if not period.is_finite() or not 0 < period < _MOST or not 0 < frequency < _MOST:
        return None
    days = len(set(repeat.day_of_week))
    if not days or period * hours <= _DAY:
        return ceil(frequency * _DAY / (period * hours))
    # Four times a week, on Mondays and Thursdays, is twice a day.
    weekly = period * hours == _HOURS["wk"]
    return ceil(frequency / days) if weekly else None
