"""Real databases: SQLite in a folder, and a PostgreSQL of the tests' own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from plugin.config import Settings
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


@pytest.fixture
def settings(url: str, tmp_path: Path) -> Settings:
    """A service over that database."""
    return Settings(database=url, data=str(tmp_path / "data"))
