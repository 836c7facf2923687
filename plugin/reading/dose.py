"""How much of each ingredient an entry gives on one day, in mg, or that it cannot be read.

Read from structure: a dose in mg, or a count of tablets, puffs or mL times the strength that the
name or the Medication gives. Where structure leaves the dose or the timing out, the texts of the
dosage may tell it (`sig.py`); where any two tell it and differ, none is believed. The day
meant is one on which the drug is taken: 40 mg every other day is 40 mg. Nothing is guessed: a
range, a dose as needed or an unknown unit gives None.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache

from msgspec import Struct

from knowledge.fact_text import number
from knowledge.terminology.concept import Resolution, Strength
from plugin.model import DailyDose
from plugin.reading.elements import Dosage, Quantity, present
from plugin.reading.sig import Sig, most_in, read_sig, tells_of_dose
from plugin.reading.strengths import is_rate, measures_of
from plugin.reading.timing import every_day, is_timed, times_a_day
from plugin.reading.words import packaged_words

_MOST = Decimal(10_000_000)  # beyond any daily amount in mg
_NOTHING = Sig(None, ())


class _Given(Struct, frozen=True):
    """How often a day, and how much at a time, said once or in several ways.

    `whole`: the mass among the amounts is of all that is taken at a time. Else it may be of each
    of several tablets. `sparse`: words say that it is not of every day.
    """

    times: int
    amounts: tuple[Quantity, ...]
    whole: bool
    sparse: bool


def daily_doses(
    dosages: tuple[Dosage, ...], resolution: Resolution, rendered: str = ""
) -> tuple[DailyDose, ...]:
    """One DailyDose per ingredient; mg is None where it cannot be read for certain.

    `rendered` is R5's text of all instructions. It is a text of the only one, and of several it
    must come to the same.
    """
    whole = (Dosage(text=rendered),) if rendered else ()
    if not dosages or len(dosages) == 1 or not whole:
        return _read(dosages or whole, resolution, rendered if dosages else "")
    ours, theirs = _read(dosages, resolution), _read(whole, resolution)
    return tuple(
        one if other.mg in (None, one.mg) else DailyDose(one.ingredient, None)
        for one, other in zip(ours, theirs, strict=True)
    )


def _read(
    dosages: tuple[Dosage, ...], resolution: Resolution, rendered: str = ""
) -> tuple[DailyDose, ...]:
    given = _given(dosages, resolution.ingredients, rendered)
    return _doses(given, resolution.ingredients, resolution.strengths if given else ())


def _given(
    dosages: tuple[Dosage, ...], names: tuple[str, ...], rendered: str
) -> tuple[_Given, ...]:
    """How often a day and how much of each dosage; empty where any of it cannot be told."""
    if len(dosages) > 1 and not _at_once(dosages):
        return ()
    found: list[_Given] = []
    for dosage in dosages:
        one = None if _left_open(dosage) else _one(dosage, names, rendered)
        if one is None or (one.sparse and len(dosages) > 1):
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


def _one(dosage: Dosage, names: tuple[str, ...], rendered: str) -> _Given | None:
    """One dosage: its structure, with the texts where structure is silent."""
    said = _said(dosage, names, rendered)
    if said is None:
        return None
    times = times_a_day(dosage.timing) if is_timed(dosage.timing) else said.times
    amounts = _amounts(dosage, said)
    if not amounts or times is None or said.times not in (None, times):
        return None
    if _exceeded(dosage, names, rendered, times):
        return None
    structured = amounts[0] == _dose(dosage) and _is_mass(amounts[0])
    return _Given(times, amounts, whole=said.total or structured, sparse=said.sparse)


def _said(dosage: Dosage, names: tuple[str, ...], rendered: str) -> Sig | None:
    """What the texts say between them; None where that is not certain.

    One that is not understood tells nothing where structure is complete, or where it has nothing of
    a dose in it.
    """
    if not (dosage.text or dosage.patient_instruction or rendered or dosage.additional_instruction):
        return _NOTHING  # nearly always
    read = [(text, read_sig(text, names)) for text in _texts(dosage, rendered)]
    said = [sig for _, sig in read if sig is not None]
    times = {sig.times for sig in said} - {None}
    if len(times) > 1:
        return None
    complete = is_timed(dosage.timing) and _dosed(dosage)
    if not complete and any(sig is None and tells_of_dose(text) for text, sig in read):
        return None
    amounts = tuple(amount for sig in said for amount in sig.amounts)
    if len(said) > 1:
        amounts = tuple(sorted(amounts, key=_is_mass))
    weighed = [sig.total for sig in said if any(map(_is_mass, sig.amounts))]
    total = bool(weighed) and all(weighed)
    return Sig(next(iter(times), None), amounts, total, any(sig.sparse for sig in said))


def _texts(dosage: Dosage, rendered: str) -> Iterable[str]:
    """Each text of a dosage once."""
    added = (concept.label for concept in dosage.additional_instruction)
    return dict.fromkeys(filter(None, (dosage.text, dosage.patient_instruction, rendered, *added)))


def _exceeded(dosage: Dosage, names: tuple[str, ...], rendered: str, times: int) -> bool:
    """True where a text that is not understood names more than structure says.

    `1 tablet daily for two weeks, then 2 tablets` is not the one tablet of its structure.
    """
    dose = _dose(dosage)
    if dose is None or dose.value is None:
        return False
    masses, counted = measures_of(dose)
    for text in _texts(dosage, rendered):
        if read_sig(text, names) is not None:
            continue
        most = most_in(text)
        more = any(most.mg > dose.value * mg for mg in masses)
        if more or most.times > times or (counted and most.count > dose.value):
            return True
    return False


def _dosed(dosage: Dosage) -> bool:
    return bool(dosage.dose_and_rate) or dosage.dose_quantity is not None


def _amounts(dosage: Dosage, said: Sig) -> tuple[Quantity, ...]:
    """What is given at a time, structure first; empty where that cannot be told."""
    if not _dosed(dosage):
        return tuple(amount for amount in said.amounts if _usable(amount))
    dose = _dose(dosage)
    if dose is None or not _usable(dose):
        return ()
    if not (dose.unit.strip() or dose.code.strip()):  # a bare number means what the text says it is
        same = tuple(amount for amount in said.amounts if amount.value == dose.value)[:1]
        return (*same, *said.amounts) if same else ()
    return () if is_rate(dose) else (dose, *said.amounts)


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
    found = {mg for _, possible in told for mg in possible}
    counts = {one.value for one, _ in told if not _is_mass(one)}
    if len(found) != 1 or len(counts) > 1:
        return None
    lost = [one for one, possible in told if not possible and one.value != 1]
    # Beside two tablets of unknown strength, 20 mg may be of both or of one.
    either = any(one is given.amounts[0] or not _is_mass(one) for one in lost)
    return None if either and not (given.whole and alone) else found.pop()


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


def _is_mass(dose: Quantity) -> bool:
    masses, counted = measures_of(dose)
    return bool(masses) and not counted


def _mg(
    dose: Quantity, ingredient: str, strengths: tuple[Strength, ...], *, alone: bool
) -> set[Decimal]:
    """What one dose may be in mg of an ingredient, `alone` in its product or one of several.

    Empty where that is not told, and several where the strength is told in several ways.
    """
    value = dose.value or Decimal(0)
    masses, counted = measures_of(dose)
    if len(masses) + len(counted) != 1:
        return set()
    if masses:  # of a combination, nobody says which ingredient the mass is of
        return {value * masses.pop()} if alone else set()
    return {value * mg for mg in _strengths(ingredient, counted.pop(), strengths)}


def _strengths(ingredient: str, per: str, strengths: tuple[Strength, ...]) -> set[Decimal]:
    """mg of an ingredient in one tablet, puff or mL, in each way that it is told."""
    words = packaged_words()
    found: set[Decimal] = set()
    for strength in strengths:
        mass, _, unit = strength.unit.casefold().partition("/")
        factor = words.mass.get(mass)
        if strength.ingredient != ingredient or factor is None:
            continue
        if (words.per.get(unit, unit.upper()) if unit else "FORM") == per:
            found.add(strength.value * factor)
    return found


def _as_needed(dosage: Dosage) -> bool:
    return (
        dosage.as_needed_boolean
        or dosage.as_needed
        or present(dosage.as_needed_codeable_concept)
        or present(dosage.as_needed_for)
    )
