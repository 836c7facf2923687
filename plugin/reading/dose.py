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

from msgspec import Struct

from knowledge.fact_text import number
from knowledge.terminology.concept import Resolution, Strength
from plugin.model import DailyDose
from plugin.reading.elements import Dosage, Quantity, present
from plugin.reading.sig import Sig, read_sig
from plugin.reading.timing import every_day, is_timed, times_a_day
from plugin.reading.words import packaged_words

_MOST = Decimal(10_000_000)  # beyond any daily amount in mg
_NOTHING = Sig(None, ())


class _Given(Struct, frozen=True):
    """How often a day, and how much at a time, said once or in two ways.

    `each`: the mass is told in words, and where several tablets are taken may be of one of them.
    """

    times: int
    amounts: tuple[Quantity, ...]
    each: bool


def daily_doses(dosages: tuple[Dosage, ...], resolution: Resolution) -> tuple[DailyDose, ...]:
    """One DailyDose per ingredient; mg is None where it cannot be read for certain."""
    given = _given(dosages, resolution.ingredients)
    return _doses(given, resolution.ingredients, resolution.strengths if given else ())


def _given(dosages: tuple[Dosage, ...], names: tuple[str, ...]) -> tuple[_Given, ...]:
    """How often a day and how much of each dosage; empty where any of it cannot be told."""
    if len(dosages) > 1 and not _at_once(dosages):
        return ()
    found: list[_Given] = []
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


def _one(dosage: Dosage, names: tuple[str, ...]) -> _Given | None:
    """One dosage: its structure, with the text where structure is silent."""
    said = read_sig(dosage.text, names) or _NOTHING
    told = read_sig(dosage.patient_instruction, names) or _NOTHING
    times = times_a_day(dosage.timing) if is_timed(dosage.timing) else said.times
    amounts = _amounts(dosage, said)
    if not amounts or times is None or not {said.times, told.times} <= {None, times}:
        return None
    whole = said.total or (amounts[:1] == (_dose(dosage),) and not _count_unit(amounts[0]))
    every = (*amounts, *(amount for amount in told.amounts if _usable(amount)))
    return _Given(times, every, each=not whole)


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
    given: tuple[_Given, ...], ingredients: tuple[str, ...], strengths: tuple[Strength, ...]
) -> tuple[DailyDose, ...]:
    alone = len(ingredients) == 1
    return tuple(
        DailyDose(name, _total(name, given, strengths, alone=alone) if given else None)
        for name in ingredients
    )


def _total(
    ingredient: str, given: tuple[_Given, ...], strengths: tuple[Strength, ...], *, alone: bool
) -> Decimal | None:
    total = Decimal(0)
    for one in given:
        mg = _agreed(one, ingredient, strengths, alone=alone)
        if mg is None:
            return None
        total += mg * one.times
    return number(str(total)) if 0 < total < _MOST else None


def _agreed(
    given: _Given, ingredient: str, strengths: tuple[Strength, ...], *, alone: bool
) -> Decimal | None:
    """The amount in mg that all of them come to; None where none tells it, or two differ."""
    told = [(one, _mg(one, ingredient, strengths, alone=alone)) for one in given.amounts]
    counts = {one.value: mg for one, mg in told if _count_unit(one)}
    if given.each and any(mg is None and count != 1 for count, mg in counts.items()):
        return None
    found = {mg for _, mg in told} - {None}
    return found.pop() if len(found) == 1 and len(counts) <= 1 else None


def _at_once(dosages: tuple[Dosage, ...]) -> bool:
    """True where the instructions hold together, by their sequence numbers, and on every day."""
    sequences = {dosage.sequence for dosage in dosages}
    together = len(sequences) == 1 and None not in sequences
    return together and every_day(dosage.timing for dosage in dosages)


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


def _as_needed(dosage: Dosage) -> bool:
    return (
        dosage.as_needed_boolean
        or dosage.as_needed
        or present(dosage.as_needed_codeable_concept)
        or present(dosage.as_needed_for)
    )
