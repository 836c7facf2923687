"""What was decided on a patient as a whole, as a FHIR R4B GuidanceResponse.

There is one for every patient that was given to us, found or not, so that no issue for a patient
never has to be guessed to mean that nothing was found. Its status says how far it went:

    success         assessed, and every entry that could matter was read
    data-requested  assessed, and something could not be read: more data could change the answer
    failure         not assessed: under 18, deceased, or a fault; the message says which

The messages are in an OperationOutcome within it: a server does not store one by itself.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from plugin.model import Assessment
from plugin.resources.elements import GUIDANCE_SYSTEM, identifier, ourselves, reference, text
from plugin.resources.identity import patient_id
from plugin.resources.messages import Message, message, messages_of

MODULE = "urn:crampcheck:cramp-review"
_MESSAGES = "messages"


def guidance_of(assessment: Assessment) -> dict[str, Any]:
    """The response about one patient, as JSON values. Pure."""
    found = len(assessment.findings)
    said = "1 finding as a DetectedIssue." if found == 1 else f"{found} findings as DetectedIssues."
    count = message("information", "informational", said)
    return _response(
        assessment.patient,
        _status(assessment),
        assessment.as_of,
        assessment.knowledge_version,
        [*([count] if found else []), *messages_of(assessment)],
    )


def failure_of(patient: str, reason: str, as_of: date, knowledge_version: str) -> dict[str, Any]:
    """The response about a patient who could not be assessed for a fault. Pure."""
    said = message("error", "exception", f"Not assessed: {text(reason)}")
    return _response(patient, "failure", as_of, knowledge_version, [said])


def _status(assessment: Assessment) -> str:
    if assessment.not_assessed:
        return "failure"
    if any(row.reason.raises_card for row in assessment.unread):
        return "data-requested"
    return "success"


def _response(
    patient: str, status: str, as_of: date, knowledge_version: str, messages: list[Message]
) -> dict[str, Any]:
    id_ = patient_id(patient)
    return {
        "resourceType": "GuidanceResponse",
        "id": id_,
        "contained": [{"resourceType": "OperationOutcome", "id": _MESSAGES, "issue": messages}],
        "identifier": identifier(GUIDANCE_SYSTEM, id_),
        "moduleUri": MODULE,
        "status": status,
        "subject": reference(patient),
        "occurrenceDateTime": as_of.isoformat(),
        "performer": ourselves(knowledge_version),
        "evaluationMessage": [{"reference": f"#{_MESSAGES}"}],
    }
