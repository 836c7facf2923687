"""The answer in the shape of the contract (`crampcheck.assessment/1`)."""

from __future__ import annotations

from typing import Any

import msgspec

from plugin.model import Assessment, Unread

SCHEMA = "crampcheck.assessment/1"
_ENCODER = msgspec.json.Encoder()


def to_json(assessment: Assessment) -> dict[str, Any]:
    """The assessment as plain values, keys in the order of the contract."""
    plain: dict[str, Any] = msgspec.json.decode(to_bytes(assessment))
    return plain


def to_bytes(assessment: Assessment) -> bytes:
    """One line of JSON, without its newline."""
    return _ENCODER.encode(_shaped(assessment))


def _shaped(assessment: Assessment) -> dict[str, Any]:
    """The contract's keys; the structs below them have the contract's names themselves."""
    unread = assessment.unread
    return {
        "schema": SCHEMA,
        "patient": assessment.patient,
        "as_of": assessment.as_of,
        "knowledge_version": assessment.knowledge_version,
        "level": assessment.level,
        "medications": assessment.medications,
        "findings": assessment.findings,
        "mitigations": assessment.mitigations,
        "withheld": assessment.withheld,
        "unread": [*_not_assessed(assessment), *map(_unread, unread)]
        if unread or assessment.not_assessed
        else (),
    }


def _unread(entry: Unread) -> dict[str, Any]:
    row = {"reference": entry.reference, "text": entry.text, "reason": entry.reason.value}
    return {**row, "detail": entry.detail} if entry.detail else row


def _not_assessed(assessment: Assessment) -> list[dict[str, Any]]:
    """A patient who was not assessed is said, as the first of what was not read."""
    if assessment.not_assessed is None:
        return []
    reason = assessment.not_assessed.value
    return [{"reference": assessment.patient, "text": "", "reason": reason}]
