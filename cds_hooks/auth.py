"""Who calls: the JSON Web Token of a call, checked as CDS Hooks 2.0 asks ("Trusting CDS Clients").

The order matters. First what costs nothing and needs no key, so that rubbish causes neither
arithmetic nor a request for keys; then the signature; the replay last, so that a forged token
cannot use up the `jti` of a true one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import ClassVar, Protocol

from cds_hooks.claims import Issuer, claimed
from cds_hooks.errors import HookError, Unavailable
from cds_hooks.keys import Key, fits, proves
from cds_hooks.model import Caller, Gate
from cds_hooks.tokens import Reason, Refused, read_token

LIFETIME = 300  # seconds from `iat` to `exp` that a token may have
_HAPPENED = "The call must be signed by a client of this service."


class KeySource(Protocol):
    """Where the public keys of clients come from."""

    def keys(self, issuer: str, kid: str) -> Sequence[Key]:
        """The keys of that name that the issuer uses now; none if there are none or none known."""
        ...


class ReplayStore(Protocol):
    """Which tokens were used."""

    def first_use(self, issuer: str, jti: str, expires: int) -> bool:
        """Remember a token until `expires`, Unix seconds. True the first time, in any process.

        Raises when it cannot tell: a HookError that says so, or anything else.
        """
        ...


class Unauthorized(HookError):  # noqa: N818
    """The call is not one of a client of ours. It says that, and no reason."""

    status: ClassVar[int] = 401
    issue_code: ClassVar[str] = "login"
    headers: ClassVar[Mapping[str, str]] = {"WWW-Authenticate": "Bearer"}


# What is told of a refusal: to the log, never to the caller. The reason, and the client or "".
Report = Callable[[str, str], None]


class TokenCheck:
    """Lets in who brings a token that one of these issuers signed for this very call."""

    def __init__(
        self,
        issuers: Iterable[Issuer],
        keys: KeySource,
        replay: ReplayStore,
        clock: Callable[[], float],
        lifetime: int = LIFETIME,
    ) -> None:
        self._issuers = {issuer.name: issuer for issuer in issuers}
        self._keys = keys
        self._replay = replay
        self._clock = clock
        self._lifetime = lifetime

    def caller(self, authorization: str, address: str) -> Caller:
        """Who sent this Authorization header to this address.

        Raises Refused, or what the replay store raises.
        """
        token = read_token(authorization)
        name = token.claims.get("iss")
        issuer = self._issuers.get(name) if isinstance(name, str) else None
        if issuer is None:
            raise Refused(Reason.ISSUER)
        claim = claimed(token, issuer, address, self._clock(), self._lifetime)
        named = self._keys.keys(issuer.name, claim.kid)
        if not named:
            raise Refused(Reason.UNKNOWN_KEY, issuer.name)
        fitting = [key for key in named if fits(key, claim.algorithm)]
        if not fitting:
            raise Refused(Reason.KEY_MISFIT, issuer.name)
        if not any(proves(k, claim.algorithm, token.signed, token.signature) for k in fitting):
            raise Refused(Reason.SIGNATURE, issuer.name)
        if not self._replay.first_use(issuer.name, claim.jti, claim.until):
            raise Refused(Reason.REPLAYED, issuer.name)
        return Caller(issuer.name, claim.tenant, issuer.fhir_servers)


def token_gate(
    check: TokenCheck, base_url: str, report: Report, fault: Callable[[Exception], str]
) -> Gate:
    """The gate of a service whose clients sign their calls.

    `base_url` is the address that clients know us by; what they call stands behind it. It is a
    setting, since a Host header is chosen by who calls. `fault` is told what the replay store
    raised, and gives a word that finds it in the log.
    """

    def gate(authorization: str, path: str) -> Caller:
        try:
            return check.caller(authorization, base_url + path)
        except Refused as refused:
            report(refused.reason.value, refused.issuer)
            raise Unauthorized(_HAPPENED) from None
        except HookError:
            raise
        except Exception as error:
            word = fault(error)
            raise Unavailable(
                "The service cannot tell now whether this token was used before, and so it does "
                f"not answer; the fault is in the service's log under {word}."
            ) from None

    return gate
