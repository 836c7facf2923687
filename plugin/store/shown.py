"""Whether somebody was shown a card already, for who decides what to show again."""

from __future__ import annotations

from sqlalchemy import bindparam, func, select

from cds_hooks.model import HookRequest
from plugin.cards.shape import FOUND
from plugin.model import Assessment
from plugin.store.clock import DAY_MS, now_ms
from plugin.store.database import Database
from plugin.store.errors import StoreDown
from plugin.store.feedback import Failed
from plugin.store.issued import patient_of, told_of, viewer_of
from plugin.store.pseudonym import Pseudonyms
from plugin.store.quick import Quick, Statement
from plugin.store.rows import who
from plugin.store.tables import issued_card

# A client that gave up waiting calls again soon, and showed nobody what came too late for it.
_PERHAPS_UNSEEN_MS = 5 * 60 * 1000


class ShownCards:
    """Looks up which cards about what was found were sent."""

    def __init__(
        self, database: Database, quick: Quick, pseudonyms: Pseudonyms, *, failed: Failed
    ) -> None:
        self._quick = quick
        self._pseudonyms = pseudonyms
        self._failed = failed
        equal = ("issuer", "tenant", "hook", "patient", "viewer", "told", "topic")
        self._query = Statement(
            database,
            select(func.count())
            .select_from(issued_card)
            .where(
                *(issued_card.c[name] == bindparam(name) for name in equal),
                issued_card.c.issued_ms.between(bindparam("since"), bindparam("until")),
            ),
        )

    def has(self, request: HookRequest, assessment: Assessment, days: int) -> bool:
        """Whether a card that says what this one would say was sent in the last `days` days.

        To the same user, on the same hook, and not within the last minutes. False where the call
        names no user, and where the store is down: then it is shown.
        """
        viewer = viewer_of(request, self._pseudonyms)
        if viewer is None:
            return False
        issuer, tenant = who(request.caller)
        now = now_ms()
        values = {
            "issuer": issuer,
            "tenant": tenant,
            "hook": request.hook,
            "patient": patient_of(request, self._pseudonyms),
            "viewer": viewer,
            "told": told_of(assessment, self._pseudonyms),
            "topic": FOUND["code"],
            "since": now - days * DAY_MS,
            "until": now - _PERHAPS_UNSEEN_MS,
        }
        try:
            ((count,),) = self._quick.rows(self._query, values)
        except StoreDown as error:
            self._failed("look up shown cards", error)
            return False
        return bool(count)
