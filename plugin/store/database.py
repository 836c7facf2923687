"""One database for the threads and the forked processes of a service."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

from sqlalchemy import URL, Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from plugin.errors import CrampcheckError
from plugin.store.engine import CALL_PATIENCE, open_engine
from plugin.store.errors import StoreDown, fault_of, place
from plugin.store.migrating import upgrade

_Here: TypeAlias = tuple[int, int, int]


class Database:
    """Opens connections when they are first needed, in the process that needs them.

    A connection that a parent opened is not used after a fork: two processes would talk over one
    socket, and SQLite's locks would be lost.
    """

    def __init__(self, url: URL) -> None:
        self.url = url
        self.place = place(url)
        self.dialect = open_engine(url, pooled=False).dialect  # it connects to nothing
        self._lock = threading.Lock()
        self._kept: tuple[_Here, Engine] | None = None  # with the process that it is of

    def engine(self) -> Engine:
        """The engine of this process, over tables that are up to date. Raises StoreDown."""
        here, kept = self._here(), self._kept
        if kept is not None and kept[0] == here:
            return kept[1]
        with self._lock:
            kept = self._kept
            if kept is not None and kept[0] == self._here():
                return kept[1]
            if kept is not None:
                kept[1].dispose(close=False)  # its connections are the parent's to close
            self.check()
            engine = open_engine(self.url)
            self._kept = self._here(), engine
            return engine

    def _here(self) -> _Here:
        """This process, and the file: one that was deleted goes on as if it were there."""
        if self.url.get_backend_name() != "sqlite":
            return os.getpid(), 0, 0
        try:
            found = os.stat(str(self.url.database))
        except OSError:
            return os.getpid(), 0, 0
        return os.getpid(), found.st_dev, found.st_ino

    def check(self) -> None:
        """Bring the tables up to date. Raises StoreDown for whatever stands against it."""
        try:
            upgrade(self.url, patience=CALL_PATIENCE)
        except CrampcheckError as error:
            raise StoreDown(error.message) from None

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A connection whose work is committed, durably, when the block ends. Raises StoreDown."""
        engine = self.engine()
        try:
            with engine.begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            self._forget(engine)
            raise self.down(error) from None

    def _forget(self, engine: Engine) -> None:
        """After a failure, look at the tables anew: the database may be another one by now."""
        with self._lock:
            if self._kept is not None and self._kept[1] is engine:
                self._kept = None
        engine.dispose()

    def down(self, error: BaseException) -> StoreDown:
        """What a driver's error comes to."""
        return StoreDown(f"{self.place}: {fault_of(error, self.url)}")


class Rest:
    """After a failure, a while in which nothing is tried: calls must not wait for what is down."""

    def __init__(self, seconds: float = 2.0) -> None:
        self._seconds = seconds
        self._until = 0.0
        self._why = ""

    def refuse_while_resting(self) -> None:
        """Raise StoreDown, with the reason of the failure, while it lasts."""
        if time.monotonic() < self._until:
            raise StoreDown(self._why)

    def begin(self, why: StoreDown) -> StoreDown:
        """Start to rest; gives the failure back, to be raised."""
        self._why = str(why)
        self._until = time.monotonic() + self._seconds
        return why


Row = tuple[Any, ...]
