"""The database goes away and comes back: nothing that was answered is lost, and all goes on."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import pytest

from cds_hooks.errors import Unavailable
from cds_hooks.feedback import decode_feedback
from cds_hooks.model import HookRequest
from plugin.config import Settings
from plugin.store.opening import Store, open_store, prepare
from tests.plugin.store.feedback_posts import answer, issued, overridden, post, sent, stored
from tests.servers.postgres import Postgres, running

PATIENCE = 30  # seconds until a store that does not come back counts as broken
LATER = 4_000_000_000
REQUEST = HookRequest("patient-view", "x", {"patient_id": "1"}, {})


@pytest.fixture
def server() -> Iterator[Postgres]:
    """A server that no other test uses, since it is stopped."""
    with running() as own:
        yield own


def keep(store: Store, card: str) -> None:
    store.feedback.keep("cramp-review", decode_feedback(post(overridden(card))).entries, None)


def until(works: Callable[[], object]) -> None:
    """Try until it does not raise: a pause after a failure is part of what is tested."""
    last = time.monotonic() + PATIENCE
    while True:
        try:
            works()
        except (Unavailable, AssertionError):
            assert time.monotonic() < last
            time.sleep(0.1)
        else:
            return


def test_a_database_server_that_crashes_and_comes_back(server: Postgres, tmp_path: Path) -> None:
    settings = Settings(database=server.database(), data=str(tmp_path))
    prepare(settings)
    store = open_store(settings)
    before, after, card = (str(uuid4()) for _ in range(3))
    keep(store, before)
    assert store.replay.first_use("i", "before", LATER)
    server.stop()
    with pytest.raises(Unavailable):
        keep(store, after)
    with pytest.raises(Unavailable):
        store.replay.first_use("i", "during", LATER)
    store.issued.remember("cramp-review", REQUEST, answer(), sent("lost", answer()))
    assert store.outcomes.of(REQUEST, 30) == {}
    server.start()
    until(lambda: keep(store, after))
    until(lambda: store.replay.first_use("i", "after", LATER))
    assert not store.replay.first_use("i", "before", LATER)
    assert store.replay.first_use("i", "during", LATER)
    assert [row["card"] for row in stored(settings)] == [before, after]

    def remembered() -> None:
        store.issued.remember("cramp-review", REQUEST, answer(), sent(card, answer()))
        assert [row["card"] for row in issued(settings)] == [card]

    until(remembered)


def test_a_service_that_starts_before_its_database_uses_it_once_it_is_there(
    server: Postgres, tmp_path: Path
) -> None:
    """The tables are made when they are first needed."""
    settings = Settings(database=server.database(), data=str(tmp_path))
    server.stop()
    prepare(settings)
    store = open_store(settings)
    with pytest.raises(Unavailable):
        keep(store, "first")
    server.start()
    until(lambda: keep(store, "second"))
    until(lambda: store.replay.first_use("i", "j", LATER))
    assert [row["card"] for row in stored(settings)] == ["second"]


def test_a_file_that_was_deleted_is_made_anew(tmp_path: Path) -> None:
    """Feedback is refused, and never answered as kept where it is not; then it goes on."""
    settings = Settings(data=str(tmp_path))
    prepare(settings)
    store = open_store(settings)
    keep(store, "before")
    for file in tmp_path.glob("crampcheck.sqlite*"):
        file.unlink()
    kept: list[str] = []

    def again() -> None:
        keep(store, f"after-{len(kept)}")
        kept.append(f"after-{len(kept)}")

    until(again)
    until(again)
    assert kept == [row["card"] for row in stored(settings)]


def test_a_locked_database_lets_no_token_in_and_is_used_again_later(tmp_path: Path) -> None:
    """Whether or not the process had used it before."""
    settings = Settings(data=str(tmp_path))
    prepare(settings)
    store = open_store(settings)
    assert store.replay.first_use("i", "before", LATER)
    with closing(sqlite3.connect(tmp_path / "crampcheck.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        for jti in ("first", "second", "third"):
            with pytest.raises(Unavailable):
                store.replay.first_use("i", jti, LATER)
        fresh = open_store(settings)
        with pytest.raises(Unavailable):
            fresh.replay.first_use("i", "fourth", LATER)
        other.execute("ROLLBACK")
    until(lambda: store.replay.first_use("i", "after", LATER))
