"""The fetched keys of one client, kept for a while.

A key that the client takes back stops working when what we keep of it is too old; a key that is new
works at its first use, since an unknown name makes us look again. Anybody can write an unknown name
into a token, so that we look again only so often, and one thread at a time.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence

import structlog
from msgspec import Struct

from cds_hooks.keys import Key, KeysById
from plugin.trust.fetching import Fetched, FetchFailed

GAP = 10.0  # seconds between two requests
GAP_AFTER_FAULT = 30.0  # seconds until the next one, where one gave nothing
USUAL_AGE = 300  # seconds that keys are used where their server does not say how long
LEAST_AGE, MOST_AGE = 60, 3600  # what a server can ask for
KEPT_WITHOUT_ANSWER = 4 * 3600  # seconds after which keys are not used, though none newer came

Fetch = Callable[[], Fetched]


class _Held(Struct, frozen=True):
    """Keys, until when they are fresh, and until when they may stand in."""

    keys: KeysById
    fresh_until: float
    ends: float


_NOTHING = _Held({}, 0.0, 0.0)


class FetchedKeys:
    """The keys of one client. Threads may share it; each process has its own."""

    def __init__(
        self, client: str, fetch: Fetch, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._client = client
        self._fetch = fetch
        self._clock = clock
        self._held = _NOTHING
        self._next_try = float("-inf")
        self._lock = threading.Lock()

    def keys(self, kid: str) -> Sequence[Key]:
        """The keys of that name; none where there are none, or none can be had now."""
        held, now = self._held, self._clock()
        found = held.keys.get(kid, ()) if now < held.ends else ()
        if found and now < held.fresh_until:
            return found
        if now < self._next_try:
            return found
        # Who has a key that will do does not wait for another's request to end.
        if self._lock.acquire(blocking=not found):
            try:
                self._refresh()
            finally:
                self._lock.release()
        held = self._held
        return held.keys.get(kid, ()) if self._clock() < held.ends else ()

    def _refresh(self) -> None:
        """Ask once, unless another thread did while this one waited for the lock."""
        if self._clock() < self._next_try:
            return
        gap = GAP_AFTER_FAULT
        try:
            self._held = self._hold(self._fetch())
            gap = GAP
        except FetchFailed as error:
            structlog.get_logger().warning("keys not fetched", client=self._client, why=str(error))
        finally:
            # Set last, so that threads without a key wait for the lock rather than go without.
            self._next_try = self._clock() + gap

    def _hold(self, fetched: Fetched) -> _Held:
        age = USUAL_AGE if fetched.max_age is None else fetched.max_age
        now = self._clock()
        if fetched.keys.left_out:
            structlog.get_logger().warning(
                "keys left out", client=self._client, why=list(fetched.keys.left_out)
            )
        fresh_until = now + min(max(age, LEAST_AGE), MOST_AGE)
        return _Held(fetched.keys.keys, fresh_until, now + KEPT_WITHOUT_ANSWER)


class KeysOfClients:
    """The keys of every client, by issuer: a KeySource."""

    def __init__(self, known: Mapping[str, KeysById], fetched: Mapping[str, FetchedKeys]) -> None:
        self._known = known
        self._fetched = fetched

    def keys(self, issuer: str, kid: str) -> Sequence[Key]:
        """The keys of that name that the issuer uses now."""
        known = self._known.get(issuer)
        if known is not None:
            return known.get(kid, ())
        return self._fetched[issuer].keys(kid)
