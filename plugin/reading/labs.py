"""Observations to LabResults: any LOINC of an analyte, any known unit, alone or in a panel.

What names an analyte of ours and cannot be used is said with that analyte, so that nobody takes
"could not be read" for "not measured".
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import cast

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from plugin.model import LabResult, UnreadReason
from plugin.reading.context import Entry, Reading
from plugin.reading.dates import When, day_of, when
from plugin.reading.elements import ABSENT, Quantity, present
from plugin.reading.index import Analyte, Index
from plugin.reading.memo import remembered
from plugin.reading.plain_shapes import PlainResult
from plugin.reading.repair import FAULTS, decode
from plugin.reading.shapes import Component, Observation
from plugin.reading.specimen import haemolysed
from plugin.reading.values import Amount, amount_of, has_value, upper_limit, written

# `appended` is R5's word for a final result to which something was added.
_USABLE = frozenset({"final", "amended", "corrected", "appended"})
_NOT_RESULTS = frozenset(
    {
        "registered", "specimen-in-process", "preliminary", "cancelled", "entered-in-error",
        "cannot-be-obtained",
    }
)  # fmt: skip


_QUANTITY = msgspec.json.Decoder(Quantity | None)


class _UnusableError(Exception):
    """Why one result cannot be used."""

    def __init__(self, reason: UnreadReason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


# An analyte of an Observation, with what has its value: the Observation, or one of its components.
_Part = tuple[Analyte, Observation | Component]


class _Sample(Struct, frozen=True, gc=False):
    """What all parts of one Observation share."""

    entry: Entry
    observation: Observation
    status: str
    taken: When | None
    doubtful: bool  # whether there may be a reason not to use it


class Measured(Struct, frozen=True, gc=False):
    """A value as it was sent, its interval in the analyte's unit, and how that came about."""

    amount: Amount
    low: Decimal | None
    high: Decimal | None
    note: str


def read_observation(entry: Entry, observation: Observation, reading: Reading) -> bool:
    """Read one Observation. False if it is set aside: of no analyte of ours, or no result yet."""
    parts = parts_of(observation, reading.index)
    if not parts:
        return False  # most Observations of an EHR, so before anything else is looked at
    status = observation.status
    if status not in _USABLE:
        status = status.strip().lower()
        if status in _NOT_RESULTS:
            return False
    taken = when(observation.effective_date_time) or _otherwise_taken(observation)
    doubtful = bool(entry.broken) or observation.modified or status not in _USABLE
    sample = _Sample(entry, observation, status, taken, doubtful)
    day = taken.first if taken is not None else None
    if day is not None and day > reading.as_of:
        detail = f"dated after {reading.as_of.isoformat()}, so it was not used"
        text = observation.code.label if observation.code else ""
        reading.not_read(entry, UnreadReason.DATE_NOT_READ, text, detail, current=False, day=day)
        return True
    for analyte, value in parts:
        try:
            reading.labs.append(_result(sample, analyte, value, reading))
        except _UnusableError as fault:
            text = value.code.label if value.code else ""
            about = analyte.lab.id
            reading.not_read(entry, fault.reason, text, fault.detail, analyte=about, day=day)
    return True


# What all results of these elements are of, whatever their value, date and id; else an analyte.
OF_NO_USE = object()


def common_result(result: Observation, reading: Reading) -> Analyte | object | None:
    """The analyte of a result without value; None for one that must be read each time."""
    parts = parts_of(result, reading.index)
    if not parts or is_no_result(result.status):
        return OF_NO_USE
    analyte = parts[0][0]
    usable = result.status.strip().lower() in _USABLE and not haemolysed(result, result, reading)
    if not usable or len(parts) > 1 or analyte.lab.multiple_of_upper_limit:
        return None
    return analyte


