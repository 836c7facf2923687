"""Bring the tables to the revision that this version knows. Safe where several start at once."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import URL, Connection, text
from sqlalchemy.exc import SQLAlchemyError

from plugin.store.address import make_file
from plugin.store.engine import SQLITE_PATIENCE, open_engine
from plugin.store.errors import DatabaseInvalid, StoreDown, fault_of, place

HEAD = "0004"  # the newest of migrations/versions
_SCRIPTS = Path(__file__).parent / "migrations"
_LOCK = 0x6372616D70  # of PostgreSQL, in the whole database: one upgrade at a time
_VERSION = text("SELECT version_num FROM alembic_version")


def upgrade(url: URL, patience: int = SQLITE_PATIENCE) -> None:
    """Make or upgrade the tables; quick where nothing is to do. Leaves no connection open.

    `patience`: seconds that it waits for another writer of an SQLite file.

    Raises DatabaseInvalid where a newer version of Crampcheck wrote the tables, StoreDown where the
    database cannot be used now, DatabaseUnreadable where its file cannot be made.
    """
    make_file(url)
    engine = open_engine(url, pooled=False, patience=patience)
    try:
        with engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
            found = revision_of(connection)
            if found != HEAD:
                _refuse_newer(found, url)
                _run(connection)
    except SQLAlchemyError as error:
        raise StoreDown(f"{place(url)}: {fault_of(error, url)}") from None


def revision_of(connection: Connection) -> str:
    """The revision of the tables; empty for a database that has none of ours."""
    if not connection.dialect.has_table(connection, "alembic_version"):
        return ""
    return str(connection.execute(_VERSION).scalar() or "")


def _refuse_newer(found: str, url: URL) -> None:
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - only where there is work

    known = {one.revision for one in ScriptDirectory(str(_SCRIPTS)).walk_revisions()}
    if found and found not in known:
        raise DatabaseInvalid(
            f"{place(url)}: its tables are of revision {found}, and this version knows them up to "
            f"{HEAD}; run the version of Crampcheck that wrote them, or a newer one."
        )


def _run(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
