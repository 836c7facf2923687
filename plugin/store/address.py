"""Which database the settings name."""

from __future__ import annotations

import errno
import importlib.util
import os
from contextlib import suppress
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from plugin.config import Settings
from plugin.store.errors import DatabaseInvalid, DatabaseUnreadable, DataUnwritable

FILE = "crampcheck.sqlite"
_POSTGRES = ("postgresql", "postgres", "postgresql+psycopg")
_REMEDY = "write sqlite:////path/to/file or postgresql://user:password@host/name"
_IN_MEMORY = (None, "", ":memory:")


def address_of(settings: Settings) -> URL:
    """The URL of the database. Raises DatabaseInvalid, whose message never quotes the URL."""
    if not settings.database:
        return URL.create("sqlite", database=str(settings.data_folder.absolute() / FILE))
    try:
        url = make_url(settings.database)
    except (ArgumentError, ValueError):
        raise DatabaseInvalid(f"CRAMPCHECK_DATABASE is not a database URL: {_REMEDY}.") from None
    if url.drivername in _POSTGRES:
        if importlib.util.find_spec("psycopg") is None:
            raise DatabaseInvalid(
                "CRAMPCHECK_DATABASE names PostgreSQL, and its driver is not installed: "
                "pip install 'crampcheck[postgres]'."
            )
        return url.set(drivername="postgresql+psycopg")
    if url.drivername in ("sqlite", "sqlite+pysqlite"):
        if url.database in _IN_MEMORY or str(url.database).startswith("file:"):
            raise DatabaseInvalid(f"CRAMPCHECK_DATABASE names no file of SQLite: {_REMEDY}.")
        return URL.create("sqlite", database=str(Path(str(url.database)).absolute()))
    raise DatabaseInvalid(f"CRAMPCHECK_DATABASE is neither SQLite nor PostgreSQL: {_REMEDY}.")


def is_there(url: URL) -> bool:
    """Whether there is a database to look at; of PostgreSQL only a look tells.

    Raises DatabaseUnreadable for a folder that this user may not enter.
    """
    if url.get_backend_name() != "sqlite":
        return True
    path = Path(str(url.database))
    try:
        return path.exists()
    except OSError as error:
        fault = (error.strerror or "unknown fault").lower()
        raise DatabaseUnreadable(
            f"{path}: the database cannot be read ({fault}); run the command as the user whose "
            "data folder it is, or name another in CRAMPCHECK_DATA or CRAMPCHECK_DATABASE."
        ) from None


def make_file(url: URL) -> None:
    """Make the file of an SQLite database, readable by its owner only; nothing for PostgreSQL.

    A file that is there is not opened: to close it again would take from this process every lock
    that SQLite holds on it, and a database whose writers do not know of one another is soon lost.
    Raises DataUnwritable for a folder that cannot be written.
    """
    if url.get_backend_name() != "sqlite":
        return
    path = Path(str(url.database))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if not os.access(path, os.R_OK | os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as error:
        fault = (error.strerror or "unknown fault").lower()
        raise DataUnwritable(
            f"{path}: the database cannot be written ({fault}); give its folder to the user who "
            "runs the service, or name another in CRAMPCHECK_DATABASE."
        ) from None
