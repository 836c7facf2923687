"""The connections to a server: to checked addresses only, and over when their time is.

The address that a name resolves to is checked and then connected to, in one step: a name that
leads elsewhere a moment later (DNS rebinding) leads nowhere. The name stays in the certificate
check and in the Host header.
"""

from __future__ import annotations

import http.client
import io
import ipaddress
import logging
import socket
import time
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from plugin.fhir_client.faults import AddressRefused
from plugin.fhir_client.reach import Reach

_KEPT = 8  # connections to a server
_ENOUGH = 0.001  # seconds; a socket takes 0 for "do not wait at all"
_LOOK_EVERY = 30.0  # seconds; how often it is judged whether a steady stream still flows
_LEAST_BYTES = 1024  # a second: what drips more slowly than this only holds a place

# Its warnings hold addresses, and an address of ours has the patient's id in it.
logging.getLogger("urllib3").setLevel(logging.ERROR)


def session_for(reach: Reach, ca: str = "", steady: bool = False) -> requests.Session:
    """A session that connects within a reach, for several threads.

    It keeps no cookies and takes nothing from the environment: no proxy, no password file. `ca` is
    a file of the certificates to trust in place of the usual ones. A time-out is for the whole of
    an answer; where the session is `steady`, for files of any size, it is for silence, and an
    answer may take as long as it flows.
    """
    session = _Session()
    session.trust_env = False
    session.verify = ca or True
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    adapter = _Adapter(reach, steady)
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    return session


class _Session(requests.Session):
    def get_redirect_target(self, resp: Any) -> None:
        """No redirect leads anywhere: told not to follow one, requests still reads all of it."""


class _Adapter(HTTPAdapter):
    def __init__(self, reach: Reach, steady: bool) -> None:
        self._reach, self._steady = reach, steady
        super().__init__(pool_maxsize=_KEPT)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        manager: Any = self.poolmanager
        manager.pool_classes_by_scheme = _pools(self._reach, _Steady if self._steady else _Response)


def _pools(within: Reach, response: type) -> dict[str, type[HTTPConnectionPool]]:
    class Plain(_Checked, HTTPConnection):
        reach = within
        response_class = response

    class Encrypted(_Checked, HTTPSConnection):
        reach = within
        response_class = response

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class EncryptedPool(HTTPSConnectionPool):
        ConnectionCls = Encrypted

    return {"http": PlainPool, "https": EncryptedPool}


class _Until(io.RawIOBase):
    """A socket's bytes until a moment, however slowly they come."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket, ends: float) -> None:
        self._raw, self._sock, self._ends = raw, sock, ends

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._ends - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._sock.settimeout(left)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Flowing(io.RawIOBase):
    """A socket's bytes for as long as they come, and not just so as not to stop."""

    def __init__(self, raw: io.RawIOBase) -> None:
        self._raw = raw
        self._since = 0.0  # of the first byte, and of the last look
        self._bytes = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        count = self._raw.readinto(buffer)
        now = time.monotonic()
        self._bytes += count or 0
        if not self._since:
            self._since = now
        elif count and now - self._since >= _LOOK_EVERY:
            if self._bytes < _LEAST_BYTES * (now - self._since):
                raise TimeoutError
            self._since, self._bytes = now, 0
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Steady(http.client.HTTPResponse):
    """A response of any size, none of whose silences is longer than the time-out."""

    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        raw: Any = self.fp.detach()
        self.fp = io.BufferedReader(_Flowing(raw))


class _Response(http.client.HTTPResponse):
    """A response all of which, headers and body, comes within the time set for a single read."""

    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        ends = time.monotonic() + (sock.gettimeout() or 0)
        raw: Any = self.fp.detach()
        self.fp = io.BufferedReader(_Until(raw, sock, ends))


class _Checked(HTTPConnection):
    reach: Reach

    def _new_conn(self) -> socket.socket:
        """Connect to an address of the host. Raises AddressRefused if one of them is not for us."""
        host = self._dns_host
        seconds = self.timeout
        ends = time.monotonic() + (seconds if isinstance(seconds, (int, float)) else 0)
        found = socket.getaddrinfo(host, self.port, type=socket.SOCK_STREAM)
        for *_, where in found:
            if not self.reach.admits(ipaddress.ip_address(str(where[0]).partition("%")[0])):
                raise AddressRefused
        for family, kind, protocol, _, where in found:
            left = ends - time.monotonic()
            if left <= 0:
                raise ConnectTimeoutError(self, "timed out")
            sock = socket.socket(family, kind, protocol)
            try:
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                sock.settimeout(left)
                sock.connect(where)
            except OSError:
                sock.close()
                continue
            # What is left is for the handshake of an encrypted connection.
            sock.settimeout(max(_ENOUGH, ends - time.monotonic()))
            return sock
        if time.monotonic() >= ends:
            raise ConnectTimeoutError(self, "timed out")
        raise NewConnectionError(self, "no address of the host could be connected to")
