"""The token for a FHIR server: a fixed one, none, or one that is got by a key and renewed in time.

A token is renewed before it ends, and once where the server refuses it. Threads share it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Protocol

import msgspec
from msgspec import Struct

from plugin.fhir_client.faults import FetchFault, Outcome
from plugin.fhir_client.http import TOKEN

_USUAL_LIFE = 300.0  # seconds, where the server does not say; SMART recommends this for the longest
_LONGEST_LIFE = 24 * 3600.0
_EARLY = 30.0  # seconds before its end, or a tenth of a shorter life


class Tokens(Protocol):
    """Where a token comes from. Both methods raise FetchFault."""

    def current(self) -> str:
        """The token to send; empty for none."""

    def renewed(self, refused: str) -> str:
        """Another one than the server refused; empty where there is none."""


class NoToken:
    """For a server that asks for none."""

    def current(self) -> str:
        return ""

    def renewed(self, refused: str) -> str:
        return ""


class FixedToken:
    """A token that somebody got elsewhere, and that nothing here can renew."""

    def __init__(self, token: str) -> None:
        """Raises FetchFault for a token that cannot stand in a header."""
        if not TOKEN.match(token):
            raise FetchFault(Outcome.DENIED, "the access token is no bearer token")
        self._token = token

    def __repr__(self) -> str:
        """Without the token."""
        return "FixedToken()"

    def current(self) -> str:
        return self._token

    def renewed(self, refused: str) -> str:
        return ""


class _Granted(Struct):
    """What a token endpoint answers (RFC 6749, section 5.1)."""

    access_token: str
    token_type: str
    expires_in: float | None = None


_decoder = msgspec.json.Decoder(_Granted, strict=False)  # some send "300"


class BackendTokens:
    """Tokens that `ask` gets: the body of a token endpoint's answer, anew at each call."""

    def __init__(
        self, ask: Callable[[], bytes], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._ask, self._clock = ask, clock
        self._lock = threading.Lock()
        self._token, self._renew_at = "", 0.0

    def __repr__(self) -> str:
        """Without the token."""
        return "BackendTokens()"

    def current(self) -> str:
        """The token; a new one where it is about to end."""
        with self._lock:
            if not self._token or self._clock() >= self._renew_at:
                self._get()
            return self._token

    def renewed(self, refused: str) -> str:
        """Another thread may have got it already."""
        with self._lock:
            if self._token == refused:
                self._get()
            return self._token

    def _get(self) -> None:
        began = self._clock()
        token, life = read_token(self._ask())
        self._token = token
        self._renew_at = began + life - min(_EARLY, life / 10)


def read_token(body: bytes) -> tuple[str, float]:
    """The token in a token endpoint's answer, and the seconds that it lives. Raises FetchFault."""
    try:
        granted = _decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise FetchFault(
            Outcome.NOT_FHIR, "the token endpoint answered with something that holds no token"
        ) from None
    if granted.token_type.lower() != "bearer" or not TOKEN.match(granted.access_token):
        raise FetchFault(
            Outcome.NOT_FHIR, "the token endpoint answered with something else than a bearer token"
        )
    life = _USUAL_LIFE if granted.expires_in is None else granted.expires_in
    return granted.access_token, max(0.0, min(life, _LONGEST_LIFE))
