"""Which tokens were used: each once, whichever worker or host it comes to."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from itertools import count

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from cds_hooks.errors import Unavailable
from plugin.store.database import Database
from plugin.store.errors import StoreDown
from plugin.store.feedback import Failed
from plugin.store.quick import Quick, Statement
from plugin.store.tables import used_token

_SWEEP_EVERY = 1024  # uses between two sweeps of one process
_SWEPT_AT_ONCE = 4096  # so that no call waits for long
_LATEST = 2**53  # seconds; a token that claims to last longer is held as long as this


class ReplayTokens:
    """Implements `cds_hooks.auth.ReplayStore`. Where the database is down, no token is let in."""

    def __init__(
        self,
        database: Database,
        quick: Quick,
        *,
        failed: Failed,
        now: Callable[[], float] = time.time,
    ) -> None:
        dialect = sqlite if database.url.get_backend_name() == "sqlite" else postgresql
        self._quick = quick
        self._failed = failed
        self._now = now
        self._uses = count(1)
        self._insert = Statement(database, dialect.insert(used_token).on_conflict_do_nothing())
        ended = (
            select(used_token.c.key)
            .where(used_token.c.expires < bindparam("now"))
            .limit(_SWEPT_AT_ONCE)
        )
        self._sweep = Statement(database, delete(used_token).where(used_token.c.key.in_(ended)))

    def first_use(self, issuer: str, jti: str, expires: int) -> bool:
        """Whether a token is used for the first time; it is remembered until `expires`, in seconds
        since 1970. Raises Unavailable where that cannot be known.
        """
        key = _key(issuer, jti)
        try:
            if next(self._uses) % _SWEEP_EVERY == 0:
                # A minute late: another host's clock may be behind.
                self._quick.run(self._sweep, {"now": int(self._now()) - 60})
            until = max(0, min(expires, _LATEST))
            return self._quick.run(self._insert, {"key": key, "expires": until}) == 1
        except StoreDown as error:
            self._failed("check a token", error)
            raise Unavailable(
                "Whether this token was used before cannot be checked now; call again later."
            ) from None


def _key(issuer: str, jti: str) -> bytes:
    """Of a set size, whatever a client sends; an issuer cannot use up another's."""
    digest = hashlib.sha256(hashlib.sha256(issuer.encode("utf-8", "surrogatepass")).digest())
    digest.update(jti.encode("utf-8", "surrogatepass"))
    return digest.digest()
