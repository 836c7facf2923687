"""`cramp-review`: the whole list, when a chart is opened, a stay ends, or a refill is asked for."""

from __future__ import annotations

from cds_hooks.errors import BadRequest
from cds_hooks.model import Card, Endpoint, HookRequest, Service
from knowledge.model import Knowledge
from plugin.errors import InputUnreadable
from plugin.model import Assessment
from plugin.services.answering import TOO_DEEP, Answering
from plugin.services.drafted import MEDICATIONS, orders_in
from plugin.services.intake import take_in
from plugin.services.parts import Part, parts_of

SERVICE_ID = "cramp-review"
REFILL = "medication-refill"
HOOKS = ("patient-view", "encounter-discharge", REFILL)


def cramp_review(answering: Answering) -> list[Endpoint]:
    """An endpoint for each hook."""
    known = answering.pipeline.knowledge
    parts = parts_of(known)

    def handle(request: HookRequest) -> list[Card]:
        try:
            request = answering.complete(request, parts)
            entries, assessment = _review(request, parts, answering)
        except (InputUnreadable, RecursionError):
            raise BadRequest(TOO_DEEP) from None
        return answering.cards(SERVICE_ID, request, entries, assessment)

    return [Endpoint(_service(hook, known, parts), handle) for hook in HOOKS]


def _review(
    request: HookRequest, parts: tuple[Part, ...], answering: Answering
) -> tuple[int, Assessment]:
    """How many entries the call brought, and the answer."""
    pipeline, as_of = answering.pipeline, answering.today()
    patient = f"Patient/{request.context['patient_id']}"
    if request.hook != REFILL:
        intake = take_in(request, parts)
        found = pipeline.assess_entries(intake.entries, as_of, patient, intake.missing)
        return len(intake.entries), found
    refill = orders_in(request, MEDICATIONS)
    intake = take_in(request, parts)
    missing = (*intake.missing, *refill.missing)
    ordered = pipeline.read_ordered(intake.entries, refill.entries, as_of, patient, missing)
    found = pipeline.assessor.assess(ordered.after, as_of)
    return len(intake.entries) + len(refill.entries), found


def _service(hook: str, knowledge: Knowledge, parts: tuple[Part, ...]) -> Service:
    return Service(
        id=SERVICE_ID,
        hook=hook,
        title="Drugs linked to muscle cramps",
        description=(
            "Finds drugs on the medication list that are linked to muscle cramps, reads them "
            "with the labs and conditions on file, and gives options for a clinician's decision."
            f"{of_site(knowledge)}"
        ),
        prefetch=tuple(part.key for part in parts),
        usage_requirements=(
            "For clinicians; adults only. Needs the prefetch keys patient and medications."
        ),
        version=knowledge.version,
    )


def of_site(knowledge: Knowledge) -> str:
    """Whose changes of the knowledge are in force, as a further sentence."""
    site = knowledge.site
    return f" With the changes of {site.label} (overlay {site.id})." if site else ""
