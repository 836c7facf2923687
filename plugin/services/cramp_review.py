"""`cramp-review` on `patient-view`: the whole list, when a chart is opened."""

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
from plugin.services.fetching import Complete, as_sent
from plugin.services.intake import take_in
from plugin.services.parts import Part, parts_of

SERVICE_ID = "cramp-review"


class Watcher(Protocol):
    """Told of each answer, for logs and metrics."""

    def answered(
        self, request: HookRequest, entries: int, assessment: Assessment, cards: list[Card]
    ) -> None: ...


def cramp_review(
    pipeline: Pipeline,
    watcher: Watcher,
    *,
    today: Callable[[], date],
    evidence_url: str = "",
    complete: Complete = as_sent,
) -> Endpoint:
    """The endpoint. `today` gives the date that results and orders are judged by; `complete`
    fetches what a call did not bring.
    """
    parts = parts_of(pipeline.knowledge)

    def handle(request: HookRequest) -> list[Card]:
        patient = f"Patient/{request.context['patient_id']}"
        try:
            request = complete(request, parts)
            intake = take_in(request, parts)
            assessment = pipeline.assess_entries(intake.entries, today(), patient, intake.missing)
        except (InputUnreadable, RecursionError):
            # The call is JSON and says whose record it is: only depth is left to be wrong.
            raise BadRequest("A resource is nested too deeply to be read.") from None
        cards = cards_for(assessment, pipeline.knowledge, evidence_url)
        watcher.answered(request, len(intake.entries), assessment, cards)
        return cards

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
