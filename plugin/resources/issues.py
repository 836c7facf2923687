"""A finding as a FHIR R4B DetectedIssue.

Nothing here orders anything. `DetectedIssue.mitigation` is defined as a step that was taken, so
that each option stands there under a modifier extension which says that it is proposed only: a
receiver that does not know the extension may not use the element, and one that shows its text
shows the same in words. The options stand in `detail` too, for who reads just that.

What is the same for every patient is made once for each rule; a call fills in ids, references, a
date and words. `fhir.resources` validates one issue of every rule before a run (`check_issues`),
and every Bundle before it leaves. The models are imported on first use: they take half a second
that a call without FHIR output should not pay.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from knowledge.model import Knowledge, Level
from plugin.model import Assessment, Evidence, Finding, Offered
from plugin.resources.elements import (
    FACT_SYSTEM,
    ISSUE_SYSTEM,
    MITIGATION_SYSTEM,
    RULE_SYSTEM,
    identifier,
    ourselves,
    reference,
    text,
    words,
)
from plugin.resources.identity import finding_ids
from plugin.wording import review_status

SEVERITY = {Level.CRITICAL: "high", Level.WARNING: "moderate", Level.INFO: "low"}
# Says of a mitigation that it is an option, which nobody has chosen.
PROPOSED = {"url": "urn:crampcheck:proposed", "valueBoolean": True}
OPTION = "Option for the clinician"


def issues_of(assessment: Assessment, knowledge: Knowledge) -> list[dict[str, Any]]:
    """A DetectedIssue for each finding, in their order, as JSON values. Pure."""
    named = [(one.rule, one.ingredients, one.partners) for one in assessment.findings]
    ids = finding_ids(assessment.patient, named)
    return [
        _issue(id_, finding, assessment, knowledge)
        for id_, finding in zip(ids, assessment.findings, strict=True)
    ]


def _issue(
    id_: str, finding: Finding, assessment: Assessment, knowledge: Knowledge
) -> dict[str, Any]:
    offered = [one for one in assessment.mitigations if one.id in finding.mitigations]
    issue: dict[str, Any] = {
        "resourceType": "DetectedIssue",
        "id": id_,
        "identifier": identifier(ISSUE_SYSTEM, id_),
        "status": "final",
        "code": {
            "coding": [{"system": RULE_SYSTEM, "code": finding.rule}],
            "text": finding.summary,
        },
        "severity": SEVERITY[finding.level],
    }
    if assessment.patient:
        issue["patient"] = reference(assessment.patient)
    issue["identifiedDateTime"] = assessment.as_of.isoformat()
    issue["author"] = ourselves(assessment.knowledge_version)
    if implicated := _implicated(finding, assessment):
        issue["implicated"] = implicated
    if finding.because:
        issue["evidence"] = [_evidence(item) for item in finding.because]
    issue["detail"] = "\n".join(_detail(finding, offered, assessment.knowledge_version, knowledge))
    if offered:
        issue["mitigation"] = [_option(one) for one in offered]
    return issue


def _detail(
    finding: Finding, offered: Sequence[Offered], version: str, knowledge: Knowledge
) -> Iterator[str]:
    yield finding.summary
    yield from finding.notes
    yield f"Drugs: {', '.join(finding.ingredients)}."
    if finding.partners:
        yield f"With: {', '.join(finding.partners)}."
    for one in offered:
        yield f"{OPTION}: {one.text}"
    for source in finding.sources:
        title = knowledge.sources[source].title if source in knowledge.sources else source
        yield f"Source: {title}"
    site = f", with the changes of {text(knowledge.site.label)}" if knowledge.site else ""
    yield f"Knowledge version {version}{site}, {review_status(knowledge)}."


def _implicated(finding: Finding, assessment: Assessment) -> list[dict[str, str]]:
    """The current medication entries that the finding is about, partners after culprits."""
    return [
        reference(medication.reference)
        for names in (finding.ingredients, finding.partners)
        for medication in assessment.medications
        if medication.current and not set(names).isdisjoint(medication.ingredients)
    ]


def _evidence(item: Evidence) -> dict[str, Any]:
    code = {"coding": [{"system": FACT_SYSTEM, "code": item.fact}], "text": words(item)}
    if not item.reference:
        return {"code": [code]}
    return {"code": [code], "detail": [reference(item.reference)]}


def _option(one: Offered) -> dict[str, Any]:
    return {
        "modifierExtension": [PROPOSED],
        "action": {
            "coding": [{"system": MITIGATION_SYSTEM, "code": one.id}],
            "text": f"{OPTION}, not taken: {text(one.text)}",
        },
    }
