"""The shape that nearly all orders and results have.

What is looked up stays bytes. Every other element that reading uses is declared as `Unsent`: a
resource with one of them cannot be decoded as one of these.
"""

from __future__ import annotations

from msgspec import Raw, field

from plugin.model import EntryKind
from plugin.reading.elements import ABSENT, Reference
from plugin.reading.shapes import Resource


class Unsent:
    """No JSON decodes to one, not even null."""


_UNSENT = Unsent()


class PlainOrder(Resource, tag="MedicationRequest", frozen=True, gc=False):
    """A MedicationRequest that names its medication itself and has one date."""

    KIND = EntryKind.MEDICATIONS

    status: Raw = ABSENT
    intent: Raw = ABSENT
    medication_codeable_concept: Raw = ABSENT
    dosage_instruction: Raw = ABSENT
    reported_boolean: bool = False  # of no matter to an order proper
    # Of no matter but to drugs of which no order is plain.
    reason_code: Raw = ABSENT
    reason: Raw = ABSENT
    owner: Reference | None = field(default=None, name="subject")
    authored_on: str = ""

    do_not_perform: Unsent = _UNSENT
    reported: Unsent = _UNSENT
    reported_reference: Unsent = _UNSENT
    taken: Unsent = _UNSENT
    not_given: Unsent = _UNSENT
    adherence: Unsent = _UNSENT
    medication_reference: Unsent = _UNSENT
    medication: Unsent = _UNSENT
    patient: Unsent = _UNSENT
    date_asserted: Unsent = _UNSENT
    effective_date_time: Unsent = _UNSENT
    effective_period: Unsent = _UNSENT
    effective_dose_period: Unsent = _UNSENT
    occurence_date_time: Unsent = _UNSENT
    occurence_period: Unsent = _UNSENT
    dosage: Unsent = _UNSENT
    rendered_dosage_instruction: Unsent = _UNSENT
    note: Unsent = _UNSENT
    quantity: Unsent = _UNSENT
    when_handed_over: Unsent = _UNSENT
    when_prepared: Unsent = _UNSENT


class PlainResult(Resource, tag="Observation", frozen=True, gc=False):
    """An Observation of one quantity at one time."""

    KIND = EntryKind.LABS

    status: Raw = ABSENT
    code: Raw = ABSENT
    reference_range: Raw = ABSENT
    interpretation: Raw = ABSENT
    value_quantity: Raw = ABSENT
    owner: Reference | None = field(default=None, name="subject")
    effective_date_time: str = ""
    issued: str = ""

    effective_instant: Unsent = _UNSENT
    effective_period: Unsent = _UNSENT
    note: Unsent = _UNSENT
    specimen: Unsent = _UNSENT
    component: Unsent = _UNSENT
    value_string: Unsent = _UNSENT
    value_integer: Unsent = _UNSENT
    value_range: Unsent = _UNSENT
    value_codeable_concept: Unsent = _UNSENT
    value_boolean: Unsent = _UNSENT
    value_ratio: Unsent = _UNSENT
    value_sampled_data: Unsent = _UNSENT
    value_time: Unsent = _UNSENT
    value_date_time: Unsent = _UNSENT
    value_period: Unsent = _UNSENT
    value_attachment: Unsent = _UNSENT
    value_reference: Unsent = _UNSENT
    data_absent_reason: Unsent = _UNSENT


PLAIN: frozenset[type[Resource]] = frozenset({PlainOrder, PlainResult})
