"""A chart and the orders about to be signed: the patient as without them, and as with them."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from plugin.model import Medication, PatientRecord, Tally, Unread

UNDER_ORDER = "under-order"  # why an entry of the chart is not current: an order speaks for it


class Ordered(Struct, frozen=True):
    """`before` is the chart without the orders, `after` is with all of them.

    `orders` are the medications among the orders, `unread` what of them could not be read.
    """

    before: PatientRecord
    after: PatientRecord
    orders: tuple[Medication, ...]
    unread: tuple[Unread, ...]


def with_orders(chart: PatientRecord, orders: PatientRecord) -> Ordered:
    """Put the orders into the chart.

    An order that is signed again, or changed, stands in the chart under its id as well. The order
    speaks for both: the chart's entry is no longer current, and still tells since when. An order of
    other drugs ends nothing: two may have come to one id.
    """
    others = _of_other_drugs(chart, orders)
    references = {one.reference for one in orders.medications} - others
    before = without(chart, references | {one.reference for one in orders.unread})
    return Ordered(before, joined(before, orders), orders.medications, orders.unread)


def _of_other_drugs(chart: PatientRecord, orders: PatientRecord) -> set[str]:
    """The ids under which the chart has a drug, and an order that would be taken none of its."""
    named = {one.reference: set(one.ingredients) for one in chart.medications if one.current}
    return {
        one.reference
        for one in orders.medications
        if one.current
        and named.get(one.reference)
        and named[one.reference].isdisjoint(one.ingredients)
    }


def signed(before: PatientRecord) -> frozenset[str]:
    """The ids that are taken in the chart already, be it under an order."""
    return frozenset(
        one.reference
        for one in before.medications
        if one.current or one.why_not_current == UNDER_ORDER
    )


def apart_from(ordered: Ordered, references: frozenset[str]) -> PatientRecord:
    """The chart with all orders but these."""
    others = [one for one in ordered.orders if one.reference not in references]
    medications = sorted((*ordered.before.medications, *others), key=_reference)
    return replace(ordered.after, medications=tuple(medications))


def without(record: PatientRecord, references: set[str]) -> PatientRecord:
    """The record in which the entries of these references are not current."""
    if not references:
        return record
    return replace(
        record,
        medications=tuple(
            replace(one, current=False, why_not_current=UNDER_ORDER, doses=())
            if one.reference in references and one.current
            else one
            for one in record.medications
        ),
        unread=tuple(one for one in record.unread if one.reference not in references),
    )


def joined(record: PatientRecord, orders: PatientRecord) -> PatientRecord:
    """The record with the medications of the orders, and with what those are given for."""
    return replace(
        record,
        problems=(*record.problems, *orders.problems),
        medications=tuple(sorted((*record.medications, *orders.medications), key=_reference)),
        unread=tuple(sorted((*record.unread, *orders.unread), key=_reference)),
        tally=_sum(record.tally, orders.tally),
    )


def _reference(one: Medication | Unread) -> str:
    return one.reference


def _sum(first: Tally, second: Tally) -> Tally:
    return Tally(
        entries=first.entries + second.entries,
        read=first.read + second.read,
        unread=first.unread + second.unread,
        set_aside=first.set_aside + second.set_aside,
        duplicates=first.duplicates + second.duplicates,
    )
