"""What became of the cards about one patient, for who decides what to say again."""

from __future__ import annotations

import msgspec
from sqlalchemy import Text, bindparam, cast, select

from cds_hooks.model import HookRequest
from plugin.cards.issued import RuleOutcome
from plugin.store.clock import DAY_MS, now_ms
from plugin.store.database import Database, Row
from plugin.store.errors import StoreDown
from plugin.store.feedback import Failed
from plugin.store.issued import patient_of
from plugin.store.outcomes import of_card_sent
from plugin.store.pseudonym import Pseudonyms
from plugin.store.quick import Quick, Statement
from plugin.store.rows import who
from plugin.store.tables import feedback, issued_card

_MOST = 200  # outcomes of one patient that are looked at, the latest


class PatientOutcomes:
    """Looks up what was done with a patient's cards."""

    def __init__(
        self, database: Database, quick: Quick, pseudonyms: Pseudonyms, *, failed: Failed
    ) -> None:
        self._quick = quick
        self._pseudonyms = pseudonyms
        self._failed = failed
        same = of_card_sent(feedback)
        at = feedback.c.outcome_ms
        self._query = Statement(
            database,
            select(
                cast(issued_card.c.rules, Text),
                feedback.c.outcome,
                feedback.c.reason_system,
                feedback.c.reason_code,
                at,
            )
            .join_from(issued_card, feedback, same)
            .where(
                issued_card.c.patient == bindparam("patient"),
                issued_card.c.issuer == bindparam("issuer"),
                issued_card.c.tenant == bindparam("tenant"),
            )
            .order_by(at.desc(), feedback.c.id.desc())
            .limit(_MOST),
        )

    def of(self, request: HookRequest, days: int) -> dict[str, RuleOutcome]:
        """The latest outcome of each rule, where it is of the last `days` days.

        Empty where the store is down: then everything is said.
        """
        issuer, tenant = who(request.caller)
        patient = patient_of(request, self._pseudonyms)
        values = {"patient": patient, "issuer": issuer, "tenant": tenant}
        try:
            rows = self._quick.rows(self._query, values)
        except StoreDown as error:
            self._failed("look up overrides", error)
            return {}
        return _latest_by_rule(rows, now_ms() - days * DAY_MS)


def _latest_by_rule(rows: list[Row], since_ms: int) -> dict[str, RuleOutcome]:
    found: dict[str, RuleOutcome] = {}
    for rules, outcome, system, code, at in rows:
        if at < since_ms:
            break
        for rule, level, evidence in msgspec.json.decode(rules):
            found.setdefault(rule, RuleOutcome(rule, level, evidence, outcome, system, code))
    return found
