"""The used tokens of a service of one process."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from plugin.trust.memory import MemoryReplay


def test_a_token_is_new_once_for_each_issuer() -> None:
    """The same number of another client is another token."""
    replay = MemoryReplay(lambda: 0.0)
    answers = [replay.first_use(who, "1", 100) for who in ("a", "a", "b", "b")]
    assert [True, False, True, False] == answers


def test_many_threads_with_one_token_are_one_use() -> None:
    """However close together they come."""
    replay = MemoryReplay(lambda: 0.0)
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: replay.first_use("a", "1", 100), range(500)))
    assert 1 == answers.count(True)


def test_what_nobody_would_accept_any_more_is_forgotten() -> None:
    """Not before; so memory is bounded by the tokens of a few minutes."""
    now = [0.0]
    replay = MemoryReplay(lambda: now[0])
    assert replay.first_use("a", "short", 100)
    assert replay.first_use("a", "long", 1000)
    now[0] = 99.0
    assert not replay.first_use("a", "short", 100)
    now[0] = 200.0
    assert replay.first_use("a", "short", 100)
    assert not replay.first_use("a", "long", 1000)
