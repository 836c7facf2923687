"""Reads from a FHIR server: search with its pages, and read, within one deadline.

Whom to ask is settled by the caller, as a `Base` address and a `Reach` of network addresses. What
comes back is bounded in bytes, pages and time, whatever the server does, and never from elsewhere.
"""

from plugin.fhir_client.client import FhirClient
from plugin.fhir_client.deadline import Deadline
from plugin.fhir_client.faults import FetchFault, Outcome
from plugin.fhir_client.reach import Reach

__all__ = ["Deadline", "FetchFault", "FhirClient", "Outcome", "Reach"]
