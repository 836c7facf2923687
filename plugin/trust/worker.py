"""A gunicorn worker that a slow client costs a socket, and not the worker.

Gunicorn's own `sync` worker reads one client at a time, and waits for as long as that one takes: a
byte a second holds it until it is killed, with everybody behind in the queue. This one reads every
client as it comes, and handles a call when all of it is here, one after the other as before.
"""

from __future__ import annotations

import errno
import os
import selectors
import socket
import time
from typing import Any

from gunicorn import util
from gunicorn.workers.sync import StopWaiting, SyncWorker
from msgspec import Struct

from plugin.config import settings_from_environment
from plugin.trust.receiving import Received

MOST_WAITING = 512  # connections of which a call has not arrived yet
MOST_BYTES = 64 * 1024 * 1024  # that these may have sent, together
_CHUNK = 256 * 1024
_SEND_SECONDS = 10.0
_LEAVE_SECONDS = 2.0  # that a client is given to read an answer before all of its call was read
_END_SECONDS = 1.0  # that calls on their way are given when the worker ends
_CONSENT = b"HTTP/1.1 100 Continue\r\n\r\n"
_NO_MORE = b"\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
_TOO_SLOW = b"HTTP/1.1 408 Request Timeout" + _NO_MORE
_TOO_LONG = b"HTTP/1.1 431 Request Header Fields Too Large" + _NO_MORE


class _Arriving(Struct, eq=False):
    """A connection of which a call is awaited."""

    sock: socket.socket
    address: Any
    listener: Any
    ends: float
    received: Received


class _Leaving(Struct, eq=False):
    """A connection that was answered, and may still send; what it sends is thrown away."""

    sock: socket.socket
    ends: float


class _Replayed:
    """A socket that gives what was received, and then no more: no client is waited for here."""

    def __init__(self, worker: BufferingWorker, arrived: _Arriving) -> None:
        self._worker = worker
        self._arrived = arrived
        self._at = 0

    def recv(self, size: int) -> bytes:
        given = bytes(self._arrived.received.data[self._at : self._at + size])
        self._at += len(given)
        return given

    def close(self) -> None:
        if self._arrived.received.whole:
            self._arrived.sock.close()
        else:
            self._worker.leave(self._arrived.sock)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._arrived.sock, name)


class BufferingWorker(SyncWorker):  # type: ignore[misc]  # gunicorn has no types
    """Gunicorn's sync worker behind a buffer of calls that are on their way."""

    def init_process(self) -> None:
        settings = settings_from_environment()
        self._seconds = float(settings.receive_seconds)
        self._most_body = settings.max_body_bytes
        self._selector = selectors.DefaultSelector()
        self._waiting: dict[socket.socket, _Arriving | _Leaving] = {}
        self._bytes = 0
        super().init_process()

    def run(self) -> None:
        for fd in self.wait_fds:
            self._selector.register(fd, selectors.EVENT_READ)
        super().run()
        for fd in self.wait_fds:
            self._selector.unregister(fd)
        until = time.monotonic() + min(_END_SECONDS, self.cfg.graceful_timeout)
        while self._waiting and time.monotonic() < until:
            self._pump(until - time.monotonic())

    def accept(self, listener: Any) -> None:
        """Take a connection, and handle it at once if its call came with it."""
        if self.cfg.is_ssl:
            super().accept(listener)
            return
        client, address = listener.accept()
        client.setblocking(False)
        util.close_on_exec(client)
        ends = time.monotonic() + self._seconds
        self._read(_Arriving(client, address, listener, ends, Received(self._most_body)))
        if self._waiting:  # where connections keep coming, nobody else would look after these
            self._pump(0)

    def wait(self, timeout: float) -> list[Any]:
        """Wait for a connection, and meanwhile for what those that are here send."""
        self.notify()
        try:
            return self._pump(timeout)
        except OSError as error:
            if error.errno != errno.EBADF:
                raise
            if self.nr < 0:
                return list(self.sockets)
            raise StopWaiting from None

    def leave(self, client: socket.socket) -> None:
        """Close a connection once it is silent: a close before would cut its answer off."""
        client.setblocking(False)
        self._watch(_Leaving(client, time.monotonic() + _LEAVE_SECONDS))

    def _pump(self, timeout: float) -> list[Any]:
        """Read what came within the time; gives the listeners at which somebody waits."""
        now = time.monotonic()
        nearest = min((one.ends for one in self._waiting.values()), default=now + timeout)
        ready: list[Any] = []
        for key, _ in self._selector.select(max(0.0, min(timeout, nearest - now))):
            if isinstance(key.data, _Arriving):
                self._read(key.data)
            elif isinstance(key.data, _Leaving):
                self._discard(key.data)
            elif key.fileobj == self.PIPE[0]:
                os.read(self.PIPE[0], 1)
            else:
                ready.append(key.fileobj)
        now = time.monotonic()
        for late in [one for one in self._waiting.values() if one.ends <= now]:
            self._drop(late)
        return ready

    def _read(self, one: _Arriving) -> None:
        before = len(one.received.data)
        try:
            ready = self._receive(one)
        except OSError:
            self._forget(one, before)
            one.sock.close()
            return
        if not ready:
            self._bytes += len(one.received.data) - before
            self._watch(one)
            while len(self._waiting) > MOST_WAITING or self._bytes > MOST_BYTES:
                self._drop(next(iter(self._waiting.values())))
            return
        self._forget(one, before)
        one.sock.settimeout(_SEND_SECONDS)
        if one.received.head_too_long:
            self._refuse_head(one.sock)
            return
        self.handle(one.listener, _Replayed(self, one), one.address)

    def _refuse_head(self, client: socket.socket) -> None:
        try:
            client.sendall(_TOO_LONG)
            client.shutdown(socket.SHUT_WR)
        except OSError:
            self.log.debug("A client was gone before its headers were refused.")
        self.leave(client)

    def _receive(self, one: _Arriving) -> bool:
        """Take what is there now; True if the call can be handled."""
        try:
            while chunk := one.sock.recv(_CHUNK):
                if one.received.add(chunk):
                    return True
        except BlockingIOError:
            if one.received.awaits_consent:
                one.received.awaits_consent = False
                one.sock.send(_CONSENT)
            return False
        return True  # the client sends no more: the parser says what is missing

    def _discard(self, one: _Leaving) -> None:
        try:
            silent = not one.sock.recv(_CHUNK)
        except OSError as error:
            silent = not isinstance(error, BlockingIOError)
        if silent:
            self._drop(one)

    def _drop(self, one: _Arriving | _Leaving) -> None:
        """End a connection that took too long."""
        if isinstance(one, _Arriving):
            try:
                one.sock.send(_TOO_SLOW)
            except OSError:
                self.log.debug("A slow client was gone before it was told.")
            self._forget(one, len(one.received.data))
        else:
            self._forget(one, 0)
        one.sock.close()

    def _watch(self, one: _Arriving | _Leaving) -> None:
        if one.sock not in self._waiting:
            self._waiting[one.sock] = one
            self._selector.register(one.sock, selectors.EVENT_READ, one)

    def _forget(self, one: _Arriving | _Leaving, counted: int) -> None:
        if self._waiting.pop(one.sock, None) is not None:
            self._selector.unregister(one.sock)
            self._bytes -= counted
