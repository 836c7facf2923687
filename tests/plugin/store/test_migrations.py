"""The tables come to be by their revisions, from any of them, on both databases."""

from __future__ import annotations

import multiprocessing
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.command import downgrade
from alembic.command import upgrade as alembic_upgrade
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from plugin.config import Settings
from plugin.store import migrating
from plugin.store.address import address_of
from plugin.store.engine import open_engine
from plugin.store.errors import DatabaseInvalid, StoreDown
from plugin.store.migrating import HEAD, upgrade
from plugin.store.tables import metadata

SCRIPTS = Path(migrating.__file__).parent / "migrations"
# What another process does: opens the database, reads it, and closes it.
READ = "import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute('SELECT * FROM used_token')"
REVISIONS = [one.revision for one in ScriptDirectory(str(SCRIPTS)).walk_revisions()][::-1]


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    with open_engine(address_of(Settings(database=url)), pooled=False).begin() as connection:
        yield connection


def configured(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.attributes["connection"] = connection
    return config


def differences(url: str) -> list[object]:
    """What the tables and the code disagree on, types and indexes included."""
    with connected(url) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found: list[object] = compare_metadata(context, metadata)
        return found


def revision(url: str) -> str:
    with connected(url) as connection:
        return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar())


def test_the_newest_revision_is_the_one_that_the_code_names() -> None:
    assert ScriptDirectory(str(SCRIPTS)).get_current_head() == HEAD


def test_from_nothing_the_tables_are_those_of_the_code(url: str) -> None:
    upgrade(address_of(Settings(database=url)))
    assert revision(url) == HEAD
    assert differences(url) == []


@pytest.mark.parametrize("start", REVISIONS)
def test_from_each_revision_the_tables_are_those_of_the_code(url: str, start: str) -> None:
    """What is upgraded is what an older version left."""
    with connected(url) as connection:
        alembic_upgrade(configured(connection), start)
    assert revision(url) == start
    assert (differences(url) == []) == (start == HEAD)
    upgrade(address_of(Settings(database=url)))
    assert revision(url) == HEAD
    assert differences(url) == []


def test_an_upgrade_keeps_what_older_tables_hold(url: str) -> None:
    with connected(url) as connection:
        alembic_upgrade(configured(connection), REVISIONS[0])
        connection.execute(
            metadata.tables["issued_card"].insert(),
            {
                **dict.fromkeys(("issuer", "tenant", "service", "hook", "topic"), ""),
                "card": "c",
                "patient": b"p",
                "indicator": "info",
                "knowledge": "1",
                "rules": [["r", "info", "e"]],
                "suggestions": {},
                "issued_ms": 1,
            },
        )
    upgrade(address_of(Settings(database=url)))
    with connected(url) as connection:
        (kept,) = connection.execute(metadata.tables["issued_card"].select()).all()
    assert (kept.card, kept.rules) == ("c", [["r", "info", "e"]])


def test_every_revision_can_be_taken_back(url: str) -> None:
    with connected(url) as connection:
        alembic_upgrade(configured(connection), "head")
    with connected(url) as connection:
        downgrade(configured(connection), "base")
    with connected(url) as connection:
        names = set(connection.dialect.get_table_names(connection))
    assert names <= {"alembic_version"}


def test_a_second_upgrade_does_nothing(url: str) -> None:
    for _ in range(2):
        upgrade(address_of(Settings(database=url)))
    assert revision(url) == HEAD


def test_several_that_start_at_once_all_succeed(url: str) -> None:
    """Two hosts, or two services on one file: one upgrades, the others wait for it."""
    started = multiprocessing.get_context("spawn")
    processes = [started.Process(target=_upgrade, args=(url,)) for _ in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(120)
    assert [process.exitcode for process in processes] == [0] * 4
    assert differences(url) == []


def _upgrade(url: str) -> None:
    upgrade(address_of(Settings(database=url)))


def test_tables_of_a_newer_version_are_refused_in_a_sentence(url: str) -> None:
    """And left as they are."""
    upgrade(address_of(Settings(database=url)))
    with connected(url) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(
        DatabaseInvalid, match=rf"of revision 9999, .* up to {HEAD}; run the version"
    ):
        upgrade(address_of(Settings(database=url)))
    assert revision(url) == "9999"


def test_what_is_no_database_is_said_to_be_down(tmp_path: Path) -> None:
    (tmp_path / "notes.sqlite").write_text("these are notes, and no database of anybody\n" * 50)
    address = address_of(Settings(database=f"sqlite:///{tmp_path / 'notes.sqlite'}"))
    with pytest.raises(StoreDown, match=r"notes.sqlite: DatabaseError: file is not a database"):
        upgrade(address)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_an_upgrade_leaves_no_connection_open(kind: str, fresh: Callable[[str], str]) -> None:
    """It runs before the workers are forked, which must not share one."""
    url = fresh(kind)
    before = open_files()
    upgrade(address_of(Settings(database=url)))
    assert open_files() == before


def test_an_upgrade_leaves_the_locks_of_open_connections_in_force(tmp_path: Path) -> None:
    """A process that opens and closes the file itself loses every lock that it holds on it.

    Then another process takes its connection for the last one, and removes the log that this one
    writes to: the database is lost.
    """
    url = address_of(Settings(database=f"sqlite:///{tmp_path / 'kept.sqlite'}"))
    upgrade(url)
    log = tmp_path / "kept.sqlite-wal"
    with open_engine(url).connect() as ours:
        ours.execute(text("INSERT INTO used_token VALUES (x'00', 1)"))
        ours.commit()
        upgrade(url)
        subprocess.run([sys.executable, "-c", READ, str(url.database)], check=True)
        assert log.exists()


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))
