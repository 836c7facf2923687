"""The list, read for a person."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from sqlalchemy import ColumnElement, Row, and_, case, func, select

from knowledge.model import Level
from plugin.config import Settings
from plugin.store.tables import worklist_item, worklist_mark
from plugin.store.worklist.model import Item, Mark
from plugin.store.worklist.opening import reading

_WORST_FIRST = case(
    {level.value: -level.rank for level in Level}, value=worklist_item.c.level, else_=0
)


class Asked(Struct, frozen=True):
    """Which items are wanted; an empty tuple asks nothing of its column."""

    levels: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    patients: tuple[str, ...] = ()
    gone: bool = False  # also those that the last run of their patient no longer had


class Listed(Struct, frozen=True):
    """How many items there are, and the first of them."""

    count: int
    items: tuple[Item, ...]


def items(settings: Settings, asked: Asked, most: int) -> Listed:
    """The items that are asked for: worst first, then by patient. Empty where no run was listed.

    Raises DatabaseInvalid and DatabaseUnreadable.
    """
    columns = worklist_item.c
    condition = and_(True, *_conditions(asked))
    with reading(settings) as connection:
        if connection is None:
            return Listed(0, ())
        count = select(func.count()).select_from(worklist_item).where(condition)
        query = (
            select(worklist_item)
            .where(condition)
            .order_by(_WORST_FIRST, columns.patient, columns.number)
            .limit(most)
        )
        return Listed(
            connection.execute(count).scalar_one(),
            tuple(_item(row) for row in connection.execute(query)),
        )


def item(settings: Settings, number: int) -> tuple[Item, tuple[Mark, ...]] | None:
    """One item with its marks, the latest last; None where there is none of this number.

    Raises DatabaseInvalid and DatabaseUnreadable.
    """
    marks = worklist_mark.c
    with reading(settings) as connection:
        if connection is None:
            return None
        query = select(worklist_item).where(worklist_item.c.number == number)
        found = connection.execute(query).first()
        if found is None:
            return None
        rows = connection.execute(
            select(marks.status, marks.reason, marks.marked_by, marks.marked_ms)
            .where(marks.item == number)
            .order_by(marks.number)
        )
        return _item(found), tuple(Mark(*row) for row in rows)


def _conditions(asked: Asked) -> Iterator[ColumnElement[bool]]:
    columns = worklist_item.c
    for column, wanted in (
        (columns.level, asked.levels),
        (columns.rule, asked.rules),
        (columns.status, asked.statuses),
        (columns.patient, asked.patients),
    ):
        if wanted:
            yield column.in_(wanted)
    if not asked.gone:
        yield columns.gone.is_(False)


def _item(row: Row[tuple[object, ...]]) -> Item:
    values = dict(row._mapping)
    del values["evidence"]
    for name in ("drugs", "partners", "options"):
        values[name] = tuple(values[name])
    return Item(**values)
