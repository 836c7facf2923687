"""What becomes of each answer beside the answer: counted, logged, and kept for its feedback."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial

import structlog

from cds_hooks.model import HookRequest
from plugin.cards import Issued
from plugin.config import Settings
from plugin.model import Assessment
from plugin.observe import Metrics
from plugin.services.repeating import Repeats
from plugin.services.suppressing import Remembered, Suppression
from plugin.store.issued import evidence_of
from plugin.store.opening import Store

_UUID = re.compile(r"\A[0-9a-fA-F-]{32,36}\Z")


class Watcher:
    """Counts each answer, writes one event for it, and keeps its cards where there is a store."""

    def __init__(self, metrics: Metrics, store: Store | None) -> None:
        self._metrics = metrics
        self._store = store
        self._log = structlog.get_logger().bind()  # bound once: the settings do not change

    def answered(
        self,
        service: str,
        request: HookRequest,
        entries: int,
        assessment: Assessment,
        issued: Sequence[Issued],
    ) -> None:
        """Told of an answer before it is sent."""
        if self._store is not None:
            self._store.issued.remember(service, request, assessment, issued)
        self._metrics.assessed(
            assessment.level.value,
            [card.level for card in issued],
            [one.reason.value for one in assessment.unread],
        )
        instance = request.hook_instance
        self._log.info(
            "answered",
            service=service,
            hook=request.hook,
            call=instance if _UUID.match(instance) else "not-a-uuid",
            entries=entries,
            medications=len(assessment.medications),
            findings=len(assessment.findings),
            unread=len(assessment.unread),
            advice=assessment.level.value,
            cards=len(issued),
        )


def remembered(settings: Settings, metrics: Metrics, store: Store | None) -> Remembered | None:
    """What a service may leave unsaid, and where it looks; None where nothing is remembered."""
    if store is None:
        return None
    return Remembered(
        suppression=Suppression(settings.suppress_days, settings.suppress_on_order_sign),
        outcomes=store.outcomes.of,
        evidence=partial(evidence_of, pseudonyms=store.pseudonyms),
        silenced=metrics.silenced,
    )


def repeats(settings: Settings, metrics: Metrics, store: Store | None) -> Repeats | None:
    """What a service may leave out because it was shown; None where nothing is remembered."""
    if store is None:
        return None
    return Repeats(settings.shown_days, store.shown.has, metrics.silenced)
