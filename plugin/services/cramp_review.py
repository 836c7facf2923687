"""`cramp-review` on `patient-view`: the whole list, when a chart is opened."""

from __future__ import annotations

from cds_hooks.errors import BadRequest
from cds_hooks.model import Card, Endpoint, HookRequest, Service
from knowledge.model import Knowledge
from plugin.errors import InputUnreadable
from plugin.services.answering import TOO_DEEP, Answering
from plugin.services.intake import take_in
from plugin.services.parts import Part, parts_of

SERVICE_ID = "cramp-review"


def cramp_review(answering: Answering) -> Endpoint:
    """The endpoint."""
    pipeline = answering.pipeline
    parts = parts_of(pipeline.knowledge)

    def handle(request: HookRequest) -> list[Card]:
        patient = f"Patient/{request.context['patient_id']}"
        today = answering.today()
        try:
            intake = take_in(request, parts)
            assessment = pipeline.assess_entries(intake.entries, today, patient, intake.missing)
        except (InputUnreadable, RecursionError):
            raise BadRequest(TOO_DEEP) from None
        return answering.cards(SERVICE_ID, request, len(intake.entries), assessment)

    return Endpoint(_service(pipeline.knowledge, parts), handle)


def _service(knowledge: Knowledge, parts: tuple[Part, ...]) -> Service:
    return Service(
        id=SERVICE_ID,
        hook="patient-view",
        title="Drugs linked to muscle cramps",
        description=(
            "Finds drugs on the medication list that are linked to muscle cramps, reads them "
            "with the labs and conditions on file, and gives options for a clinician's decision."
            f"{_of_site(knowledge)}"
        ),
        prefetch=tuple(part.key for part in parts),
        usage_requirements=(
            "For clinicians; adults only. Needs the prefetch keys patient and medications."
        ),
        version=knowledge.version,
    )


def _of_site(knowledge: Knowledge) -> str:
    """Whose changes of the knowledge are in force, as a further sentence."""
    site = knowledge.site
    return f" With the changes of {site.label} (overlay {site.id})." if site else ""
