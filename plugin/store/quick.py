"""Single statements within a call, on a connection of the driver that the thread keeps.

SQLAlchemy writes the SQL once; running it through its pool would cost more than the statement.
These commits outlive a killed process. SQLite's, and PostgreSQL's unless `waits` is asked for, may
not outlive a loss of power, and then the last of them are gone. Outcomes do not go this way.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import ClauseElement

from plugin.store.database import Database, Rest, Row
from plugin.store.errors import StoreDown

_POSTGRES: dict[str, Any] = {
    "connect_timeout": 2,
    "tcp_user_timeout": 3000,
    "application_name": "crampcheck-calls",
}
_NOT_BROKEN = 1.0  # seconds after which a failure is of a database that is busy, and stays so
_LIMIT = "-c statement_timeout=2000 -c synchronous_commit="
# Of 4 KiB, until the log is brought into the file. The call that does so waits for the disk, and
# all behind it: with SQLite's own 1000 pages, every three hundredth call with cards.
_PAGES = 4000
_SQLITE: dict[str, Any] = {"timeout": 2, "isolation_level": None}


class Statement:
    """A statement as the driver takes it, made once."""

    def __init__(self, database: Database, clause: ClauseElement) -> None:
        compiled = clause.compile(dialect=database.dialect)
        self.sql = str(compiled)
        self._constants = {
            name: value for name, value in compiled.params.items() if value is not None
        }
        self._order = getattr(compiled, "positiontup", None)

    def arguments(self, values: Mapping[str, Any]) -> Any:
        """The values in the order of the driver's marks, or by name."""
        every = {**self._constants, **values}
        return [every[name] for name in self._order] if self._order else every


class Quick:
    """Runs statements on this thread's own connection; opens it anew once where it broke."""

    def __init__(self, database: Database, *, waits: bool = False) -> None:
        self._database = database
        self._limit = _LIMIT + ("on" if waits else "off")
        self._rest = Rest()
        self._local = threading.local()
        self._of_parents: list[Any] = []
        self._driver: Any = database.dialect.dbapi

    def run(self, statement: Statement, values: Mapping[str, Any]) -> int:
        """Run a statement that changes something, and commit it; gives the number of rows."""
        count: int = self._try(lambda cursor: cursor.rowcount, statement, values)
        return count

    def rows(self, statement: Statement, values: Mapping[str, Any]) -> list[Row]:
        """Run a query. Raises StoreDown."""
        found: list[Row] = self._try(lambda cursor: cursor.fetchall(), statement, values)
        return found

    def _try(
        self, take: Callable[[Any], Any], statement: Statement, values: Mapping[str, Any]
    ) -> Any:
        arguments = statement.arguments(values)
        kept, started = self._kept(), time.monotonic()
        if kept is not None:
            try:
                return take(kept.execute(statement.sql, arguments))
            except self._driver.Error as error:
                self._local.connection = None  # a server that was restarted since
                if time.monotonic() - started > _NOT_BROKEN:
                    raise self._rest.begin(self._database.down(error)) from None
        self._rest.refuse_while_resting()
        try:
            return take(self._open().execute(statement.sql, arguments))
        except StoreDown as error:
            raise self._rest.begin(error) from None
        except self._driver.Error as error:
            self._local.connection = None
            raise self._rest.begin(self._database.down(error)) from None

    def _kept(self) -> Any:
        local = self._local
        connection = getattr(local, "connection", None)
        if connection is None or local.owner == os.getpid():
            return connection
        self._of_parents.append(connection)  # never closed here: the parent may still use it
        local.connection = None
        return None

    def _open(self) -> Any:
        self._database.engine()  # its tables are up to date
        database = self._database
        if database.dialect.name == "sqlite":
            connection = self._driver.connect(str(database.url.database), **_SQLITE)
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute(f"PRAGMA wal_autocheckpoint = {_PAGES}")
        else:
            arguments, options = database.dialect.create_connect_args(database.url)
            options = {**options, **_POSTGRES, "options": self._limit, "autocommit": True}
            connection = self._driver.connect(*arguments, **options)
        self._local.connection, self._local.owner = connection, os.getpid()
        return connection
