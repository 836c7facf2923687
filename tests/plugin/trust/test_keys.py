"""Keys from a client's web server: rotation, storms, and a server that does not behave."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from plugin.trust import fetching
from plugin.trust.fetching import FetchFailed, fetch_keys
from plugin.trust.key_cache import (
    GAP,
    GAP_AFTER_FAULT,
    KEPT_WITHOUT_ANSWER,
    LEAST_AGE,
    MOST_AGE,
    USUAL_AGE,
    FetchedKeys,
)
from tests.cds_hooks.auth.signing import new_key, public
from tests.plugin.trust.jwks_server import JwksServer, serving
from tests.servers.certificate import certificate

OLD, NEW = new_key(kid="old"), new_key(kid="new")


class Clock:
    """Seconds that pass when a test says so."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def server() -> Iterator[JwksServer]:
    with serving(public(OLD)) as started:
        yield started


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def keys(server: JwksServer, clock: Clock) -> FetchedKeys:
    return FetchedKeys("an EHR", partial(fetch_keys, server.address), clock)


def test_keys_are_asked_for_once_and_kept(
    server: JwksServer, keys: FetchedKeys, clock: Clock
) -> None:
    """Nobody asks before the first call, nor again while they are fresh."""
    assert [] == server.asked
    assert [1] * 5 == [len(keys.keys("old")) for _ in range(5)]
    clock.now += USUAL_AGE - 1
    assert 1 == len(keys.keys("old"))
    assert ["/jwks.json"] == server.asked


def test_a_new_key_works_at_its_first_use(
    server: JwksServer, keys: FetchedKeys, clock: Clock
) -> None:
    """An unknown name makes us look again, though what we have is fresh."""
    keys.keys("old")
    server.publish(public(OLD, NEW))
    clock.now += GAP
    assert 1 == len(keys.keys("new"))
    assert 2 == len(server.asked)


def test_a_key_that_was_taken_back_stops_when_what_is_kept_is_too_old(
    server: JwksServer, keys: FetchedKeys, clock: Clock
) -> None:
    """Within the time that its server said, and without the new key being used."""
    server.headers["Cache-Control"] = "public, max-age=120"
    assert 1 == len(keys.keys("old"))
    server.publish(public(NEW))
    clock.now += 119
    assert 1 == len(keys.keys("old"))
    clock.now += 1
    assert () == tuple(keys.keys("old"))
    assert 1 == len(keys.keys("new"))
    assert 2 == len(server.asked)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("", USUAL_AGE),
        ("private", USUAL_AGE),
        ("max-age=600", 600),
        ("public,MAX-AGE=600", 600),
        ("max-age=0", LEAST_AGE),
        ("no-store", LEAST_AGE),
        ("no-cache, max-age=9000", LEAST_AGE),
        ("max-age=999999999", MOST_AGE),
        ("max-age=9999999999999999999", MOST_AGE),
        ("s-maxage=7", USUAL_AGE),
    ],
)
def test_keys_are_kept_as_long_as_their_server_says_within_bounds(
    server: JwksServer, keys: FetchedKeys, clock: Clock, said: str, kept: int
) -> None:
    """No header makes us keep a key for a year, or ask at every call."""
    server.headers["Cache-Control"] = said
    keys.keys("old")
    clock.now += kept - 1
    keys.keys("old")
    assert 1 == len(server.asked)
    clock.now += 1
    keys.keys("old")
    assert 2 == len(server.asked)


def test_a_storm_of_unknown_names_is_one_request(
    server: JwksServer, keys: FetchedKeys, clock: Clock
) -> None:
    """200 at the same time, from as many threads, of names that nobody has."""
    keys.keys("old")
    clock.now += GAP
    server.pause = 0.3
    with ThreadPoolExecutor(200) as pool:
        found = list(pool.map(lambda n: len(keys.keys(f"bad-{n}")), range(200)))
    assert [0] * 200 == found
    assert 2 == len(server.asked)
    assert 1 == len(keys.keys("old"))


def test_a_storm_at_the_start_is_one_request_and_everybody_gets_a_key(
    server: JwksServer, keys: FetchedKeys
) -> None:
    """Who has no key yet waits for the one request that is under way."""
    server.pause = 0.3
    with ThreadPoolExecutor(50) as pool:
        assert [1] * 50 == list(pool.map(lambda _: len(keys.keys("old")), range(50)))
    assert 1 == len(server.asked)