def read_plain_result(entry: Entry, result: PlainResult, reading: Reading) -> bool:
    """Read one of which the analyte is known, if there is nothing more to say of it."""
    analyte = entry.known
    if not isinstance(analyte, Analyte):
        return False  # OF_NO_USE
    taken = day_of(result.effective_date_time)
    if taken is not None and taken.first <= reading.as_of:
        measured = _sent((analyte, bytes(result.value_quantity)))
        if measured is not None:
            reading.results.append((entry, analyte, measured, result.effective_date_time))
            return True
    decoded = decode(entry.raw)
    observation = cast("Observation", decoded.resource)  # what is plain is one
    whole = replace(entry, resource=observation, broken=decoded.broken, known=None)
    return read_observation(whole, observation, reading)


@remembered
def _sent(asked: tuple[Analyte, bytes]) -> Measured | None:
    """A value by its JSON; None where there is more to be said of it."""
    analyte, sent = asked
    try:
        quantity = _QUANTITY.decode(sent)
        if quantity is None or quantity.value is None:
            return None
        number = str(quantity.value)
        return _written((analyte, (number, quantity.unit, quantity.code, quantity.comparator)))
    except (*FAULTS, _UnusableError):
        return None


def results_of(reading: Reading) -> Iterable[LabResult]:
    """The results that were put off."""
    for entry, analyte, measured, taken in reading.results:
        # That it is a date was seen at the first look, which asked for no more than the day.
        yield _lab_result(entry, analyte, measured, cast(When, when(taken)), suspect=False)


def is_no_result(status: str) -> bool:
    """True for a status that says that there is no result, or none yet."""
    return status.strip().lower() in _NOT_RESULTS


def parts_of(observation: Observation, index: Index) -> list[_Part]:
    """Every analyte of ours in an Observation. A panel's own code needs no value."""
    if not observation.component:  # nearly always
        code = observation.code
        return [(found, observation) for found in index.analytes(code.coding)] if code else []
    values: list[Observation | Component] = [observation] if has_value(observation) else []
    values += observation.component
    return [
        (analyte, value)
        for value in values
        if value.code is not None
        for analyte in index.analytes(value.code.coding)
    ]


def _otherwise_taken(observation: Observation) -> When | None:
    """When the specimen was taken, where no dateTime says it, or when the result was issued."""
    period = observation.effective_period
    texts = (
        observation.effective_instant,
        period.end if period else "",
        period.start if period else "",
        observation.issued,
    )
    for text in texts:
        if text and (found := when(text)):
            return found
    return None


def _result(
    sample: _Sample, analyte: Analyte, value: Observation | Component, reading: Reading
) -> LabResult:
    """One usable result. Raises _UnusableError with the reason why there is none."""
    if sample.doubtful or analyte.conflict or value.modifier_extension is not ABSENT:
        _check(sample, analyte, value)
    taken, quantity = sample.taken, value.value_quantity
    measured: Measured | None
    if (
        taken is None
        or quantity is None
        or quantity.value is None
        or analyte.lab.multiple_of_upper_limit
    ):
        amount = amount_of(value)
        if amount is not None and taken is None:
            raise _UnusableError(UnreadReason.DATE_NOT_READ, "it has no date that can be read")
        measured = _measured(analyte, amount, value) if amount is not None else None
    else:  # nearly always; by the text of the number, as `values.py` has it
        number = str(quantity.value)
        measured = _written((analyte, (number, quantity.unit, quantity.code, quantity.comparator)))
    if measured is None or taken is None:
        raise _UnusableError(UnreadReason.VALUE_NOT_READ, _no_number(value))
    suspect = haemolysed(sample.observation, value, reading)
    return _lab_result(sample.entry, analyte, measured, taken, suspect=suspect)


def _lab_result(
    entry: Entry, analyte: Analyte, measured: Measured, taken: When, *, suspect: bool
) -> LabResult:
    amount, low, high = measured.amount, measured.low, measured.high
    if analyte.code.trusted is not None and not suspect:
        suspect = _outside(low, high, analyte.code.trusted)
    return LabResult(  # by place, since there are many
        analyte.lab.id,
        entry.reference,
        low,
        high,
        amount.low_open,
        amount.high_open,
        amount.value,
        amount.reported,
        amount.unit or amount.code or analyte.lab.unit,
        taken.first,
        taken.instant,
        suspect,
        measured.note,
    )


