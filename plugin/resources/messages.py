"""What a reader must know beside the findings, as the issues of a FHIR OperationOutcome.

What could not be read, why a patient was not assessed, which options a guard rail withheld, and
which belong to no single finding: so that an answer without findings is never mistaken for a list
that was read whole.
"""

from __future__ import annotations

from plugin.model import Assessment, Unread
from plugin.resources.elements import text, words
from plugin.resources.issues import OPTION

Message = dict[str, str]


def messages_of(assessment: Assessment) -> list[Message]:
    """The issues of the outcome; none where findings say it all."""
    said = [
        message("warning", "incomplete", f"Could not be read ({row.reason.value}): {_entry(row)}")
        for row in assessment.unread
    ]
    for row in assessment.withheld:
        reasons = "; ".join(words(item) for item in row.because) or "not proven to be safe"
        said.append(
            message("information", "suppressed", f"Withheld: {row.mitigation} ({reasons}).")
        )
    of_findings = {name for finding in assessment.findings for name in finding.mitigations}
    said += [
        message("information", "informational", f"{OPTION}: {one.text}")
        for one in assessment.mitigations
        if one.id not in of_findings
    ]
    if assessment.not_assessed:
        said.append(
            message("warning", "incomplete", f"Not assessed: {assessment.not_assessed.value}.")
        )
    elif not assessment.findings:
        number = len(assessment.medications)
        read = "1 medication was" if number == 1 else f"{number} medications were"
        said.append(message("information", "informational", f"{read} read; nothing was found."))
    return said


def message(severity: str, code: str, diagnostics: str) -> Message:
    """One issue of an OperationOutcome."""
    return {"severity": severity, "code": code, "diagnostics": diagnostics}


def _entry(row: Unread) -> str:
    return f"{text(row.text)} ({text(row.reference)})" if row.text else text(row.reference)
