"""A CodeableConcept or a Medication on its own, read as if an order were of it.

So `resolve` answers what `assess` would say of the same medication.
"""

from __future__ import annotations

from datetime import date

import orjson

from knowledge.terminology.concept import Resolution
from plugin.pipeline import Pipeline
from plugin.reading.context import Reading
from plugin.reading.elements import Reference
from plugin.reading.product import product_of
from plugin.reading.references import Directory
from plugin.reading.repair import decode
from plugin.reading.shapes import Medication, MedicationRequest

_KEY = "Medication/asked"


def resolution_of(line: bytes, pipeline: Pipeline) -> Resolution | None:
    """The answer of the terminology; None where the line is neither of the two."""
    directory = Directory()
    order = _order(line, directory)
    if order is None:
        return None
    # No date plays a part in what a medication is.
    reading = Reading(pipeline.knowledge, pipeline.resolve, date.min, directory)
    return product_of(order, reading).resolution


def _order(line: bytes, directory: Directory) -> MedicationRequest | None:
    try:
        asked = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(asked, dict):
        return None
    if "resourceType" in asked:
        product = decode(line)
        if not isinstance(product.resource, Medication) or product.broken:
            return None
        directory.add(0, product.resource, [_KEY])
        return MedicationRequest(medication_reference=Reference(_KEY))
    order = decode(
        orjson.dumps({"resourceType": "MedicationRequest", "medicationCodeableConcept": asked})
    )
    if not isinstance(order.resource, MedicationRequest) or order.broken:
        return None
    return order.resource
