"""`cramp-review`: the whole list, when a chart is opened, a stay ends, or a refill is asked for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Protocol

from cds_hooks.errors import BadRequest
from cds_hooks.model import Card, Endpoint, HookRequest, Service
from knowledge.model import Knowledge
from plugin.cards import cards_for
from plugin.errors import InputUnreadable
from plugin.model import Assessment
from plugin.pipeline import Pipeline
from plugin.services.drafted import MEDICATIONS, orders_in
from plugin.services.intake import take_in
from plugin.services.parts import Part, parts_of

SERVICE_ID = "cramp-review"
REFILL = "medication-refill"
HOOKS = ("patient-view", "encounter-discharge", REFILL)
# The call is JSON and says whose record it is: only depth is left to be wrong.
TOO_DEEP = "A resource is nested too deeply to be read."


class Watcher(Protocol):
    """Told of each answer, for logs and metrics."""

    def answered(
        self, request: HookRequest, entries: int, assessment: Assessment, cards: list[Card]
    ) -> None: ...


def cramp_review(
    pipeline: Pipeline, watcher: Watcher, *, today: Callable[[], date], evidence_url: str = ""
) -> list[Endpoint]:
    """An endpoint for each hook. `today` gives the date that results and orders are judged by."""
    parts = parts_of(pipeline.knowledge)

    def handle(request: HookRequest) -> list[Card]:
        try:
            entries, assessment = _review(request, parts, pipeline, today())
        except (InputUnreadable, RecursionError):
            raise BadRequest(TOO_DEEP) from None
        cards = cards_for(assessment, pipeline.knowledge, evidence_url)
        watcher.answered(request, entries, assessment, cards)
        return cards

    return [Endpoint(_service(hook, pipeline.knowledge, parts), handle) for hook in HOOKS]


def _review(
    request: HookRequest, parts: tuple[Part, ...], pipeline: Pipeline, as_of: date
) -> tuple[int, Assessment]:
    """How many entries the call brought, and the answer."""
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