def test_keys_stand_in_while_their_server_is_down_but_not_for_ever(
    server: JwksServer, keys: FetchedKeys, clock: Clock
) -> None:
    """A bounded time; and a server that is down is not asked at every call."""
    start = clock.now
    keys.keys("old")
    server.status = 500
    clock.now = start + USUAL_AGE
    assert [1] * 5 == [len(keys.keys("old")) for _ in range(5)]
    assert 2 == len(server.asked)
    clock.now += GAP_AFTER_FAULT
    assert 1 == len(keys.keys("old"))
    assert 3 == len(server.asked)
    clock.now = start + KEPT_WITHOUT_ANSWER
    assert () == tuple(keys.keys("old"))
    server.status = 200
    clock.now += GAP_AFTER_FAULT
    assert 1 == len(keys.keys("old"))


def test_a_server_that_never_answered_is_not_asked_at_every_call(
    server: JwksServer, keys: FetchedKeys, clock: Clock
) -> None:
    """What was not found is remembered too."""
    server.status = 404
    assert [()] * 9 == [tuple(keys.keys("old")) for _ in range(9)]
    assert 1 == len(server.asked)
    clock.now += GAP_AFTER_FAULT
    keys.keys("old")
    assert 2 == len(server.asked)


# --- a server that does not behave -------------------------------------------------------------


def why(server: JwksServer) -> str:
    with pytest.raises(FetchFailed) as failed:
        fetch_keys(server.address)
    return str(failed.value)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(server: JwksServer, status: int) -> None:
    """The site pinned an address, and not whatever it points to."""
    with serving(public(NEW)) as other:
        server.status = status
        server.headers["Location"] = other.address
        assert f"answered with status {status}" == why(server)
        assert [] == other.asked


@pytest.mark.parametrize("status", [204, 401, 404, 500, 503])
def test_another_status_than_200_gives_no_keys(server: JwksServer, status: int) -> None:
    """Though keys stand in the body."""
    server.status = status
    assert f"answered with status {status}" == why(server)


def test_what_is_no_set_of_keys_is_refused_without_being_quoted(server: JwksServer) -> None:
    """A page for logging in, a list, rubbish: never into the log."""
    for body in (b"<html>Ada</html>", b"[" * 5000, b"\xff", b"", b"[]", b'{"keys": {"Ada": 1}}'):
        server.body = body
        said = why(server)
        assert "answered with what is n" in said, said
        assert "Ada" not in said


def test_an_answer_that_is_too_long_compressed_or_slow_is_given_up(
    server: JwksServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Memory and time are bounded, whatever the server does."""
    server.body = b" " * (fetching.MOST_BYTES + 1)
    assert f"answered with more than {fetching.MOST_BYTES} bytes" == why(server)
    server.headers["Content-Encoding"] = "gzip"
    assert "compressed" in why(server)
    del server.headers["Content-Encoding"]
    server.publish(public(OLD))
    monkeypatch.setattr(fetching, "WHOLE_SECONDS", 0.3)
    server.drip = 0.05
    assert "did not end its answer in 0.3 seconds" == why(server)
    monkeypatch.setattr(fetching, "READ_SECONDS", 0.2)
    server.drip, server.pause = 0.0, 1.0
    assert "could not be asked (ReadTimeout)" == why(server)


def test_a_server_that_is_not_there_is_said() -> None:
    """Nobody listens."""
    with serving() as gone:
        address = gone.address
    with pytest.raises(FetchFailed, match=r"could not be asked \(ConnectionError\)"):
        fetch_keys(address)


def test_no_password_of_this_machine_is_sent(
    server: JwksServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A .netrc file with a password for that host stays unread."""
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login ada password lovelace\n")
    (tmp_path / ".netrc").chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("NETRC", raising=False)
    fetch_keys(server.address)
    assert "Authorization" not in server.sent[0]


def test_over_tls_the_certificate_has_to_be_vouched_for(tmp_path: Path) -> None:
    """By the system, or by the authority that the site names for this client."""
    pair = certificate(tmp_path)
    with serving(public(OLD), pair) as server:
        address = server.address.replace("http:", "https:")
        with pytest.raises(FetchFailed, match=r"could not be asked \(SSLError\)"):
            fetch_keys(address)
        assert [] == server.asked
        assert ["old"] == list(fetch_keys(address, str(pair[0])).keys.keys)
