"""One GET: what to send, when to ask again, and how each way of failing is called."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from contextlib import closing
from http import HTTPStatus
from http.client import HTTPException, RemoteDisconnected
from typing import Any, TypeVar

import requests
from urllib3 import Timeout
from urllib3.exceptions import HTTPError, ProtocolError, ReadTimeoutError

from plugin.fhir_client.body import checked_json, outcome_in, read_body
from plugin.fhir_client.deadline import Deadline
from plugin.fhir_client.faults import AddressRefused, FetchFault, Outcome, timed_out
from plugin.fhir_client.waiting import retry_after

T = TypeVar("T")
Note = Callable[[Outcome, float], None]  # told of each request: how it ended, and its seconds

TOKEN = re.compile(r"\A[A-Za-z0-9._~+/-]{1,16384}={0,8}\Z")
_ATTEMPTS = 4
_FIRST_PAUSE = 0.25  # seconds, doubled each time, where the server does not say how long
_SHORTEST_PAUSE = 0.05
_REFUSAL_BYTES = 64 * 1024
_MOST_BYTES = 64 * 1024 * 1024  # of all answers together
_BUSY = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)
_FIRST_REDIRECT, _FIRST_REFUSAL, _FIRST_FAULT = 300, 400, 500
OUTCOMES = {
    401: Outcome.DENIED,
    403: Outcome.DENIED,
    404: Outcome.NOT_FOUND,
    410: Outcome.NOT_FOUND,
    429: Outcome.BUSY,
    503: Outcome.BUSY,
}
_HEADERS = {
    "Accept": "application/fhir+json",
    "Accept-Encoding": "gzip",
    "User-Agent": "crampcheck",
}


class _Again(Exception):  # noqa: N818
    """The server asks to be asked later: after so many seconds, if it says."""

    def __init__(self, fault: FetchFault, seconds: float | None) -> None:
        super().__init__()
        self.fault, self.seconds = fault, seconds


class Getter:
    """Sends GET requests with one token until one deadline. Safe to share between threads."""

    def __init__(
        self, session: requests.Session, token: str, deadline: Deadline, note: Note
    ) -> None:
        """Raises FetchFault for a token that cannot stand in a header."""
        if token and not TOKEN.match(token):
            raise FetchFault(Outcome.DENIED, "the access token of the call is no bearer token")
        self._session, self._deadline, self._note = session, deadline, note
        self._room = _MOST_BYTES
        self._headers = _HEADERS | ({"Authorization": f"Bearer {token}"} if token else {})

    def __repr__(self) -> str:
        """Without the token."""
        return "Getter()"

    def get(self, url: str, most: int, understand: Callable[[bytes], T]) -> T:
        """What is understood of the JSON at an address, of at most so many bytes.

        Raises FetchFault, also where `understand` raises it: of what is not what was asked for.
        Asks again where the server is busy (429, 503) and its Retry-After lies within the deadline,
        and once where a connection that was kept had been closed.
        """
        pause, stale = _FIRST_PAUSE, False
        for attempt in range(1, _ATTEMPTS + 1):
            started = time.monotonic()
            try:
                found = understand(self._once(url, most))
            except _Again as again:
                self._note(again.fault.outcome, time.monotonic() - started)
                wait = pause if again.seconds is None else max(_SHORTEST_PAUSE, again.seconds)
                if attempt == _ATTEMPTS or wait >= self._deadline.left():
                    raise again.fault from None
                time.sleep(wait)
                pause *= 2
            except FetchFault as fault:
                self._note(fault.outcome, time.monotonic() - started)
                if stale or not isinstance(fault.__cause__, _Stale):
                    raise
                stale = True
            else:
                self._note(Outcome.FETCHED, time.monotonic() - started)
                return found
        raise FetchFault(Outcome.BUSY, "the FHIR server is busy")

    def _once(self, url: str, most: int) -> bytes:
        left = self._deadline.left()
        if left <= 0:
            raise timed_out()
        timeout: Any = Timeout(total=left, connect=left, read=left)
        try:
            response = self._session.get(
                url, headers=self._headers, stream=True, allow_redirects=False, timeout=timeout
            )
            with closing(response):
                body = _answer(response, min(most, self._room))
                self._room -= len(body)
                return body
        except AddressRefused:
            raise FetchFault(
                Outcome.ADDRESS_REFUSED,
                "the FHIR server's name leads to a network address that may not be called",
            ) from None
        except (requests.RequestException, HTTPError, HTTPException, OSError) as error:
            raise fault_of(error) from (_Stale() if _was_stale(error) else None)


class _Stale(Exception):  # noqa: N818
    """The server had closed a connection that was kept."""


def _answer(response: requests.Response, most: int) -> bytes:
    status = response.status_code
    if status == HTTPStatus.OK:
        return checked_json(response.headers, read_body(response, most))
    if _FIRST_REDIRECT <= status < _FIRST_REFUSAL:
        raise FetchFault(
            Outcome.REDIRECT, f"the FHIR server answered {status}, which is not followed"
        )
    said = ""
    if status >= _FIRST_REFUSAL:
        try:
            said = outcome_in(read_body(response, _REFUSAL_BYTES))
        except FetchFault:
            said = ""  # the status says what there is to say
    other = Outcome.SERVER_FAULT if status >= _FIRST_FAULT else Outcome.REJECTED
    outcome = OUTCOMES.get(status, other)
    fault = FetchFault(outcome, f"the FHIR server answered {status}{said}")
    if status in _BUSY:
        raise _Again(fault, retry_after(response.headers.get("Retry-After", "")))
    raise fault


def fault_of(error: Exception) -> FetchFault:
    """Which fault an error of the libraries is. Its own text has the address, and is dropped."""
    if isinstance(error, (requests.Timeout, ReadTimeoutError, TimeoutError)):
        return timed_out()
    if isinstance(error, requests.exceptions.SSLError):
        return FetchFault(Outcome.UNREACHABLE, "the FHIR server's certificate is not trusted")
    return FetchFault(Outcome.UNREACHABLE, "the FHIR server could not be reached, or broke off")


def _was_stale(error: Exception) -> bool:
    inner = error.args[0] if error.args else None
    if not isinstance(error, requests.ConnectionError) or not isinstance(inner, ProtocolError):
        return False
    cause = inner.args[-1]
    return isinstance(cause, (RemoteDisconnected, ConnectionResetError, BrokenPipeError))
