"""MedicationRequest, -Statement, -Dispense and -Administration to Medication and Dispense."""

from __future__ import annotations

from datetime import date

from knowledge.model import RouteClass
from plugin.model import DailyDose, Dispense, Medication, UnreadReason
from plugin.reading.context import Entry, Reading
from plugin.reading.currency import Currency, currency_of
from plugin.reading.dates import day_of
from plugin.reading.dose import daily_doses
from plugin.reading.elements import ABSENT, Dosage, present
from plugin.reading.naming import Product, clip
from plugin.reading.ordered import currency_of_order
from plugin.reading.product import product_of
from plugin.reading.route import route_of, stated_route
from plugin.reading.shapes import MedicationDispense, MedicationStatement, Medicine
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
    if type(medicine) is MedicationDispense and currency.taken and not currency.unknown:
        reading.dispenses.append(_dispensed(entry, medicine, product, listed.route))
    return True


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
