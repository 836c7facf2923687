"""An assessment as FHIR R4B: a collection Bundle of DetectedIssues, and what was not read.

Nothing here orders anything: options stand in the text of the issue, since
`DetectedIssue.mitigation` is for steps that were taken. What could not be read, why a patient was
not assessed, and the options that a guard rail withheld stand in an OperationOutcome, so that a
Bundle without issues is never mistaken for a list that was read whole.

Every Bundle is validated by `fhir.resources` before it leaves. The models are imported on first
use: they take a second that a call without FHIR output should not pay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from knowledge.model import Knowledge, Level
from plugin.model import Assessment, Evidence, Finding, Unread

SEVERITY = {Level.CRITICAL: "high", Level.WARNING: "moderate", Level.INFO: "low"}
RULE_SYSTEM = "urn:crampcheck:rule"
# What a Reference may hold as a link; anything else of ours ("entry 12") is shown as its display.
_LINK = re.compile(r"^([A-Z][A-Za-z]+/[A-Za-z0-9\-.]{1,64}|urn:uuid:.+|urn:oid:.+|https?://\S+)$")


def to_bundle(assessment: Assessment, knowledge: Knowledge) -> dict[str, Any]:
    """The Bundle as JSON values, not yet validated. Same assessment, same Bundle."""
    resources = [_issue(finding, assessment, knowledge) for finding in assessment.findings]
    outcome = _outcome(assessment)
    if outcome:
        resources.append(outcome)
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [
            {"fullUrl": _url(assessment, resource, position), "resource": resource}
            for position, resource in enumerate(resources)
        ],
    }


def to_bundle_json(assessment: Assessment, knowledge: Knowledge) -> bytes:
    """The Bundle as one line of JSON, after validation by `fhir.resources`."""
    from fhir.resources.R4B.bundle import Bundle  # noqa: PLC0415 - slow to import

    bundle = Bundle.model_validate(to_bundle(assessment, knowledge))
    return bundle.model_dump_json().encode()


def _issue(finding: Finding, assessment: Assessment, knowledge: Knowledge) -> dict[str, Any]:
    issue: dict[str, Any] = {
        "resourceType": "DetectedIssue",
        "status": "final",
        "code": {
            "coding": [{"system": RULE_SYSTEM, "code": finding.rule}],
            "text": finding.summary,
        },
        "severity": SEVERITY[finding.level],
        "identifiedDateTime": assessment.as_of.isoformat(),
        "detail": "\n".join(_detail(finding, assessment, knowledge)),
    }
    if assessment.patient:
        issue["patient"] = _reference(assessment.patient)
    implicated = _implicated(finding, assessment)
    if implicated:
        issue["implicated"] = implicated
    evidence = [_evidence(item) for item in finding.because]
    if evidence:
        issue["evidence"] = evidence
    return issue


def _detail(finding: Finding, assessment: Assessment, knowledge: Knowledge) -> Iterator[str]:
    yield finding.summary
    yield from finding.notes
    yield f"Drugs: {', '.join(finding.ingredients)}."
    if finding.partners:
        yield f"With: {', '.join(finding.partners)}."
    for offered in assessment.mitigations:
        if offered.id in finding.mitigations:
            yield f"Option for the clinician: {offered.text}"
    for source in finding.sources:
        title = knowledge.sources[source].title if source in knowledge.sources else source
        yield f"Source: {title}"
    yield f"Knowledge version {assessment.knowledge_version}."


def _implicated(finding: Finding, assessment: Assessment) -> list[dict[str, str]]:
    """The current medication entries that the finding is about, partners after culprits."""
    return [
        _reference(medication.reference)
        for names in (finding.ingredients, finding.partners)
        for medication in assessment.medications
        if medication.current and set(names) & set(medication.ingredients)
    ]


def _evidence(item: Evidence) -> dict[str, Any]:
    evidence: dict[str, Any] = {"code": [{"text": _words(item)}]}
    if item.reference:
        evidence["detail"] = [_reference(item.reference)]
    return evidence


def _words(item: Evidence) -> str:
    value = f" {item.value} {item.unit}".rstrip() if item.value is not None else ""
    day = f" on {item.date}" if item.date else ""
    return f"{item.fact}{':' if value or day else ''}{value}{day}"


def _outcome(assessment: Assessment) -> dict[str, Any] | None:
    """What a reader must know beside the issues; None where there is nothing of the kind."""
    issues = [
        _said("warning", "incomplete", f"Could not be read ({row.reason.value}): {_entry(row)}")
        for row in assessment.unread
    ]
    for row in assessment.withheld:
        reasons = "; ".join(_words(item) for item in row.because) or "not proven to be safe"
        text = f"Withheld: {row.mitigation} ({reasons})."
        issues.append(_said("information", "suppressed", text))
    if assessment.not_assessed:
        reason = f"Not assessed: {assessment.not_assessed.value}."
        issues.append(_said("warning", "incomplete", reason))
    elif not assessment.findings:
        text = f"{len(assessment.medications)} medications were read; nothing was found."
        issues.append(_said("information", "informational", text))
    return {"resourceType": "OperationOutcome", "issue": issues} if issues else None


def _said(severity: str, code: str, text: str) -> dict[str, str]:
    return {"severity": severity, "code": code, "diagnostics": text}


def _entry(row: Unread) -> str:
    return f"{row.text} ({row.reference})" if row.text else row.reference


def _reference(reference: str) -> dict[str, str]:
    return {"reference" if _LINK.match(reference) else "display": reference}


def _url(assessment: Assessment, resource: dict[str, Any], position: int) -> str:
    """A name that is the same for the same answer, so that a receiver can tell a repeat."""
    name = f"{assessment.patient}|{assessment.as_of}|{resource['resourceType']}|{position}"
    return f"urn:uuid:{uuid5(NAMESPACE_URL, RULE_SYSTEM + '|' + name)}"
