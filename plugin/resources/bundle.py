"""An assessment as a FHIR R4B collection Bundle: its DetectedIssues, and what was not read."""

from __future__ import annotations

from typing import Any
from uuid import uuid5

from knowledge.model import Knowledge
from plugin.model import Assessment
from plugin.resources.identity import NAMESPACE
from plugin.resources.issues import issues_of
from plugin.resources.messages import messages_of


def to_bundle(assessment: Assessment, knowledge: Knowledge) -> dict[str, Any]:
    """The Bundle as JSON values, not yet validated. Same assessment, same Bundle."""
    entries = [
        {"fullUrl": f"urn:uuid:{issue['id']}", "resource": issue}
        for issue in issues_of(assessment, knowledge)
    ]
    if messages := messages_of(assessment):
        name = uuid5(NAMESPACE, f"{assessment.patient}|{assessment.as_of}|OperationOutcome")
        outcome = {"resourceType": "OperationOutcome", "issue": messages}
        entries.append({"fullUrl": f"urn:uuid:{name}", "resource": outcome})
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def to_bundle_json(assessment: Assessment, knowledge: Knowledge) -> bytes:
    """The Bundle as one line of JSON, after validation by `fhir.resources`."""
    from fhir.resources.R4B.bundle import Bundle  # noqa: PLC0415 - slow to import

    bundle = Bundle.model_validate(to_bundle(assessment, knowledge))
    return bundle.model_dump_json().encode()
