"""What people write on the list, and its end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import delete, insert, or_, select, update

from plugin.config import Settings
from plugin.store.clock import now_ms, start_of
from plugin.store.tables import worklist_item, worklist_mark, worklist_run
from plugin.store.worklist.model import Status
from plugin.store.worklist.opening import writing


def mark(
    settings: Settings, numbers: Sequence[int], status: Status, reason: str, by: str
) -> tuple[int, ...]:
    """Give items a status. Returns the numbers that are not on the list; then none is marked.

    Raises DatabaseInvalid and DatabaseUnreadable.
    """
    wanted = sorted(set(numbers))
    columns = worklist_item.c
    row = {"status": status.value, "reason": reason, "marked_by": by, "marked_ms": now_ms()}
    with writing(settings) as connection:
        query = select(columns.number).where(columns.number.in_(wanted)).with_for_update()
        there = set(connection.execute(query).scalars())
        missing = tuple(number for number in wanted if number not in there)
        if not missing:
            connection.execute(update(worklist_item).where(columns.number.in_(wanted)).values(row))
            connection.execute(insert(worklist_mark), [{**row, "item": one} for one in wanted])
    return missing


def prune(settings: Settings, before: date) -> int:
    """Delete items that are settled or gone, and were last changed or found before a day, with
    their marks. Returns how many.

    Raises DatabaseInvalid and DatabaseUnreadable.
    """
    columns = worklist_item.c
    settled = [status.value for status in Status if not status.open]
    old = select(columns.number).where(
        or_(columns.gone, columns.status.in_(settled)),
        columns.marked_ms < start_of(before),
        columns.as_of < before.isoformat(),
    )
    with writing(settings) as connection:
        connection.execute(delete(worklist_mark).where(worklist_mark.c.item.in_(old)))
        deleted = connection.execute(delete(worklist_item).where(columns.number.in_(old)))
        connection.execute(delete(worklist_run).where(worklist_run.c.as_of < before.isoformat()))
        return deleted.rowcount
