"""What we write as FHIR R4B: findings, what was decided on a patient, and the order of a lab."""

from __future__ import annotations

from plugin.resources.bundle import to_bundle, to_bundle_json
from plugin.resources.checking import check_issues
from plugin.resources.elements import RULE_SYSTEM
from plugin.resources.issues import SEVERITY
from plugin.resources.lab_request import LabRequests, lab_requests
from plugin.resources.lines import failure, is_guidance, issue_lines

__all__ = [
    "RULE_SYSTEM",
    "SEVERITY",
    "LabRequests",
    "check_issues",
    "failure",
    "is_guidance",
    "issue_lines",
    "lab_requests",
    "to_bundle",
    "to_bundle_json",
]
