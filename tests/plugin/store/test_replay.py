"""A token is let in once, whichever process it comes to."""

from __future__ import annotations

import multiprocessing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from cds_hooks.errors import Unavailable
from plugin.config import Settings
from plugin.store.address import address_of
from plugin.store.database import Database
from plugin.store.opening import open_store, prepare
from plugin.store.quick import Quick
from plugin.store.replay import ReplayTokens
from plugin.store.tables import used_token

LATER = 4_000_000_000
AT_ONCE = 4
TOKENS = 200


def held(settings: Settings) -> int:
    with Database(address_of(settings)).transaction() as connection:
        return int(connection.execute(select(func.count()).select_from(used_token)).scalar_one())


def test_a_token_is_new_once(settings: Settings) -> None:
    replay = open_store(settings).replay
    assert [replay.first_use("https://ehr", "a", LATER) for _ in range(3)] == [True, False, False]


@pytest.mark.parametrize(
    ("issuer", "jti"),
    [("https://other", "a"), ("https://ehr", "b"), ("https://ehra", ""), ("", "https://ehra")],
)
def test_another_issuer_or_another_token_is_new(settings: Settings, issuer: str, jti: str) -> None:
    replay = open_store(settings).replay
    assert replay.first_use("https://ehr", "a", LATER)
    assert replay.first_use(issuer, jti, LATER)


@pytest.mark.parametrize("jti", ["x" * 100_000, "a\u0000b", "\ud800", "'; DROP TABLE used_token"])
def test_whatever_a_client_calls_its_token_it_is_new_once(settings: Settings, jti: str) -> None:
    replay = open_store(settings).replay
    assert [replay.first_use("i", jti, LATER) for _ in range(2)] == [True, False]


@pytest.mark.parametrize("expires", [-1, 0, 2**80])
def test_a_time_beyond_measure_is_held_all_the_same(settings: Settings, expires: int) -> None:
    replay = open_store(settings).replay
    assert [replay.first_use("i", "j", expires) for _ in range(2)] == [True, False]


def test_a_new_process_knows_what_an_older_one_saw(settings: Settings) -> None:
    assert open_store(settings).replay.first_use("i", "j", LATER)
    assert not open_store(settings).replay.first_use("i", "j", LATER)


def test_of_processes_that_see_a_token_at_once_one_lets_it_in(url: str, tmp_path: Path) -> None:
    """Each forks off a parent that made the tables and has nothing open, as a server's does."""
    settings = Settings(database=url, data=str(tmp_path))
    prepare(settings)
    replay = open_store(settings).replay
    forked = multiprocessing.get_context("fork")
    results: Any = forked.SimpleQueue()
    processes = [forked.Process(target=_use_all, args=(replay, results)) for _ in range(AT_ONCE)]
    for process in processes:
        process.start()
    seen = [results.get() for _ in processes]
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0] * AT_ONCE
    assert [sum(used) for used in zip(*seen, strict=True)] == [1] * TOKENS
    assert not replay.first_use("i", "0", LATER)


def _use_all(replay: ReplayTokens, results: Any) -> None:
    results.put([replay.first_use("i", str(number), LATER) for number in range(TOKENS)])


def test_tokens_that_have_expired_are_swept_and_others_are_kept(settings: Settings) -> None:
    database = Database(address_of(settings))
    replay = ReplayTokens(
        database, Quick(database), failed=lambda *_: None, now=lambda: 1_000_000.0
    )
    for number in range(600):
        replay.first_use("i", f"old {number}", 900_000)
    for number in range(600):
        replay.first_use("i", f"new {number}", 1_100_000)
    assert held(settings) < 1200
    assert not replay.first_use("i", "new 0", 1_100_000)


def test_where_the_database_is_down_no_token_is_let_in(tmp_path: Path) -> None:
    settings = Settings(database="postgresql://a@127.0.0.1:1/b", data=str(tmp_path))
    replay = open_store(settings).replay
    for _ in range(2):
        with pytest.raises(Unavailable):
            replay.first_use("i", "j", LATER)


def test_the_log_of_sqlite_does_not_grow_with_the_tokens(tmp_path: Path) -> None:
    """It is brought into the file now and then, by a call that waits for it."""
    replay = open_store(Settings(data=str(tmp_path))).replay
    log = tmp_path / "crampcheck.sqlite-wal"
    sizes = []
    for number in range(9000):
        assert replay.first_use("i", str(number), LATER)
        if number % 3000 == 2999:
            sizes.append(log.stat().st_size)
    assert sizes[-1] == sizes[-2] <= 20_000_000
