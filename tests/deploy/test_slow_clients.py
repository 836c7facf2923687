"""Slow clients against one worker: the others are answered meanwhile, and the slow ones dropped."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.deploy.service import Service, running
from tests.plugin.hook_calls import URL, call, order, prefetch
from tests.servers.local import HOST

SECONDS = 6
MANY = 40
PATIENCE = 60
BODY = call(prefetch(order("xqzzt the blue one")))
HEAD = f"POST {URL} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """One worker, which waits so long for a call and no longer."""
    folder = tmp_path_factory.mktemp("slow")
    with running(folder, CRAMPCHECK_RECEIVE_SECONDS=str(SECONDS)) as started:
        yield started


def connected(service: Service, sent: bytes = b"") -> socket.socket:
    connection = socket.create_connection((HOST, service.port), timeout=PATIENCE)
    connection.sendall(sent)
    return connection


def rest(connection: socket.socket) -> bytes:
    return b"".join(iter(lambda: connection.recv(65536), b""))


def drip(connection: socket.socket, stop: threading.Event) -> None:
    """A byte now and then, for ever."""
    try:
        while not stop.wait(0.2):
            connection.sendall(b"a")
    except OSError:
        stop.set()


SLOW = {
    "nothing at all": b"",
    "half a line": b"POST /cds-ser",
    "half a head": HEAD.encode(),
    "no body": f"{HEAD}Content-Length: 100000\r\n\r\n".encode(),
    "half a body": f'{HEAD}Content-Length: 100000\r\n\r\n{{"hook'.encode(),
    "half a chunk": f'{HEAD}Transfer-Encoding: chunked\r\n\r\n50\r\n{{"hook'.encode(),
}


@pytest.mark.parametrize("sent", SLOW.values(), ids=SLOW)
def test_others_are_answered_while_many_slow_clients_wait(service: Service, sent: bytes) -> None:
    """40 of them, half of which drip a byte now and then; no one had to be dropped for it."""
    with ExitStack() as stack:
        stop = threading.Event()
        stack.callback(stop.set)
        slow = [stack.enter_context(connected(service, sent)) for _ in range(MANY)]
        for one in slow[: MANY // 2]:
            threading.Thread(target=drip, args=(one, stop), daemon=True).start()
        answers = [service.post(URL, BODY).status for _ in range(10)]
        assert [200] * 10 == answers
        slow[-1].setblocking(False)
        with pytest.raises(BlockingIOError):  # nobody has answered or dropped it yet
            slow[-1].recv(1)


PRETENDED = {
    "headers without end": (HEAD + "X: " + "a" * 8000 + "\r\n").encode() + b"Y: y\r\n" * 10_000,
    "a length with zeros": f"{HEAD}Content-Length: {'0' * 30}9\r\n\r\n".encode(),
    "a last chunk within a chunk": HEAD.encode()
    + b"Transfer-Encoding: chunked\r\n\r\n99\r\n0\r\n\r\n",
}


@pytest.mark.parametrize("sent", PRETENDED.values(), ids=PRETENDED)
def test_a_request_that_looks_whole_and_is_not_holds_nobody_up(
    service: Service, sent: bytes
) -> None:
    """Each would have had the worker wait for its rest: all of these together, past their time."""
    with ExitStack() as stack:
        for _ in range(MANY):
            stack.enter_context(connected(service, sent))
        waiting = stack.enter_context(connected(service))
        assert 200 == service.post(URL, BODY).status
        waiting.setblocking(False)
        with pytest.raises(BlockingIOError):  # its time is not over
            waiting.recv(1)


def test_headers_that_are_too_long_are_refused_in_words(service: Service) -> None:
    """431, as soon as there are too many of them."""
    with connected(service, PRETENDED["headers without end"]) as connection:
        assert rest(connection).startswith(b"HTTP/1.1 431 ")


def test_a_slow_client_is_told_and_dropped(service: Service) -> None:
    """408; a byte now and then does not put it off."""
    stop = threading.Event()
    with connected(service, SLOW["half a body"]) as dripping, connected(service) as silent:
        threading.Thread(target=drip, args=(dripping, stop), daemon=True).start()
        assert rest(silent).startswith(b"HTTP/1.1 408 ")
        started = time.monotonic()
        while not stop.is_set() and time.monotonic() < started + PATIENCE:
            time.sleep(0.05)
        assert stop.is_set()
    assert 200 == service.post(URL, BODY).status
    assert "Traceback" not in service.output()
    assert "WORKER TIMEOUT" not in service.output()


def test_a_call_that_comes_in_pieces_is_answered(service: Service) -> None:
    """In few and in many, by length and in chunks, with the body sent on consent."""
    whole = f"{HEAD}Content-Length: {len(BODY)}\r\n\r\n".encode() + BODY
    chunked = f"{HEAD}Transfer-Encoding: chunked\r\n\r\n".encode()
    for at in range(0, len(BODY), 100):
        piece = BODY[at : at + 100]
        chunked += f"{len(piece):x}\r\n".encode() + piece + b"\r\n"
    chunked += b"0\r\n\r\n"
    for sent in (whole, chunked):
        for size in (len(sent), 1000, 37):
            with connected(service) as connection:
                for at in range(0, len(sent), size):
                    connection.sendall(sent[at : at + size])
                assert rest(connection).startswith(b"HTTP/1.1 200 ")


def test_a_client_that_waits_for_consent_gets_it(service: Service) -> None:
    """As curl does for a large body."""
    head = f"{HEAD}Content-Length: {len(BODY)}\r\nExpect: 100-continue\r\n\r\n".encode()
    with connected(service, head) as connection:
        assert connection.recv(100).startswith(b"HTTP/1.1 100 ")
        connection.sendall(BODY)
        assert b"HTTP/1.1 200 " in rest(connection)


def test_a_client_that_keeps_its_connection_holds_nobody_up(service: Service) -> None:
    """It was answered and does not hang up: the next one is answered at once all the same."""
    whole = f"{HEAD}Content-Length: {len(BODY)}\r\n\r\n".encode() + BODY
    with ExitStack() as stack:
        kept = [stack.enter_context(connected(service, whole)) for _ in range(MANY)]
        assert [b"HTTP/1.1 200 "] * MANY == [one.recv(13) for one in kept]


def test_more_slow_clients_than_the_worker_holds_drop_the_oldest(service: Service) -> None:
    """Sockets are bounded; the call that comes after all of them is answered."""
    with ExitStack() as stack:
        slow = [stack.enter_context(connected(service, b"GET / HT")) for _ in range(600)]
        assert 200 == service.post(URL, BODY).status
        assert rest(slow[0]).startswith(b"HTTP/1.1 408 ")
    assert "Traceback" not in service.output()


def test_a_body_that_is_too_large_is_refused_while_it_is_sent(service: Service) -> None:
    """50 MB: the answer comes, though most of it was never read."""
    head = f"{HEAD}Content-Length: 50000000\r\n\r\n".encode()
    with connected(service, head + b" " * 100_000) as connection:
        assert connection.recv(100).startswith(b"HTTP/1.1 413 ")
    answer = service.post(URL, b" " * 50_000_000)
    assert (413, True) == (answer.status, b"too-long" in answer.body)


def test_a_stop_lets_a_call_that_is_under_way_end(tmp_path: Path) -> None:
    """What has come in half when the service stops is still answered."""
    whole = f"{HEAD}Content-Length: {len(BODY)}\r\n\r\n".encode() + BODY
    with running(tmp_path) as service, connected(service, whole[:-100]) as connection:
        assert 200 == service.get("/healthz").status
        stopping = threading.Thread(target=service.stop)
        stopping.start()
        time.sleep(0.2)
        connection.sendall(whole[-100:])
        assert rest(connection).startswith(b"HTTP/1.1 200 ")
        stopping.join(PATIENCE)
