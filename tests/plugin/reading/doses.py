"""Dosages to write, and the daily doses read from them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.plugin.reading.build import Json, order, person, read

DAILY = {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}}
MG_40 = {"value": 40, "unit": "mg", "code": "mg"}
TABLET = {"value": 1, "unit": "tablet"}


def mg_of(
    *dosages: Json, text: str = "simvastatin 40 MG Oral Tablet", **elements: Any
) -> list[tuple[str, Decimal | None]]:
    """What each ingredient of an order comes to on one day."""
    record = read(person(), order(text, dosageInstruction=list(dosages), **elements))
    assert () == record.unread
    return [(dose.ingredient, dose.mg) for dose in record.medications[0].doses]


def dosage_of(dose: Json | None = None, timing: Json | None = None, **elements: Any) -> Json:
    """An instruction of 40 mg once a day, but for what is said otherwise."""
    given = {"doseAndRate": [{"doseQuantity": MG_40 if dose is None else dose}]}
    return given | {"timing": DAILY if timing is None else timing} | elements


def repeat_of(**repeat: Any) -> Json:
    """A timing with this schedule."""
    return {"repeat": repeat}
