"""How much of each ingredient an entry gives on one day, in mg, or that it cannot be read.

Read from structure: a dose in mg, or a count of tablets, puffs or mL times the strength that the
name gives. Where structure leaves the dose or the timing out, the text may tell it (`sig.py`);
where both tell it and differ, neither is believed. The day meant is one on which the drug is taken:
40 mg every other day is 40 mg. Nothing is guessed: a range, a dose as needed or an unknown unit
gives None.
"""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from math import ceil

from knowledge.fact_text import number
from knowledge.terminology.concept import Resolution, Strength
from plugin.model import DailyDose
from plugin.reading.elements import Dosage, Quantity, Repeat, Timing, present
from plugin.reading.sig import Sig, read_sig
from plugin.reading.words import packaged_words

_HOURS = {
    "s": Decimal(1) / 3600, "min": Decimal(1) / 60, "h": Decimal(1), "d": Decimal(24),
    "wk": Decimal(168), "mo": Decimal(730), "a": Decimal(8766),
}  # fmt: skip
_DAY = 24
# How often a day, and how much at a time, said once or in two ways.
_Given = tuple[tuple[int, tuple[Quantity, ...]], ...]
_MOST = Decimal(10_000_000)  # beyond any daily amount in mg
_NOTHING = Sig(None, ())


def daily_doses(dosages: tuple[Dosage, ...], resolution: Resolution) -> tuple[DailyDose, ...]:
    """One DailyDose per ingredient; mg is None where it cannot be read for certain."""
    given = _given(dosages, resolution.ingredients)
    return _doses(given, resolution.ingredients, resolution.strengths if given else ())


def _given(dosages: tuple[Dosage, ...], names: tuple[str, ...]) -> _Given:
    """How often a day and how much of each dosage; empty where any of it cannot be told."""
    if len(dosages) > 1 and not _at_once(dosages):
        return ()
    found: list[tuple[int, tuple[Quantity, ...]]] = []
    for dosage in dosages:
        one = None if _left_open(dosage) else _one(dosage, names)
        if one is None:
            return ()
        found.append(one)
    return tuple(found)


def _left_open(dosage: Dosage) -> bool:
    """True for a range or a dose as needed, whatever else is said."""
    repeat = dosage.timing.repeat if dosage.timing else None
    return (
        dosage.dose_range is not None
        or any(item.dose_range is not None for item in dosage.dose_and_rate)
        or _as_needed(dosage)
        or (repeat is not None and (repeat.frequency_max, repeat.period_max) != (None, None))
    )


def _one(dosage: Dosage, names: tuple[str, ...]) -> tuple[int, tuple[Quantity, ...]] | None:
    """One dosage: its structure, with the text where structure is silent."""
    said = (read_sig(dosage.text, names) if dosage.text else None) or _NOTHING
    times = _times(dosage.timing) if _timed(dosage.timing) else said.times
    if times is None or said.times not in (None, times):
        return None
    amounts = _amounts(dosage, said)
    return (times, amounts) if amounts else None


def _amounts(dosage: Dosage, said: Sig) -> tuple[Quantity, ...]:
    """What is given at a time; empty where that cannot be told or is told in two ways."""
    if not dosage.dose_and_rate and dosage.dose_quantity is None:
        return tuple(amount for amount in said.amounts if _usable(amount))
    dose = _dose(dosage)
    if dose is None or not _usable(dose):
        return ()
    if not (dose.unit.strip() or dose.code.strip()):  # a bare number means what the text says it is
        return tuple(amount for amount in said.amounts if amount.value == dose.value)[:1]
    return (dose, *said.amounts)


def _usable(dose: Quantity) -> bool:
    value = dose.value
    return value is not None and not dose.comparator and value.is_finite() and 0 < value < _MOST


@lru_cache(4096)
def _doses(
    given: _Given, ingredients: tuple[str, ...], strengths: tuple[Strength, ...]
) -> tuple[DailyDose, ...]:
    alone = len(ingredients) == 1
    return tuple(
        DailyDose(name, _total(name, given, strengths, alone=alone) if given else None)
        for name in ingredients
    )


