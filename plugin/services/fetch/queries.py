"""A prefetch template and the context of a call -> the query that fills it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from plugin.addresses.fhir import is_id
from plugin.fhir_client.faults import FetchFault, Outcome

_PATIENT = "{{context.patientId}}"
# What may stand in a value as it is; a comma parts values, and a code system is an address.
_SAFE = ":/,"


def query_of(template: str, context: Mapping[str, Any]) -> str:
    """The template with its tokens filled in and its values encoded.

    Raises FetchFault where the patient's id is none: it would become part of an address.
    """
    patient = str(context["patient_id"])
    if not is_id(patient):
        raise FetchFault(
            Outcome.REJECTED, "the patient's id is not a FHIR id, so nothing was asked"
        )
    path, mark, search = template.replace(_PATIENT, patient).partition("?")
    pairs = (pair.partition("=") for pair in search.split("&") if pair)
    return path + mark + "&".join(f"{name}={quote(value, safe=_SAFE)}" for name, _, value in pairs)
