"""How the database is opened: durable, patient with other writers, and not for ever."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import URL, Engine, NullPool, create_engine, event

SQLITE_PATIENCE = 10  # seconds that a writer waits for another
CALL_PATIENCE = 2  # the same, where a call waits for its cards
# PostgreSQL: seconds to connect, milliseconds for a statement and for a link that has gone silent.
_POSTGRES: dict[str, Any] = {
    "connect_timeout": 3,
    "tcp_user_timeout": 5000,
    "application_name": "crampcheck",
}
_DURABLE = "-c statement_timeout=20000 -c lock_timeout=15000 -c synchronous_commit=on"


def _as_json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


_COMMON: dict[str, Any] = {"hide_parameters": True, "json_serializer": _as_json}


def open_engine(
    url: URL, *, pooled: bool = True, writes: bool = True, patience: int = SQLITE_PATIENCE
) -> Engine:
    """An engine whose commits outlive a loss of power. Connects when it is first used.

    Without a pool it leaves nothing open, which a parent must not before it forks. One that only
    reads keeps no writer waiting. `patience`: seconds that SQLite waits for another writer.
    """
    pool: dict[str, Any] = {"pool_pre_ping": True} if pooled else {"poolclass": NullPool}
    if url.get_backend_name() != "sqlite":
        return create_engine(url, connect_args=_POSTGRES | {"options": _DURABLE}, **_COMMON, **pool)
    engine = create_engine(url, connect_args={"timeout": patience}, **_COMMON, **pool)
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _begin_writing if writes else _begin_reading)
    return engine


def _on_connect(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # transactions begin where we say, not where the driver does
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")


def _begin_reading(connection: Any) -> None:
    connection.exec_driver_sql("BEGIN")


def _begin_writing(connection: Any) -> None:
    """Take the write lock at once: one taken in the middle fails where it should wait."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")
