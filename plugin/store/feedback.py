"""The sink of feedback: each outcome once, on disk before it returns."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import structlog
from sqlalchemy.dialects import postgresql, sqlite

from cds_hooks.errors import Unavailable
from cds_hooks.feedback import Feedback, Kept
from cds_hooks.model import Caller
from plugin.store.clock import now_ms
from plugin.store.database import Database
from plugin.store.errors import StoreDown
from plugin.store.rows import row_of
from plugin.store.tables import feedback

Failed = Callable[[str, StoreDown], None]  # what was to be done, and why it could not be
_AT_ONCE = 1000  # rows of one statement


class FeedbackStore:
    """Keeps outcomes. Implements `cds_hooks.feedback.FeedbackSink`."""

    def __init__(self, database: Database, *, failed: Failed, keep_comments: bool = False) -> None:
        self._database = database
        self._failed = failed
        self._keep_comments = keep_comments
        dialect = sqlite if database.url.get_backend_name() == "sqlite" else postgresql
        # Asking which rows are new counts them, and lets a repeated one pass in one statement.
        self._insert = dialect.insert(feedback).on_conflict_do_nothing().returning(feedback.c.id)
        self._log = structlog.get_logger()

    def keep(self, service: str, entries: Sequence[Feedback], caller: Caller | None) -> Kept:
        """Store what is new in one transaction. Raises Unavailable, and then nothing is stored."""
        received = now_ms()
        rows = [
            row_of(
                entry,
                service=service,
                caller=caller,
                received_ms=received,
                keep_comments=self._keep_comments,
            )
            for entry in entries
        ]
        stored = 0
        try:
            if rows:
                with self._database.transaction() as connection:
                    for start in range(0, len(rows), _AT_ONCE):
                        part = rows[start : start + _AT_ONCE]
                        stored += len(connection.execute(self._insert, part).all())
        except StoreDown as error:
            self._failed("keep feedback", error)
            raise Unavailable(
                "The outcomes could not be stored, and none was; send them again later."
            ) from None
        self._log.info("feedback", service=service, sent=len(rows), stored=stored)
        return Kept(stored, len(rows) - stored)
