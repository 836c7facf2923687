"""What can be wrong with the database, as sentences without its password."""

from __future__ import annotations

from sqlalchemy import URL

from plugin.errors import CrampcheckError

_LONGEST = 200  # characters of a driver's message


class DatabaseInvalid(CrampcheckError):  # noqa: N818
    """CRAMPCHECK_DATABASE names no database that we can use, or one that a newer version wrote."""

    exit_code = 2


class DatabaseUnreadable(CrampcheckError):  # noqa: N818
    """The database cannot be reached, or does not hold what it should."""

    exit_code = 11


class DataUnwritable(DatabaseUnreadable):
    """The data folder, or the database in it, cannot be written by this user."""

    exit_code = 1  # as for every place that cannot be written; 11 is for what cannot be read


class StoreDown(Exception):  # noqa: N818
    """The database cannot be used now. The message says why, and may be logged."""


def place(url: URL) -> str:
    """A database as a person names it: its file, or its host and name. Never user or password."""
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    port = f":{url.port}" if url.port else ""
    return f"{url.host or 'local socket'}{port}/{url.database or ''}"


def fault_of(error: BaseException, url: URL) -> str:
    """A driver's message in one line, without what it may quote of the URL or of a statement."""
    cause = getattr(error, "orig", None) or error
    said = " ".join(str(cause).split("\n", maxsplit=1)[0].split())[:_LONGEST]
    password = str(url.password or "")
    if password and password in said:
        said = ""
    return f"{type(cause).__name__}: {said}" if said else type(cause).__name__
