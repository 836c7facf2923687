"""What a mitigation orders is a lab, and can be ordered."""

from __future__ import annotations

from collections.abc import Iterator

from knowledge.draft import Draft, Place
from knowledge.faults import Fault
from knowledge.layout import Kind
from knowledge.model import Mitigation
from knowledge.ordering import orderable

_LAB = "lab"


def check(draft: Draft) -> Iterator[Fault]:
    """Faults of `orders` and `repeats`."""
    for mitigation in draft.knowledge.mitigations.values():
        place = draft.place(Kind.MITIGATION, mitigation.id)
        if mitigation.orders and mitigation.kind != _LAB:
            yield place.at("orders").fault(
                f"is given although the kind is {mitigation.kind}; only a {_LAB} orders tests"
            )
        yield from _orderable(draft, mitigation, place.at("orders"))
        for name in mitigation.repeats:
            if name not in mitigation.orders:
                yield place.at("repeats").fault(f"{name} is not among the orders")


def _orderable(draft: Draft, mitigation: Mitigation, place: Place) -> Iterator[Fault]:
    labs = draft.knowledge.labs
    for name in mitigation.orders:
        yield from draft.unknown(place, name, Kind.LAB)
        if name in labs and orderable(labs[name]) is None:
            yield place.fault(
                f"{name} cannot be ordered: it needs an order_loinc, the code of which is not "
                "unconfirmed"
            )
