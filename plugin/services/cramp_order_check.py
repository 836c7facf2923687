"""`cramp-order-check` on `order-select` and `order-sign`: what the orders under the pen change."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from cds_hooks.errors import BadRequest
from cds_hooks.model import Card, Endpoint, HookRequest, Service
from knowledge.model import Knowledge
from plugin.cards.ordering import order_cards
from plugin.errors import InputUnreadable
from plugin.model import Unread
from plugin.ordering.check import Asked, OrderCheck, check_orders
from plugin.ordering.drafts import drafts_of, select
from plugin.reading.source import AnyEntry
from plugin.services.answering import TOO_DEEP, Answering
from plugin.services.cramp_review import of_site
from plugin.services.drafted import DRAFT_ORDERS, drafts_of_labs, orders_in
from plugin.services.intake import take_in
from plugin.services.parts import Part, parts_of

SERVICE_ID = "cramp-order-check"
SELECT, SIGN = "order-select", "order-sign"
_WHEN = {
    SELECT: "as it is selected, while it may still be unfinished",
    SIGN: "before it is signed, with all that is signed along with it",
}


def cramp_order_check(answering: Answering) -> list[Endpoint]:
    """An endpoint for each hook."""
    known = answering.pipeline.knowledge
    parts = parts_of(known)

    def handle(request: HookRequest) -> list[Card]:
        try:
            request = answering.complete(request, parts)
            entries, check = _check(request, parts, answering)
            labs = list(drafts_of_labs(request))
        except (InputUnreadable, RecursionError):
            raise BadRequest(TOO_DEEP) from None
        make = partial(order_cards, check)
        return answering.cards(
            SERVICE_ID, request, entries, check.assessment, make=make, drafts=labs
        )

    return [Endpoint(_service(hook, known, parts), handle) for hook in (SELECT, SIGN)]


def _check(
    request: HookRequest, parts: Sequence[Part], answering: Answering
) -> tuple[int, OrderCheck]:
    """How many entries the call brought, and the answer."""
    pipeline, as_of = answering.pipeline, answering.today()
    drafted = orders_in(request, DRAFT_ORDERS)
    intake = take_in(request, parts)
    patient = f"Patient/{request.context['patient_id']}"
    ordered = pipeline.read_ordered(intake.entries, drafted.entries, as_of, patient, intake.missing)
    asked = _asked(request, drafted.entries, drafted.missing)
    check = check_orders(pipeline.assessor, ordered, asked, as_of)
    return len(intake.entries) + len(drafted.entries), check


def _asked(request: HookRequest, entries: Sequence[AnyEntry], missing: tuple[Unread, ...]) -> Asked:
    """All orders that are signed, or those that were selected."""
    drafts = drafts_of(entries)
    unsigned = frozenset(one.reference for one in drafts if one.unsigned)
    if request.hook == SIGN:
        return Asked(frozenset(one.reference for one in drafts), unsigned, missing=missing)
    selected = select(drafts, request.context["selections"])
    return Asked(
        selected.references, unsigned, unfinished=True, missing=(*missing, *selected.missing)
    )


def _service(hook: str, knowledge: Knowledge, parts: Sequence[Part]) -> Service:
    return Service(
        id=SERVICE_ID,
        hook=hook,
        title="Orders and muscle cramps",
        description=(
            f"Checks an order {_WHEN[hook]}: says what it would add to the drugs linked to muscle "
            "cramps and to their interactions, with the labs and conditions on file, and nothing "
            f"that holds without it.{of_site(knowledge)}"
        ),
        prefetch=tuple(part.key for part in parts),
        usage_requirements=(
            "For clinicians; adults only. Needs the prefetch keys patient and medications."
        ),
        version=knowledge.version,
    )
