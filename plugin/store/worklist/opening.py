"""A transaction on the tables of the worklist, with faults as sentences."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import URL, Connection
from sqlalchemy.exc import SQLAlchemyError

from plugin.config import Settings
from plugin.store.address import address_of, is_there
from plugin.store.engine import open_engine
from plugin.store.errors import DatabaseInvalid, DatabaseUnreadable, StoreDown, fault_of, place
from plugin.store.migrating import HEAD, revision_of, upgrade

_REMEDY = (
    "see that the database runs, that its disk has room and that CRAMPCHECK_DATABASE names it, and "
    "try again"
)


def prepare(settings: Settings) -> None:
    """Bring the tables up to date. Raises DatabaseInvalid and DatabaseUnreadable."""
    try:
        upgrade(address_of(settings))
    except StoreDown as error:
        raise DatabaseUnreadable(f"{error}: the worklist cannot be opened; {_REMEDY}.") from None


@contextmanager
def writing(settings: Settings) -> Iterator[Connection]:
    """What is written is committed when the block ends, or not at all.

    Raises DatabaseInvalid and DatabaseUnreadable.
    """
    prepare(settings)
    url = address_of(settings)
    with _said(url, "written"), open_engine(url, pooled=False).begin() as connection:
        yield connection


@contextmanager
def reading(settings: Settings) -> Iterator[Connection | None]:
    """A look at the tables; None where there is no worklist yet, which is not made by looking.

    Raises DatabaseInvalid where a newer version wrote the tables, and DatabaseUnreadable.
    """
    url = address_of(settings)
    if not is_there(url):
        yield None
        return
    with _said(url, "read"), open_engine(url, pooled=False, writes=False).begin() as connection:
        found = revision_of(connection)
        if found > HEAD:
            raise DatabaseInvalid(
                f"{place(url)}: its tables are of revision {found}, and this version knows them up "
                f"to {HEAD}; use the version of Crampcheck that wrote them, or a newer one."
            )
        yield connection if found == HEAD else None


@contextmanager
def _said(url: URL, done: str) -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        raise DatabaseUnreadable(
            f"{place(url)}: the worklist cannot be {done} ({fault_of(error, url)}); {_REMEDY}."
        ) from None
