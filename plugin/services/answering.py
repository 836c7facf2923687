"""What every service works with, and how an assessment leaves as cards."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any, Protocol, TypeAlias

from msgspec import Struct

from cds_hooks.model import Card, HookRequest
from knowledge.model import Knowledge
from plugin.cards import CardSite, Issued, issue_cards
from plugin.cards.site import NOWHERE
from plugin.model import Assessment
from plugin.pipeline import Pipeline
from plugin.services.fetch.fetcher import Complete, as_sent
from plugin.services.repeating import Repeats, unrepeated
from plugin.services.suppressing import Remembered, quieted, say_so

# The call is JSON and says whose record it is: only depth is left to be wrong.
TOO_DEEP = "A resource is nested too deeply to be read."

Make: TypeAlias = Callable[[Assessment, Knowledge, CardSite], tuple[list[Card], list[Issued]]]


class Watcher(Protocol):
    """Told of each answer, for logs, metrics and the store."""

    def answered(
        self,
        service: str,
        request: HookRequest,
        entries: int,
        assessment: Assessment,
        issued: Sequence[Issued],
    ) -> None: ...


class Answering(Struct, frozen=True):
    """What is the same for each call.

    `today` gives the date that results and orders are judged by, `site` says what cards may link to
    and order, `remembered` tells what was overridden before and `repeats` what was shown before,
    `complete` fetches what a call lacks.
    """

    pipeline: Pipeline
    watcher: Watcher
    today: Callable[[], date]
    site: CardSite = NOWHERE
    remembered: Remembered | None = None
    repeats: Repeats | None = None
    complete: Complete = as_sent

    def cards(
        self,
        service: str,
        request: HookRequest,
        entries: int,
        assessment: Assessment,
        *,
        make: Make = issue_cards,
        drafts: Iterable[Any] = (),
    ) -> list[Card]:
        """The cards of an assessment, made by `make`; `entries` is how many the call brought.

        `drafts` are orders of the call, decoded: a lab that they order is not ordered again.
        """
        known = self.pipeline.knowledge
        told, silenced = quieted(self.remembered, request, assessment, known)
        told = unrepeated(self.repeats, request, told)
        patient, encounter = request.context["patient_id"], request.context.get("encounter_id")
        ordered = self.site.requests.ordered_in(drafts)
        where = self.site.of_call(patient, encounter or "", ordered)
        cards, issued = make(told, known, where)
        say_so(cards, silenced)
        self.watcher.answered(service, request, entries, told, issued)
        return cards
