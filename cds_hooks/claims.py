"""What a token claims, held against what a client of ours may claim. No key is needed for it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, TypeGuard

from msgspec import Struct

from cds_hooks.tokens import Reason, Refused, Token

# Signatures that only the owner of a private key can make. CDS Hooks recommends ES384 and RS384.
ALGORITHMS = (
    *("ES256", "ES384", "ES512"),
    *("RS256", "RS384", "RS512"),
    *("PS256", "PS384", "PS512"),
)
SKEW = 60  # seconds that the clocks of two machines may differ
_MOST_CHARACTERS = 256  # of an id that somebody else chose
_KINDS = ("jwt", "application/jwt")


class Issuer(Struct, frozen=True):
    """A client that may call, as the site knows it.

    `jku` is the pinned address of its keys, empty where the site holds the keys themselves.
    `audiences` are accepted beside the address that was called. `tenants`, if there are any, are
    the only ones that may call.
    """

    name: str
    algorithms: frozenset[str]
    jku: str = ""
    audiences: frozenset[str] = frozenset()
    tenants: frozenset[str] = frozenset()
    fhir_servers: tuple[str, ...] = ()


class Claimed(Struct, frozen=True):
    """What is used of a token once its signature holds.

    From `until` on, Unix seconds, nobody accepts it any more.
    """

    algorithm: str
    kid: str
    jti: str
    until: int
    tenant: str


def claimed(token: Token, issuer: Issuer, address: str, now: float, lifetime: int) -> Claimed:
    """Check everything that can be told without a key. Raises Refused.

    `address` is the endpoint that was called, `lifetime` the most seconds from `iat` to `exp`.
    """
    header, claims = token.header, token.claims
    try:
        algorithm = _algorithm(header, issuer)
        kid = _kid(header, issuer)
        _audience(claims, issuer, address)
        until = _until(claims, now, lifetime)
        tenant = _tenant(claims, issuer)
        jti = claims.get("jti")
        if not _is_id(jti):
            raise Refused(Reason.JTI)
    except Refused as refused:
        raise Refused(refused.reason, issuer.name) from None
    return Claimed(algorithm, kid, jti, until, tenant)


def _algorithm(header: Mapping[str, Any], issuer: Issuer) -> str:
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in issuer.algorithms:
        raise Refused(Reason.ALGORITHM)
    return algorithm


def _kid(header: Mapping[str, Any], issuer: Issuer) -> str:
    """The name of the key. `jwk`, `x5u` and `x5c` are not looked at: a key is never in a token."""
    kid, kind = header.get("kid"), header.get("typ", "JWT")
    # We know of no extension, so that none can be critical (RFC 7515, section 4.1.11).
    if "crit" in header or not _is_id(kid):
        raise Refused(Reason.HEADER)
    if not isinstance(kind, str) or kind.lower() not in _KINDS:
        raise Refused(Reason.HEADER)
    if issuer.jku and header.get("jku", issuer.jku) != issuer.jku:
        raise Refused(Reason.FOREIGN_JKU)
    return kid


def _audience(claims: Mapping[str, Any], issuer: Issuer, address: str) -> None:
    audience = claims.get("aud")
    named = audience if isinstance(audience, list) else [audience]
    if not all(isinstance(one, str) for one in named):
        raise Refused(Reason.AUDIENCE)
    if address not in named and issuer.audiences.isdisjoint(named):
        raise Refused(Reason.AUDIENCE)


def _until(claims: Mapping[str, Any], now: float, lifetime: int) -> int:
    issued, expires = _time(claims, "iat"), _time(claims, "exp")
    if expires + SKEW <= now:
        raise Refused(Reason.EXPIRED)
    not_before = _time(claims, "nbf") if "nbf" in claims else issued
    if max(issued, not_before) - SKEW > now:
        raise Refused(Reason.NOT_YET)
    if not 0 < expires - issued <= lifetime:
        raise Refused(Reason.LIVES_TOO_LONG)
    return math.ceil(expires) + SKEW


def _time(claims: Mapping[str, Any], name: str) -> float:
    """A NumericDate (RFC 7519, section 2): seconds since 1970, which may have a fraction."""
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Refused(Reason.TIMES)
    if not 0 <= value < 2**53:  # also what is no number, and what a float could not hold
        raise Refused(Reason.TIMES)
    return float(value)


def _tenant(claims: Mapping[str, Any], issuer: Issuer) -> str:
    tenant = claims.get("tenant")
    if tenant in (None, "") and not issuer.tenants:
        return ""
    if not _is_id(tenant):
        raise Refused(Reason.TENANT)
    if issuer.tenants and tenant not in issuer.tenants:
        raise Refused(Reason.TENANT)
    return tenant


def _is_id(value: Any) -> TypeGuard[str]:
    """Whether this is text that can be kept: not empty, not long, and nothing unseen in it."""
    return isinstance(value, str) and 0 < len(value) <= _MOST_CHARACTERS and value.isprintable()
