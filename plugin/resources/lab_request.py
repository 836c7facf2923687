"""The order of a lab as a FHIR R4B ServiceRequest, ready to be filled in.

A template for each lab that a mitigation orders is built and validated by `fhir.resources` when a
service starts. A call then fills in references, a date and a reason, and validates nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from msgspec import Struct

from knowledge.model import Knowledge, Lab
from knowledge.ordering import OrderCode, address_of, orderable
from plugin.errors import KnowledgeInvalid

# A clinician who accepts the suggestion places the order: until then it is a draft of one.
_STATUS, _INTENT = "draft", "order"
# An id as a reference can carry it. FHIR allows 64 characters; clients send longer ones.
_ID = re.compile(r"[A-Za-z0-9._-]{1,256}")


class LabRequests(Struct, frozen=True):
    """The templates by lab, and each lab by the codes that order or report it."""

    templates: Mapping[str, Mapping[str, Any]]
    labs: Mapping[tuple[str, str], str]  # code system and code -> id of the lab

    def request(
        self, lab: str, patient_id: str, encounter_id: str, day: date, reason: str
    ) -> dict[str, Any] | None:
        """A draft order, or None for a lab without a template or a patient whose id is none.

        `encounter_id` may be empty; one that no reference can carry is left out.
        """
        template = self.templates.get(lab)
        if template is None or not _ID.fullmatch(patient_id):
            return None
        request = {**template, "subject": {"reference": f"Patient/{patient_id}"}}
        encounter = encounter_id.removeprefix("Encounter/")
        if _ID.fullmatch(encounter):
            request["encounter"] = {"reference": f"Encounter/{encounter}"}
        request["authoredOn"] = day.isoformat()
        if reason:
            request["reasonCode"] = [{"text": reason}]
        return request

    def ordered_in(self, drafts: Iterable[Any]) -> frozenset[str]:
        """The labs that decoded draft orders order already, by their codes; other drafts count for
        nothing, and so does a ServiceRequest that says not to do it.
        """
        return frozenset(
            lab
            for draft in drafts
            if isinstance(draft, dict)
            and draft.get("resourceType") == "ServiceRequest"
            and draft.get("doNotPerform") is not True
            for key in _codings(draft.get("code"))
            if (lab := self.labs.get(key))
        )


NO_REQUESTS = LabRequests({}, {})


def lab_requests(knowledge: Knowledge) -> LabRequests:
    """What a knowledge orders. Raises KnowledgeInvalid for a template that is no ServiceRequest.

    The models of `fhir.resources` are imported here: they take a quarter of a second that no
    command but one that serves should pay.
    """
    from fhir.resources.R4B.servicerequest import ServiceRequest  # noqa: PLC0415 - slow to import
    from pydantic import ValidationError  # noqa: PLC0415

    codes = dict(_ordered(knowledge))
    templates = {name: _template(knowledge.labs[name], code) for name, code in codes.items()}
    for name, template in templates.items():
        try:
            ServiceRequest.model_validate({**template, "subject": {"reference": "Patient/1"}})
        except ValidationError as error:
            fault = error.errors()[0]
            where = ".".join(str(part) for part in fault["loc"])
            raise KnowledgeInvalid(
                f"order code of {name}: makes no FHIR ServiceRequest ({where}: {fault['msg']}); "
                "mend the order_code of the overlay, or the lab's own codes."
            ) from None
    return LabRequests(templates, dict(_labs_by_code(knowledge, codes)))


def _labs_by_code(
    knowledge: Knowledge, codes: Mapping[str, OrderCode]
) -> Iterator[tuple[tuple[str, str], str]]:
    for name, code in codes.items():
        yield (code.system, code.code), name
        for one in knowledge.labs[name].codes:
            yield (address_of(one.system), one.loinc), name


def _ordered(knowledge: Knowledge) -> Iterator[tuple[str, OrderCode]]:
    names = dict.fromkeys(name for one in knowledge.mitigations.values() for name in one.orders)
    for name in names:
        code = orderable(knowledge.labs[name])
        if code is not None:
            yield name, code


def _template(lab: Lab, code: OrderCode) -> dict[str, Any]:
    coding = {"system": code.system, "code": code.code, "display": code.name}
    return {
        "resourceType": "ServiceRequest",
        "status": _STATUS,
        "intent": _INTENT,
        "code": {"coding": [coding], "text": lab.label},
    }


def _codings(concept: Any) -> Iterator[tuple[str, str]]:
    codings = concept.get("coding") if isinstance(concept, dict) else None
    for coding in codings if isinstance(codings, list) else ():
        if isinstance(coding, dict):
            yield str(coding.get("system")), str(coding.get("code"))
