"""What a screening run gives of a patient as FHIR: a resource a line, ready for a server."""

from __future__ import annotations

from datetime import date

import msgspec

from knowledge.model import Knowledge
from plugin.model import Assessment
from plugin.resources.guidance import failure_of, guidance_of
from plugin.resources.issues import issues_of

_ENCODER = msgspec.json.Encoder()
_GUIDANCE = b'{"resourceType":"GuidanceResponse",'


def issue_lines(assessment: Assessment, knowledge: Knowledge) -> tuple[bytes, ...]:
    """The DetectedIssues of a patient, then the one GuidanceResponse. Pure."""
    resources = (*issues_of(assessment, knowledge), guidance_of(assessment))
    return tuple([_ENCODER.encode(one) for one in resources])


def failure(patient: str, reason: str, as_of: date, knowledge_version: str) -> bytes:
    """The GuidanceResponse of a patient who could not be assessed. Pure."""
    return _ENCODER.encode(failure_of(patient, reason, as_of, knowledge_version))


def is_guidance(line: bytes) -> bool:
    """Tells the two kinds of `issue_lines` apart."""
    return line.startswith(_GUIDANCE)