@remembered
def _written(asked: tuple[Analyte, tuple[str, str, str, str]]) -> Measured | None:
    """A value by how its quantity is written: such results repeat between patients."""
    analyte, quantity = asked
    amount = written(quantity)
    return _measured(analyte, amount, None) if amount is not None else None


def _measured(analyte: Analyte, amount: Amount, value: Observation | Component | None) -> Measured:
    """A value converted. `value` is asked for the upper limit that CK is a multiple of."""
    factor, notes = _factor(analyte, amount.code, amount.unit)
    limit = None
    if value is not None and analyte.lab.multiple_of_upper_limit:
        limit, limit_note = _limit(analyte, value, factor)
        notes += limit_note
    if analyte.code.already_corrected:
        notes += ("corrected for albumin by the laboratory",)
    low = _converted(amount.low, factor, limit)
    high = low if amount.high is amount.low else _converted(amount.high, factor, limit)
    return Measured(amount, low, high, "; ".join(notes))


def _converted(value: Decimal | None, factor: Decimal, limit: Decimal | None) -> Decimal | None:
    """A value in the analyte's unit, or in multiples of a limit in that unit."""
    if value is None or limit is None:
        return value * factor if value is not None else None
    # Divided last: a limit's inverse is rounded, and ten times 300 would fall short of ten.
    return value * factor / limit


def _check(sample: _Sample, analyte: Analyte, value: Observation | Component) -> None:
    if sample.entry.broken:
        raise _UnusableError(UnreadReason.MALFORMED, f"{sample.entry.broken} cannot be read")
    if sample.observation.modified or present(value.modifier_extension):
        raise _UnusableError(UnreadReason.MODIFIER, "an extension may change what the entry means")
    if sample.status not in _USABLE:
        said = f'"{sample.status[:40]}"' if sample.status else "missing"
        raise _UnusableError(UnreadReason.STATUS_NOT_KNOWN, f"the status is {said}")
    if analyte.conflict:
        raise _UnusableError(UnreadReason.CONFLICT, "its codes are of different analytes")


def _no_number(value: Observation | Component) -> str:
    if value.data_absent_reason is not None:
        return f"no value: {value.data_absent_reason.label[:80]}"
    return "the value is no number" if has_value(value) else "it has no value"


def _factor(analyte: Analyte, code: str, unit: str) -> tuple[Decimal, tuple[str, ...]]:
    """What turns a value into the analyte's unit. The UCUM code and the unit must agree."""
    written = {text for text in (code, unit) if text}
    if not written:
        if analyte.units.sole is None:
            raise _UnusableError(UnreadReason.UNIT_NOT_KNOWN, "it has no unit")
        return analyte.units.sole, (f"no unit was sent; read in {analyte.lab.unit}",)
    factors = {factor for text in written if (factor := analyte.units.factor(text)) is not None}
    if len(factors) != 1:
        fault = "unit and code disagree" if factors else "the unit is not known"
        raise _UnusableError(
            UnreadReason.UNIT_NOT_KNOWN, f"{fault}: {' and '.join(sorted(written))[:80]}"
        )
    return factors.pop(), ()


def _limit(
    analyte: Analyte, value: Observation | Component, factor: Decimal
) -> tuple[Decimal, tuple[str, ...]]:
    """The upper limit in the analyte's unit: the result's own, else the knowledge's, and said."""
    own = upper_limit(value.reference_range)
    if own is not None and own.value is not None:
        written = [text for text in (own.code, own.unit) if text]
        factors = {analyte.units.factor(text) for text in written} if written else {factor}
        known = factors.pop() if len(factors) == 1 else None
        if known is not None:
            return own.value * known, ()
    default = analyte.lab.default_upper_limit
    if default is None:
        raise _UnusableError(UnreadReason.VALUE_NOT_READ, "it has no upper limit")
    return default, (f"no upper limit was sent; {default} {analyte.lab.unit} was used",)


def _outside(low: Decimal | None, high: Decimal | None, trusted: tuple[Decimal, Decimal]) -> bool:
    """True where a result of such a specimen must be repeated before anyone acts on it."""
    least, most = trusted
    return low is None or low < least or high is None or high > most
