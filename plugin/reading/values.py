"""The value of a result as sent, before any conversion: a number, an interval, or no number."""

from __future__ import annotations

import re
from decimal import Decimal

from msgspec import Struct

from plugin.reading.elements import Quantity, Range, ReferenceRange, present
from plugin.reading.memo import remembered
from plugin.reading.shapes import Component, Observation

_NUMBER = r"\d+(?:\.\d+)?"
_TEXT = re.compile(rf"(<=|>=|<|>|≤|≥)?\s*({_NUMBER})\s*([a-zA-Zµμ\[{{%].*)?", re.ASCII)
_SPAN = re.compile(rf"({_NUMBER})\s*(?:-|\u2013|to)\s*({_NUMBER})\s*([a-zA-Zµμ\[{{%].*)?")
_UP_TO = re.compile(rf"(?:<|<=|≤|up to)\s*({_NUMBER})\s*([a-zA-Zµμ\[{{%].*)?")
_PLAIN = {"≤": "<=", "≥": ">="}
_COMPARATORS = frozenset({"", "<", "<=", ">=", ">"})
_LEAST, _MOST = -9, 9  # powers of ten beyond any laboratory value
_LENGTH = 24  # more digits than any laboratory writes


class Amount(Struct, frozen=True, gc=False):
    """A value in the unit it came in. The true value lies in [low, high]; None is an open end.

    `value` is the number itself where one was reported, `reported` what a person reads. `unit` and
    `code` are the two spellings of the unit; both may be empty.
    """

    low: Decimal | None
    high: Decimal | None
    low_open: bool
    high_open: bool
    value: Decimal | None
    reported: str
    unit: str = ""
    code: str = ""


def amount_of(part: Observation | Component) -> Amount | None:
    """The value of an Observation or of a component; None where it is no number."""
    if part.value_quantity is not None:
        return _quantity(part.value_quantity)
    if part.value_string:
        return parse_amount(part.value_string)
    if part.value_integer is not None:
        return _bounded("", Decimal(part.value_integer))
    if part.value_range is not None:
        return _range(part.value_range)
    if part.value_codeable_concept is not None:
        return parse_amount(part.value_codeable_concept.label)
    return None


def has_value(part: Observation | Component) -> bool:
    """True where a value of any type was sent, or a reason why there is none."""
    raws = (
        part.value_boolean, part.value_ratio, part.value_sampled_data, part.value_time,
        part.value_date_time, part.value_period, part.value_attachment, part.value_reference,
    )  # fmt: skip
    return (
        part.value_quantity is not None
        or bool(part.value_string)
        or part.value_integer is not None
        or part.value_range is not None
        or part.value_codeable_concept is not None
        or part.data_absent_reason is not None
        or any(present(raw) for raw in raws)
    )


def parse_amount(text: str) -> Amount | None:
    """A number written as text, such as `>60` or `3.5 mmol/L`; None where any of it is unclear.

    A comma may be a decimal point or a thousands mark, so it makes the text unclear.
    """
    match = _TEXT.fullmatch(text.strip())
    if match is None:
        return None
    comparator, number, unit = match.groups(default="")
    return _bounded(_PLAIN.get(comparator, comparator), Decimal(number), unit.strip())


def upper_limit(ranges: tuple[ReferenceRange, ...]) -> Quantity | None:
    """The upper end of the normal range; the lowest where several are given."""
    found = [limit for item in ranges if _normal(item) and (limit := _high(item)) is not None]
    return min(found, key=lambda limit: limit.value or Decimal(0), default=None)


def _normal(item: ReferenceRange) -> bool:
    return item.type is None or item.type.word in ("", "normal")


def _high(item: ReferenceRange) -> Quantity | None:
    if item.high is not None:
        value = item.high.value
        return item.high if value is not None and value.is_finite() and value > 0 else None
    text = item.text.strip()
    if match := _SPAN.fullmatch(text):
        return Quantity(value=Decimal(match[2]), unit=(match[3] or "").strip())
    if match := _UP_TO.fullmatch(text):
        return Quantity(value=Decimal(match[1]), unit=(match[2] or "").strip())
    return None


def _quantity(quantity: Quantity) -> Amount | None:
    if quantity.value is None:
        return None
    # By the text of the number, because 3.30 equals 3.3 and does not read the same.
    return written((str(quantity.value), quantity.unit, quantity.code, quantity.comparator))


@remembered
def written(parts: tuple[str, str, str, str]) -> Amount | None:
    """An Amount by how it is written. Such results repeat, of a patient and between patients."""
    number, unit, code, comparator = parts
    comparator = comparator.strip()
    if comparator not in _COMPARATORS:
        return None
    return _bounded(comparator, Decimal(number), unit.strip(), code.strip())


def _bounded(comparator: str, value: Decimal, unit: str = "", code: str = "") -> Amount | None:
    if not value.is_finite() or value < 0 or not _LEAST <= value.adjusted() <= _MOST:
        return None
    text = str(value)
    if "E" in text:
        text = f"{value:f}"
        value = Decimal(text)
    if len(text) > _LENGTH:
        return None
    reported = comparator + text
    below, above = comparator.startswith("<"), comparator.startswith(">")
    return Amount(
        low=None if below else value,
        high=None if above else value,
        low_open=comparator == ">",
        high_open=comparator == "<",
        value=None if below or above else value,
        reported=reported,
        unit=unit,
        code=code,
    )


def _range(sent: Range) -> Amount | None:
    """An interval with both ends, in one unit."""
    low = _quantity(sent.low) if sent.low else None
    high = _quantity(sent.high) if sent.high else None
    if low is None or high is None or low.value is None or high.value is None:
        return None
    if low.value > high.value or (low.unit, low.code) != (high.unit, high.code):
        return None
    return Amount(
        low.value, high.value, False, False, None, f"{low.value}-{high.value}", low.unit, low.code
    )
