"""One request to a server of a run: at the shared pace, with the token where it may go, and again
where the server is busy or a connection breaks.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPException
from typing import Any

import requests
from msgspec import Struct
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt
from urllib3 import Timeout
from urllib3.exceptions import HTTPError

from plugin.addresses.link import Link, link_of
from plugin.fhir_client.backend import Tokens
from plugin.fhir_client.body import outcome_in, read_body
from plugin.fhir_client.faults import AddressRefused, FetchFault, Outcome
from plugin.fhir_client.http import OUTCOMES, fault_of
from plugin.fhir_client.waiting import retry_after
from plugin.fhir_client.wire import session_for
from plugin.screening.remote.pace import Pace
from plugin.screening.remote.server import Server

BUSY = frozenset({429, 503})
PASSING = frozenset({408, 502, 504, *BUSY})  # worth another try
ATTEMPTS = 5
SILENCE = 60.0  # seconds without a byte, after which a connection counts as broken
LONGEST_PAUSE = 3600.0  # whatever Retry-After says
_FIRST_PAUSE = 1.0
_SHORTEST_PAUSE = 0.2  # a server that says 0 is not struck
_MOST_REDIRECTS = 3
_REFUSAL_BYTES = 64 * 1024
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_UNAUTHORIZED = 401
_FIRST_FAULT = 500
_BROKEN = frozenset({Outcome.UNREACHABLE, Outcome.TIMED_OUT})
_REMEDIES = {
    Outcome.UNREACHABLE: " Check its address, that this machine may call it, and that its "
    "certificate is trusted (CRAMPCHECK_FHIR_CA).",
    Outcome.DENIED: " Check the token, or the client id and key, and what they may read.",
}


class Answer(Struct, frozen=True):
    """Status, headers by name in any case, and the unpacked body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def wait(self) -> float | None:
        """Seconds that the server asks to wait, within bounds; None if it does not."""
        return _bounded(retry_after(self.headers.get("Retry-After", "")))


class _Again(Exception):  # noqa: N818
    """Worth another try: with what came, or the fault in its place, and after how long."""

    def __init__(self, answer: Answer | None, fault: FetchFault | None) -> None:
        super().__init__()
        self.answer, self.fault = answer, fault


