"""Which cards were sent, and what they rest on, so that an outcome can be tied to rules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy.dialects import postgresql, sqlite

from cds_hooks.model import HookRequest
from plugin.cards.issued import Issued
from plugin.model import Assessment, Finding
from plugin.store.clock import now_ms
from plugin.store.database import Database
from plugin.store.errors import StoreDown
from plugin.store.feedback import Failed
from plugin.store.pseudonym import Pseudonyms
from plugin.store.quick import Quick, Statement
from plugin.store.rows import who
from plugin.store.tables import issued_card


def patient_of(request: HookRequest, pseudonyms: Pseudonyms) -> bytes:
    """The pseudonym of a call's patient, of this client and FHIR server only."""
    server = request.fhir.server if request.fhir else ""
    return pseudonyms.of(*who(request.caller), server, str(request.context["patient_id"]))


def viewer_of(request: HookRequest, pseudonyms: Pseudonyms) -> bytes | None:
    """The pseudonym of who looks at a chart, if the call says who it is."""
    server = request.fhir.server if request.fhir else ""
    user = request.context.get("user_id")
    return pseudonyms.of(*who(request.caller), server, "user", user) if user else None


def told_of(assessment: Assessment, pseudonyms: Pseudonyms) -> bytes:
    """A digest of all that a card about what was found is made of."""
    found = assessment.findings, assessment.mitigations, assessment.withheld, assessment.also
    said = (*found, assessment.unread)  # of which some is told on this card alone
    words = msgspec.json.encode(said).decode()
    return pseudonyms.of(assessment.knowledge_version, assessment.level.value, words)


def evidence_of(finding: Finding, knowledge: str, pseudonyms: Pseudonyms) -> str:
    """A digest of all that a finding rests on: drugs, facts, values, dates, and the knowledge."""
    about = (finding.rule, finding.ingredients, finding.partners, finding.because)
    return pseudonyms.of(knowledge, msgspec.json.encode(about).decode()).hex()


class IssuedCards:
    """Remembers cards that are sent. A failure is reported, and the cards go out all the same.

    `viewed`: also to whom, and what they said.
    """

    def __init__(
        self,
        database: Database,
        quick: Quick,
        pseudonyms: Pseudonyms,
        *,
        failed: Failed,
        viewed: bool = False,
    ) -> None:
        dialect = sqlite if database.url.get_backend_name() == "sqlite" else postgresql
        self._quick = quick
        self._pseudonyms = pseudonyms
        self._failed = failed
        self._viewed = viewed
        self._insert = Statement(database, dialect.insert(issued_card).on_conflict_do_nothing())

    def remember(
        self, service: str, request: HookRequest, assessment: Assessment, cards: Sequence[Issued]
    ) -> None:
        """Write a row for each card of an assessment. Never raises for a store that is down."""
        if not cards:
            return
        issuer, tenant = who(request.caller)
        common = {
            "issuer": issuer,
            "tenant": tenant,
            "service": service,
            "hook": request.hook,
            "patient": patient_of(request, self._pseudonyms),
            "knowledge": assessment.knowledge_version,
            "issued_ms": now_ms(),
            "viewer": viewer_of(request, self._pseudonyms) if self._viewed else None,
            "told": told_of(assessment, self._pseudonyms) if self._viewed else None,
        }
        try:
            for card in cards:
                self._quick.run(self._insert, {**common, **self._row(card, assessment)})
        except StoreDown as error:
            self._failed("remember the cards", error)

    def _row(self, card: Issued, assessment: Assessment) -> dict[str, Any]:
        version = assessment.knowledge_version
        rules = [
            (one.rule, one.level.value, evidence_of(one, version, self._pseudonyms))
            for one in assessment.findings
            if one.rule in card.rules
        ]
        return {
            "card": card.card,
            "topic": card.topic,
            "indicator": card.level,
            "rules": msgspec.json.encode(rules).decode(),
            "suggestions": msgspec.json.encode(card.suggestions).decode(),
        }