def _total(
    ingredient: str, given: _Given, strengths: tuple[Strength, ...], *, alone: bool
) -> Decimal | None:
    total = Decimal(0)
    for times, amounts in given:
        mg = _agreed(amounts, ingredient, strengths, alone=alone)
        if mg is None:
            return None
        total += mg * times
    return number(str(total)) if 0 < total < _MOST else None


def _agreed(
    amounts: tuple[Quantity, ...], ingredient: str, strengths: tuple[Strength, ...], *, alone: bool
) -> Decimal | None:
    """The amount in mg that all of them come to; None where none tells it, or two differ."""
    counts = {amount.value for amount in amounts if _count_unit(amount)}
    found = {_mg(amount, ingredient, strengths, alone=alone) for amount in amounts} - {None}
    return found.pop() if len(found) == 1 and len(counts) <= 1 else None


def _at_once(dosages: tuple[Dosage, ...]) -> bool:
    """True where the sequence numbers say that the instructions hold together."""
    sequences = {dosage.sequence for dosage in dosages}
    return len(sequences) == 1 and None not in sequences


def _dose(dosage: Dosage) -> Quantity | None:
    if not dosage.dose_and_rate:
        return dosage.dose_quantity
    given = dosage.dose_and_rate
    if len(given) > 1:
        given = tuple(item for item in given if item.type and item.type.word == "ordered")
    return given[0].dose_quantity if len(given) == 1 else None


def _units(dose: Quantity) -> list[str]:
    return [text.strip().casefold() for text in (dose.code, dose.unit) if text.strip()]


def _count_unit(dose: Quantity) -> bool:
    return any(unit in packaged_words().per for unit in _units(dose))


def _mg(
    dose: Quantity, ingredient: str, strengths: tuple[Strength, ...], *, alone: bool
) -> Decimal | None:
    """One dose in mg of an ingredient, which is `alone` in its product or one of several."""
    value = dose.value or Decimal(0)
    words = packaged_words()
    units = _units(dose)
    masses = {words.mass[unit] for unit in units if unit in words.mass}
    counted = {words.per[unit] for unit in units if unit in words.per}
    if len(masses) + len(counted) != 1:
        return None
    if masses:  # of a combination, nobody says which ingredient the mass is of
        return value * masses.pop() if alone else None
    strength = _strength(ingredient, counted.pop(), strengths)
    return value * strength if strength is not None else None


def _strength(ingredient: str, per: str, strengths: tuple[Strength, ...]) -> Decimal | None:
    """mg of an ingredient in one tablet, puff or mL."""
    found: set[Decimal] = set()
    for strength in strengths:
        mass, _, unit = strength.unit.casefold().partition("/")
        factor = packaged_words().mass.get(mass)
        if strength.ingredient != ingredient or factor is None:
            continue
        if (packaged_words().per.get(unit, unit.upper()) if unit else "FORM") == per:
            found.add(strength.value * factor)
    return found.pop() if len(found) == 1 else None


def _timed(timing: Timing | None) -> bool:
    """True where structure says anything of how often, be it readable or not."""
    if timing is None:
        return False
    code = timing.code
    return _scheduled(timing.repeat) or (code is not None and bool(code.label))


def _times(timing: Timing | None) -> int | None:
    """The most doses on one day; None where that cannot be told."""
    if timing is None:
        return None
    return _repeated(timing.repeat) if _scheduled(timing.repeat) else _coded(timing)


def _as_needed(dosage: Dosage) -> bool:
    return (
        dosage.as_needed_boolean
        or dosage.as_needed
        or present(dosage.as_needed_codeable_concept)
        or present(dosage.as_needed_for)
    )


def _coded(timing: Timing) -> int | None:
    """By a code of FHIR's abbreviations, else by words: `BID`, `twice daily`."""
    if timing.code is None:
        return None
    known = packaged_words().timing
    for coding in timing.code.coding:
        if coding.code.strip().upper() in known:
            return known[coding.code.strip().upper()]
    texts = [timing.code.text, *(coding.display for coding in timing.code.coding)]
    for text in filter(None, texts):
        if text.strip().upper() in known:
            return known[text.strip().upper()]
        said = read_sig(text)
        if said is not None and not said.amounts and said.times:
            return said.times
    return None


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
    return ceil(frequency * _DAY / (period * hours))