class Asker:
    """Asks one server, and where its links lead. Safe to share between threads."""

    def __init__(
        self, server: Server, tokens: Tokens, pace: Pace, silence: float = SILENCE
    ) -> None:
        self.server, self.pace = server, pace
        self._tokens, self._silence = tokens, silence
        self._local = threading.local()

    def ask(
        self,
        method: str,
        link: Link,
        headers: Mapping[str, str],
        most: int,
        *,
        attempts: int = ATTEMPTS,
        passing: frozenset[int] = PASSING,
        once_only: bool = False,
    ) -> Answer:
        """The answer to a request with the token, whatever its status; no redirect is followed.

        An answer of a `passing` status is asked for again, as often as `attempts` allow; what is
        `once_only` is not, where a connection broke: it may have been heard.
        Raises FetchFault where there is no answer, or the link leads to where no token may go.
        """
        if not self.server.trusts(link):
            raise elsewhere(link)

        def once() -> Answer:
            with self.opened(method, link, headers, token=True, follow=False) as response:
                return Answer(response.status_code, response.headers, read_body(response, most))

        return self._patiently(once, attempts, passing, once_only)

    @contextmanager
    def opened(
        self, method: str, link: Link, headers: Mapping[str, str], *, token: bool, follow: bool
    ) -> Iterator[requests.Response]:
        """A response whose body is still to be read, also where it is a refusal.

        Where redirects are to be followed, the token goes only where it may go. Raises FetchFault;
        so does reading the body in the block.
        """
        try:
            with self._arrived(method, link, headers, token=token, follow=follow) as response:
                yield response
        except AddressRefused:
            raise FetchFault(
                Outcome.ADDRESS_REFUSED,
                f"the name of {link.server.origin} leads to a network address that may not be "
                "called; list its network in CRAMPCHECK_FHIR_NETWORKS if it is yours",
            ) from None
        except (requests.RequestException, HTTPError, HTTPException, OSError) as error:
            raise fault_of(error) from None

    @contextmanager
    def _arrived(
        self, method: str, link: Link, headers: Mapping[str, str], *, token: bool, follow: bool
    ) -> Iterator[requests.Response]:
        sent = self._tokens.current() if token and self.server.trusts(link) else ""
        renewed = False
        for _ in range(_MOST_REDIRECTS + 2):
            with self._send(method, link, headers, sent) as response:
                status = response.status_code
                if status == _UNAUTHORIZED and sent and not renewed:
                    renewed = True
                    fresh = self._tokens.renewed(sent)
                    if fresh and fresh != sent:
                        sent = fresh
                        continue
                if status not in _REDIRECTS or not follow:
                    yield response
                    return
                link = _sent_on(response, link)
                if not self.server.trusts(link):
                    sent = ""
        raise FetchFault(Outcome.REDIRECT, "the FHIR server sends us from one address to the next")

    def _send(
        self, method: str, link: Link, headers: Mapping[str, str], token: str
    ) -> requests.Response:
        self.pace.wait()
        sent = {"Accept-Encoding": "gzip", "User-Agent": "crampcheck", **headers}
        if token:
            sent["Authorization"] = f"Bearer {token}"
        timeout: Any = Timeout(connect=self._silence, read=self._silence)
        response = self._session().request(
            method, link.url, headers=sent, stream=True, allow_redirects=False, timeout=timeout
        )
        if response.status_code in BUSY:
            wait = _bounded(retry_after(response.headers.get("Retry-After", "")))
            self.pace.busy(_FIRST_PAUSE if wait is None else wait)
        else:
            self.pace.fine()
        return response

    def _session(self) -> requests.Session:
        """One for each thread."""
        session: requests.Session | None = getattr(self._local, "session", None)
        if session is None:
            session = self._local.session = session_for(
                self.server.reach, self.server.ca, steady=True
            )
        return session

    def _patiently(
        self, once: Callable[[], Answer], attempts: int, passing: frozenset[int], once_only: bool
    ) -> Answer:
        def attempt() -> Answer:
            try:
                answer = once()
            except FetchFault as fault:
                if fault.outcome in _BROKEN and not once_only:
                    raise _Again(None, fault) from None
                raise
            if answer.status in passing:
                raise _Again(answer, None)
            return answer

        retrying = Retrying(
            stop=stop_after_attempt(attempts),
            wait=_pause,
            retry=retry_if_exception_type(_Again),
            sleep=self.pace.pause,
            reraise=True,
        )
        try:
            return retrying(attempt)
        except _Again as last:
            if last.answer is not None:
                return last.answer
            raise last.fault or FetchFault(Outcome.BUSY, "the FHIR server is busy") from None


def _pause(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    told = error.answer.wait if isinstance(error, _Again) and error.answer else None
    backoff: float = _FIRST_PAUSE * 2.0 ** (state.attempt_number - 1)
    return backoff if told is None else told


def _bounded(seconds: float | None) -> float | None:
    return None if seconds is None else min(LONGEST_PAUSE, max(_SHORTEST_PAUSE, seconds))


def _sent_on(response: requests.Response, link: Link) -> Link:
    try:
        return link_of(response.headers.get("Location", ""), link.url)
    except ValueError as error:
        raise FetchFault(
            Outcome.REDIRECT, f"the FHIR server sends us on to where nothing can be asked: {error}"
        ) from None


def elsewhere(link: Link) -> FetchFault:
    """The fault of a link that wants the token and leads away from the server."""
    return FetchFault(
        Outcome.ADDRESS_REFUSED,
        f"it sends us to {link.server.origin}, where the token may not go; list it in "
        "CRAMPCHECK_FHIR_FILE_ORIGINS if it belongs to the server",
    )


def said_of(server: Server, fault: FetchFault) -> str:
    """A fault that ends a run as sentences, with what helps where nobody answered."""
    return f"{server.base.origin}: {fault.message}.{_REMEDIES.get(fault.outcome, '')}"


def refusal(status: int, body: bytes) -> FetchFault:
    """The fault of a status that is no success, with the codes of its OperationOutcome."""
    other = Outcome.SERVER_FAULT if status >= _FIRST_FAULT else Outcome.REJECTED
    return FetchFault(OUTCOMES.get(status, other), f"it answered {status}{outcome_in(body)}")


def refused(response: requests.Response) -> FetchFault:
    """The same, of a response whose body is still to be read."""
    try:
        body = read_body(response, _REFUSAL_BYTES)
    except FetchFault:
        body = b""  # the status says what there is to say
    return refusal(response.status_code, body)
