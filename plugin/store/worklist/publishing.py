"""Puts a run on the list: all of it in one transaction, and once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection, bindparam, insert, select, text, update

from plugin.config import Settings
from plugin.store.clock import now_ms
from plugin.store.tables import worklist_item, worklist_mark, worklist_run
from plugin.store.worklist.merging import Changes, Known, merge
from plugin.store.worklist.model import ListedPatient, ListedRun, Recorded
from plugin.store.worklist.opening import writing

T = TypeVar("T")
_AT_ONCE = 500  # patients
_LOCK = 0x776F726B  # of PostgreSQL: one run at a time; SQLite has one writer anyway


def publish(settings: Settings, run: ListedRun, patients: Iterable[ListedPatient]) -> Recorded:
    """Put a run's patients on the list; a run that is there already changes nothing.

    Patients whom the run did not screen are left as they are. Raises DatabaseInvalid and
    DatabaseUnreadable, and then nothing was changed.
    """
    with writing(settings) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
        if earlier := _earlier(connection, run):
            return earlier
        recorded, now = Recorded(), now_ms()
        for some in _batches(patients):
            known = _known(connection, [one.patient for one in some])
            changes = merge(run, some, known, now)
            _write(connection, changes)
            recorded = _counted(recorded, some, changes)
        connection.execute(
            insert(worklist_run).values(
                run=run.run,
                as_of=run.as_of,
                knowledge=run.knowledge,
                recorded_ms=now,
                patients=recorded.patients,
                findings=recorded.findings,
                added=recorded.added,
                returned=recorded.returned,
                gone=recorded.gone,
            )
        )
        return recorded


def _earlier(connection: Connection, run: ListedRun) -> Recorded | None:
    columns = worklist_run.c
    query = select(
        columns.patients, columns.findings, columns.added, columns.returned, columns.gone
    ).where(columns.run == run.run)
    row = connection.execute(query).first()
    return Recorded(*row) if row else None


def _known(connection: Connection, patients: list[str]) -> dict[str, list[Known]]:
    columns = worklist_item.c
    query = (
        select(
            columns.patient,
            columns.number,
            columns.issue,
            columns.level,
            columns.evidence,
            columns.status,
            columns.as_of,
            columns.gone,
        )
        .where(columns.patient.in_(patients))
        .order_by(columns.number)
        .with_for_update()  # a mark that somebody sets meanwhile comes before or after
    )
    found: dict[str, list[Known]] = {}
    for patient, *rest in connection.execute(query):
        found.setdefault(patient, []).append(Known(*rest))
    return found


def _write(connection: Connection, changes: Changes) -> None:
    if changes.added:
        connection.execute(insert(worklist_item), changes.added)
    for rows in _alike([*changes.kept, *changes.gone]):
        statement = update(worklist_item).where(worklist_item.c.number == bindparam("item"))
        connection.execute(statement, rows)
    if changes.marks:
        connection.execute(insert(worklist_mark), changes.marks)


def _alike(rows: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Rows of the same columns together: one statement each."""
    groups: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault(tuple(row), []).append(row)
    yield from groups.values()


def _counted(before: Recorded, some: list[ListedPatient], changes: Changes) -> Recorded:
    return Recorded(
        patients=before.patients + len(some),
        findings=before.findings + sum(len(one.findings) for one in some),
        added=before.added + len(changes.added),
        returned=before.returned + len(changes.marks),
        gone=before.gone + len(changes.gone),
    )


def _batches(patients: Iterable[ListedPatient]) -> Iterator[list[ListedPatient]]:
    left = iter(patients)
    while some := list(islice(left, _AT_ONCE)):
        yield some
