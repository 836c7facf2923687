"""The cards of a period with their outcomes, read for a report; and their end, by pruning."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, Row, and_, delete, select
from sqlalchemy.exc import SQLAlchemyError

from plugin.cards.shape import REASON_SYSTEM
from plugin.config import Settings
from plugin.store.address import address_of, is_there
from plugin.store.clock import start_of
from plugin.store.engine import open_engine
from plugin.store.errors import DatabaseInvalid, DatabaseUnreadable, fault_of, place
from plugin.store.migrating import HEAD, revision_of
from plugin.store.outcomes import latest_outcomes, of_card_sent
from plugin.store.rates import Report, Told, report_of
from plugin.store.tables import feedback, issued_card

_AT_ONCE = 1000


class Period(Struct, frozen=True):
    """Days in UTC, both included; None is open."""

    since: date | None = None
    until: date | None = None

    def holds(self, column: ColumnElement[int]) -> ColumnElement[bool]:
        """The condition that a time in milliseconds lies in the period."""
        conditions: list[ColumnElement[bool]] = []
        if self.since:
            conditions.append(column >= start_of(self.since))
        if self.until and self.until < date.max:
            conditions.append(column < start_of(self.until + timedelta(days=1)))
        return and_(True, *conditions)


def read_report(settings: Settings, period: Period, by: str) -> Report:
    """What became of the cards that were sent in a period; empty where nothing was ever stored.

    An outcome of a card that is not on record counts apart, by when it happened. Raises
    DatabaseInvalid, DatabaseUnreadable.
    """
    with _opened(settings, writes=False) as connection:
        if connection is None:
            return report_of((), (), by)
        return report_of(_known(connection, period), _unknown(connection, period), by)


def prune(settings: Settings, before: date) -> tuple[int, int]:
    """Delete what is older than a day: outcomes, and cards that were sent. Gives how many of each.

    Raises DatabaseInvalid, DatabaseUnreadable.
    """
    limit = start_of(before)
    with _opened(settings, writes=True) as connection:
        if connection is None:
            return 0, 0
        outcomes = connection.execute(delete(feedback).where(feedback.c.outcome_ms < limit))
        cards = connection.execute(delete(issued_card).where(issued_card.c.issued_ms < limit))
        return outcomes.rowcount, cards.rowcount


@contextmanager
def _opened(settings: Settings, *, writes: bool) -> Iterator[Connection | None]:
    """A transaction on tables of our revision; None for a database that has none of ours yet."""
    url = address_of(settings)
    if not is_there(url):
        yield None
        return
    try:
        with open_engine(url, pooled=False, writes=writes).begin() as connection:
            found = revision_of(connection)
            if found not in ("", HEAD):
                raise DatabaseInvalid(
                    f"{place(url)}: its tables are of revision {found}, and this command reads "
                    f"{HEAD}; start the service once with the newer of the two versions, and use "
                    "that version's command."
                )
            yield connection if found else None
    except SQLAlchemyError as error:
        raise DatabaseUnreadable(
            f"{place(url)}: the database cannot be read ({fault_of(error, url)}); see that it runs "
            "and that CRAMPCHECK_DATABASE names it."
        ) from None


def _known(connection: Connection, period: Period) -> Iterator[Told]:
    latest = latest_outcomes()
    same = of_card_sent(latest)
    query = (
        select(
            issued_card.c.service,
            issued_card.c.rules,
            issued_card.c.topic,
            latest.c.outcome,
            latest.c.reason_system,
            latest.c.reason_code,
            latest.c.reason_display,
        )
        .join_from(issued_card, latest, same, isouter=True)
        .where(period.holds(issued_card.c.issued_ms))
    )
    for row in _streamed(connection, query):
        rules = tuple(rule for rule, *_ in row.rules)
        yield _told(row, row.service, rules, row.topic)


def _unknown(connection: Connection, period: Period) -> Iterator[Told]:
    latest = latest_outcomes()
    same = of_card_sent(latest)
    query = (
        select(latest)
        .join_from(latest, issued_card, same, isouter=True)
        .where(issued_card.c.card.is_(None), period.holds(latest.c.outcome_ms))
    )
    for row in _streamed(connection, query):
        yield _told(row, row.service, (), "")


def _streamed(connection: Connection, query: Any) -> Iterator[Row[Any]]:
    yield from connection.execution_options(yield_per=_AT_ONCE).execute(query)


def _told(row: Row[Any], service: str, rules: tuple[str, ...], topic: str) -> Told:
    return Told(service, rules, topic, row.outcome or "", _reason(row))


def _reason(row: Row[Any]) -> str:
    """Our own reasons by their code; those of a client by what it calls them, and the code."""
    system, code, display = row.reason_system, row.reason_code, row.reason_display
    if system == REASON_SYSTEM:
        return str(code)
    coded = "|".join(part for part in (system, code) if part)
    return f"{display} [{coded}]" if display and coded else str(coded or display or "")
