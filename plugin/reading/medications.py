"""MedicationRequest, -Statement, -Dispense and -Administration to Medication and Dispense."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from knowledge.model import RouteClass
from knowledge.terminology.concept import Match
from plugin.model import DailyDose, Dispense, ListedMedication, Medication, UnreadReason
from plugin.reading.context import Entry, Reading
from plugin.reading.currency import Currency, currency_of, is_bounded
from plugin.reading.dates import day_of
from plugin.reading.dose import daily_doses
from plugin.reading.elements import ABSENT, Dosage, present
from plugin.reading.naming import Product, clip
from plugin.reading.ordered import currency_of_order
from plugin.reading.plain_shapes import PlainOrder
from plugin.reading.product import product_of
from plugin.reading.reasons import problems_of
from plugin.reading.route import route_of, stated_route
from plugin.reading.shapes import (
    MedicationDispense,
    MedicationRequest,
    MedicationStatement,
    Medicine,
)
from plugin.reading.unprescribed import not_prescribed
from plugin.reading.words import packaged_words

_MOST_PACKAGES = 1000


def read_medicine(entry: Entry, medicine: Medicine, reading: Reading) -> bool:
    """Read one entry. False if it is set aside: entered in error, so it was never true."""
    dosages = medicine.dosages
    judge = currency_of_order if reading.ordered else currency_of
    currency = judge(medicine, dosages, reading.as_of)
    if currency.wrong:
        return False
    product = product_of(medicine, reading)
    modified = medicine.modified or (bool(dosages) and _dosed_otherwise(dosages))
    if modified or entry.broken or currency.unknown or product.reason is not None:
        fault, detail = _fault(entry, product, currency, modified=modified)
        _, stated = stated_route(dosages)
        systemic = stated.systemic and product.resolution.route.systemic
        current = currency.current or bool(currency.unknown)
        reading.not_read(entry, fault, product.text, detail, systemic=systemic, current=current)
        if fault is not UnreadReason.STATUS_NOT_KNOWN:
            return True
    # Of a status that is not known the entry is listed beside the reason; of the rest it is not.
    listed = _listed(entry, medicine, product, currency, reading)
    reading.medications.append(listed)
    if listed.current:
        reading.problems += problems_of(entry, medicine, listed.ingredients, reading)
    if type(medicine) is MedicationDispense and currency.taken and not currency.unknown:
        reading.dispenses.append(_dispensed(entry, medicine, product, listed.route))
    return True


class Said(Struct, frozen=True, gc=False):
    """What orders that share all but id and date come to.

    `head` and `tail` are the fields of a Medication around its reference and its start, `listed`
    those of a ListedMedication behind its reference; `taken` are ingredients that reach muscle.
    """

    head: tuple[str, str, bool, str, tuple[str, ...], Match, RouteClass]
    tail: tuple[tuple[DailyDose, ...], bool]
    listed: tuple[str, bool, tuple[str, ...], Match]
    taken: tuple[str, ...]


class CommonOrder(Struct, frozen=True, gc=False):
    """What is said of an order, and of one that is dated after the day of assessment."""

    now: Said
    later: Said | None  # None where it is the same


# The reference of an order, what is said of it, and its date as it was written: nothing asks for
# the start of a drug of which no rule speaks.
Undated: TypeAlias = tuple[str, Said, str]


def common_order(order: MedicationRequest, reading: Reading) -> CommonOrder | None:
    """What is known of an order without id and date; None for one that must be read each time."""
    dosages, concept = order.dosages, order.medication_codeable_concept
    if concept is None or is_bounded(dosages) or _dosed_otherwise(dosages):
        return None
    currency = currency_of(order, dosages, reading.as_of)
    product = reading.name(concept)
    if not product.known or not currency.taken or currency.unknown:
        return None
    if not reading.index.reasons.keys().isdisjoint(product.resolution.ingredients):
        return None
    one = _listed(Entry(b"", "MedicationRequest", "", order), order, product, currency, reading)
    starts_later = replace(one, current=False, why_not_current="starts-later", doses=())
    return CommonOrder(_said(one), _said(starts_later) if one.current else None)


def _said(one: Medication) -> Said:
    of_drugs = one.ingredients, one.match, one.route
    return Said(
        (one.kind, one.text, one.current, one.why_not_current, *of_drugs),
        (one.doses, one.not_prescribed),
        (one.text, one.current, one.ingredients, one.match),
        taken_of(one),
    )


def taken_of(one: Medication) -> tuple[str, ...]:
    """The ingredients of a medication that reach muscle now."""
    return one.ingredients if one.current and one.route.systemic else ()


def read_plain_order(entry: Entry, order: PlainOrder, reading: Reading) -> bool:
    """Read one of which all but its id and date is known."""
    known: CommonOrder = entry.known
    said, written = known.now, order.authored_on
    # As texts, dates stand in their order: what begins with a digit, and not after today's, is not
    # after today, or no date.
    if known.later is not None and not "0" <= written <= reading.today:
        first = day_of(written) if written else None
        if first is not None and first.first > reading.as_of:
            said = known.later
    reading.medications.append((entry.reference, said, written))
    return True


def dated(one: Medication | Undated) -> Medication:
    """A medication with its start."""
    if isinstance(one, Medication):
        return one
    reference, said, written = one
    first = day_of(written) if written else None
    return Medication(reference, *said.head, first.first if first is not None else None, *said.tail)


def listing(
    medications: Iterable[Medication | Undated],
) -> tuple[tuple[ListedMedication, ...], frozenset[str]]:
    """Medications as an answer lists them, and what of them reaches muscle now."""
    listed: list[ListedMedication] = []
    taken: set[str] = set()
    for one in medications:
        if isinstance(one, tuple):
            said = one[1]
            listed.append(ListedMedication(one[0], *said.listed))
            taken.update(said.taken)
        else:
            listed.append(
                ListedMedication(one.reference, one.text, one.current, one.ingredients, one.match)
            )
            taken.update(taken_of(one))
    return tuple(listed), frozenset(taken)


def _fault(
    entry: Entry, product: Product, currency: Currency, *, modified: bool
) -> tuple[UnreadReason, str]:
    """Why it cannot be read, or can and is of an unknown status."""
    if entry.broken:
        return UnreadReason.MALFORMED, f"{entry.broken} cannot be read"
    if modified:
        return UnreadReason.MODIFIER, "an extension may change what the entry means"
    if product.reason is not None:
        return product.reason, product.detail
    return UnreadReason.STATUS_NOT_KNOWN, currency.unknown


def _dosed_otherwise(dosages: tuple[Dosage, ...]) -> bool:
    """True where an extension may change what a dosage or its timing means."""
    for dosage in dosages:
        own, timing = dosage.modifier_extension, dosage.timing
        inner = timing.modifier_extension if timing is not None else ABSENT
        if own is inner:  # nearly always: neither was sent
            continue
        if present(own) or present(inner):
            return True
    return False


def _listed(
    entry: Entry, medicine: Medicine, product: Product, currency: Currency, reading: Reading
) -> Medication:
    resolution, index = product.resolution, reading.index
    doses: tuple[DailyDose, ...] = ()
    if currency.current and not index.dosed.isdisjoint(resolution.ingredients):
        rendered = medicine.rendered_dosage_instruction
        doses = daily_doses(currency.applying, resolution, rendered)
    return Medication(  # by place, since there are many
        entry.reference,
        entry.type,
        product.shown or clip(product.text),
        currency.current,
        currency.why,
        resolution.ingredients,
        resolution.match,
        route_of(medicine.dosages, resolution, index),
        currency.start,
        doses,
        isinstance(medicine, MedicationStatement) and not_prescribed(medicine, product.text),
    )


def _dispensed(
    entry: Entry, dispense: MedicationDispense, product: Product, route: RouteClass
) -> Dispense:
    return Dispense(
        reference=entry.reference,
        ingredients=product.resolution.ingredients,
        handed_over=_handed_over(dispense),
        packages=_packages(dispense),
        route=route,
    )


def _handed_over(dispense: MedicationDispense) -> date | None:
    found = day_of(dispense.when_handed_over) or day_of(dispense.when_prepared)
    return found.first if found else None


def _packages(dispense: MedicationDispense) -> int:
    """How many packages: the quantity where its unit is a package, else one."""
    quantity = dispense.quantity
    if quantity is None or quantity.value is None or not quantity.value.is_finite():
        return 1
    units = {quantity.unit.strip().casefold(), quantity.code.strip().casefold()}
    if units & packaged_words().packages and 1 <= quantity.value <= _MOST_PACKAGES:
        return int(quantity.value)
    return 1
