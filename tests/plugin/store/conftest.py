"""Real databases: SQLite in a folder, and a PostgreSQL of the tests' own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from plugin.app import create_app
from plugin.config import Settings
from plugin.observe import configure_logging
from plugin.store.address import address_of
from plugin.store.engine import open_engine
from plugin.store.migrating import upgrade
from plugin.store.tables import metadata
from tests.plugin.hook_calls import TODAY
from tests.servers.postgres import Postgres, running

KINDS = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One server for all tests of this process; each takes a database of its own."""
    with running() as server:
        yield server


@pytest.fixture
def fresh(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[str], str]:
    """The URL of a new, empty database of a kind."""

    def make(kind: str) -> str:
        if kind == "sqlite":
            return f"sqlite:///{tmp_path / 'crampcheck.sqlite'}"
        server: Postgres = request.getfixturevalue("postgres")
        return server.database()

    return make


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, fresh: Callable[[str], str]) -> str:
    """The URL of an empty database: the test runs once with each kind."""
    kind: str = request.param
    return fresh(kind)


class Kept:
    """The database of each kind that tests share; each test finds it empty."""

    def __init__(self, make: Callable[[str], Settings]) -> None:
        self._make = make
        self._settings: dict[str, Settings] = {}

    def emptied(self, kind: str) -> Settings:
        """A service over it."""
        if kind not in self._settings:
            self._settings[kind] = self._make(kind)
            upgrade(address_of(self._settings[kind]))
        settings = self._settings[kind]
        with open_engine(address_of(settings), pooled=False).begin() as connection:
            for table in metadata.sorted_tables:
                connection.execute(table.delete())
        return settings


@pytest.fixture(scope="session")
def kept(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Kept:
    def make(kind: str) -> Settings:
        data = str(tmp_path_factory.mktemp("data"))
        if kind == "sqlite":
            return Settings(data=data)
        server: Postgres = request.getfixturevalue("postgres")
        return Settings(database=server.database(), data=data)

    return Kept(make)


@pytest.fixture(params=KINDS)
def settings(request: pytest.FixtureRequest, kept: Kept) -> Settings:
    """A service over an empty database: the test runs once with each kind."""
    return kept.emptied(request.param)


@cache
def app_of(settings: Settings) -> Flask:
    """The application over a database that tests share; made once."""
    return create_app(settings, today=lambda: TODAY, remember=True)


@pytest.fixture
def client(settings: Settings) -> FlaskClient:
    """A client of the service over an empty database."""
    return app_of(settings).test_client()


@pytest.fixture(autouse=True)
def _log_to_this_test() -> None:
    """An application of an earlier test logged to a stream that is closed by now."""
    configure_logging("info", "json")
