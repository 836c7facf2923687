"""How much of an ingredient a Medication says to be in one tablet, puff or mL."""

from __future__ import annotations

from decimal import Decimal

import msgspec
from msgspec import Raw

from knowledge.terminology.concept import Strength
from plugin.reading.elements import ABSENT, Ingredient, Quantity, Ratio, present
from plugin.reading.words import packaged_words

_RATIO = msgspec.json.Decoder(Ratio)
_QUANTITY = msgspec.json.Decoder(Quantity)
_ONE = {"1", "{1}"}  # how a denominator writes that it is of one of them
_BROKEN = (msgspec.MsgspecError, UnicodeDecodeError)
_PER = {"FORM": "MG", "ML": "MG/ML", "ACTUAT": "MG/ACTUAT"}
_MOST = Decimal(10_000_000)  # beyond any strength, in mg
_LEAST = Decimal("1e-9")


def has_strength(part: Ingredient) -> bool:
    """True where an ingredient was sent with a strength, be it readable or not."""
    sent = (part.strength, part.strength_ratio, part.strength_quantity)
    return any(raw is not ABSENT and present(raw) for raw in sent)


def strengths_of(part: Ingredient, name: str) -> tuple[Strength, ...]:
    """The strengths of an ingredient of this name, in MG, MG/ML or MG/ACTUAT; none it cannot read.

    `strength` and `strengthRatio` are FHIR's Ratio; `strengthQuantity` is per form, or has its
    denominator in its unit. More than one comes back where more than one was sent.
    """
    ratios = (_ratio(raw) for raw in (part.strength, part.strength_ratio))
    told = (*ratios, _quantity(part.strength_quantity))
    return tuple(
        Strength(name, mg, _PER[per])
        for mg, per in filter(None, told)
        if per in _PER and _LEAST < mg < _MOST
    )


def units_of(quantity: Quantity) -> list[str]:
    """The spellings of a unit, its code first, in lower case."""
    return [text.strip().casefold() for text in (quantity.code, quantity.unit) if text.strip()]


def measures_of(quantity: Quantity) -> tuple[set[Decimal], set[str]]:
    """What a unit may be: mg in one of it, and forms that it counts (FORM, ACTUAT, ML).

    Both are empty where a spelling of it is per something that is not understood: mg/kg is no mg.
    """
    if is_rate(quantity):
        return set(), set()
    words, units = packaged_words(), units_of(quantity)
    masses = {words.mass[unit] for unit in units if unit in words.mass}
    return masses, {words.per[unit] for unit in units if unit in words.per}


def is_rate(quantity: Quantity) -> bool:
    """True where a spelling of the unit is per something: `mg/kg`."""
    return any("/" in unit for unit in units_of(quantity))


def _ratio(raw: Raw) -> tuple[Decimal, str] | None:
    """mg, and per what."""
    if not present(raw):
        return None
    try:
        ratio = _RATIO.decode(raw)
    except _BROKEN:
        return None
    top, below = ratio.numerator, ratio.denominator
    if top is None:
        return None
    if below is None or (below.value in (None, 1) and set(units_of(below)) <= _ONE):
        return _mass(top)
    masses, counted = measures_of(below)
    whole = _mass(top)
    number = _usable(below)
    if whole is None or whole[1] != "FORM" or number is None or masses or len(counted) != 1:
        return None
    return Decimal(f"{whole[0] / number:f}"), counted.pop()


def _quantity(raw: Raw) -> tuple[Decimal, str] | None:
    if not present(raw):
        return None
    try:
        return _mass(_QUANTITY.decode(raw))
    except _BROKEN:
        return None


def _mass(quantity: Quantity) -> tuple[Decimal, str] | None:
    """mg, and per what where the unit says so itself: `mg/mL`; else per form."""
    words, value = packaged_words(), _usable(quantity)
    told = set()
    for unit in units_of(quantity):
        mass, slash, below = unit.partition("/")
        if slash or mass in words.mass:  # a code of another system says the same or nothing
            told.add((words.mass.get(mass), words.per.get(below) if slash else "FORM"))
    if value is None or len(told) != 1:
        return None
    factor, per = told.pop()
    return None if factor is None or per is None else (value * factor, per)


def _usable(quantity: Quantity) -> Decimal | None:
    value = quantity.value
    good = value is not None and not quantity.comparator and value.is_finite()
    return value if good and value is not None and _LEAST < value < _MOST else None
