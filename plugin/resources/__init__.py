"""What we write as FHIR R4B: an assessment as a Bundle, and the order of a lab."""

from __future__ import annotations

from plugin.resources.issues import RULE_SYSTEM, SEVERITY, to_bundle, to_bundle_json
from plugin.resources.lab_request import LabRequests, lab_requests

__all__ = [
    "RULE_SYSTEM",
    "SEVERITY",
    "LabRequests",
    "lab_requests",
    "to_bundle",
    "to_bundle_json",
]
