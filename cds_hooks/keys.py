"""Public keys of clients: read from a JWK Set, and what signature each may prove.

`key` and `alg` are checked against each other by joserfc: an RSA key is no secret of an HMAC, and
each ES algorithm has its curve.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey
from joserfc.jws import JWSRegistry
from msgspec import Struct

from cds_hooks.claims import ALGORITHMS

MOST_KEYS = 100
_RSA_BITS = range(2048, 8192 + 1)

# RFC 7638 thumbprints of keys whose private half anybody can look up: those of the CDS Hooks
# sandbox (github.com/cds-hooks/sandbox: keys/jwk-keypair.json, and jwk-keypair.json of old).
PUBLISHED = {
    "s9fOe-KDYD1myZ8YCzleUqJQgrYZL49kVijBxhnZvZc": "the CDS Hooks sandbox",
    "WUEVfFenRfMtdDhwPUzCCfmqEN45h61hdHclwVoqfes": "the CDS Hooks sandbox",
}

Key: TypeAlias = RSAKey | ECKey
KeysById: TypeAlias = Mapping[str, Sequence[Key]]


class KeySet(Struct, frozen=True):
    """The usable keys of a JWK Set by `kid`, and a sentence for each other one."""

    keys: KeysById
    left_out: tuple[str, ...] = ()


def read_keys(document: Any) -> KeySet:
    """The keys of a JWK Set (RFC 7517, section 5). Raises ValueError for what is not one."""
    listed = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(listed, list):
        raise ValueError("is no JWK Set: an object with a list `keys`")
    if len(listed) > MOST_KEYS:
        raise ValueError(f"has {len(listed)} keys; more than {MOST_KEYS} are not read")
    keys: dict[str, list[Key]] = {}
    left_out: list[str] = []
    for place, raw in enumerate(listed):
        try:
            key = _key(raw)
        except _UnusableError as error:
            left_out.append(f"keys[{place}]: {error}")
        else:
            keys.setdefault(raw["kid"], []).append(key)
    return KeySet(keys, tuple(left_out))


class _UnusableError(Exception):
    """A key that proves nothing to us; the message is the end of a sentence."""


def _key(raw: Any) -> Key:
    kid = raw.get("kid") if isinstance(raw, dict) else None
    if not isinstance(kid, str) or not kid:
        raise _UnusableError("has no `kid`, by which a token would name it")
    kind = raw.get("kty")
    if kind not in ("RSA", "EC"):
        raise _UnusableError("is neither an RSA nor an EC key")
    if raw.get("use", "sig") != "sig":
        raise _UnusableError("is not for signatures (`use`)")
    try:
        with warnings.catch_warnings(action="ignore"):  # a short RSA key: refused below
            key: Key = (RSAKey if kind == "RSA" else ECKey).import_key(raw)
        private, mark = key.is_private, key.thumbprint()
    except (JoseError, ValueError, TypeError, KeyError, OverflowError):
        raise _UnusableError("is not a sound key") from None
    if private:
        raise _UnusableError("is a private key; it must be replaced, for others may have read it")
    if mark in PUBLISHED:
        raise _UnusableError(f"is the key of {PUBLISHED[mark]}, which anybody can sign with")
    if isinstance(key, RSAKey) and key.public_key.key_size not in _RSA_BITS:
        raise _UnusableError(f"has {key.public_key.key_size} bits; at least 2048 are needed")
    return key


_registry = JWSRegistry(algorithms=ALGORITHMS)
_models = {name: _registry.get_alg(name) for name in ALGORITHMS}


def fits(key: Key, algorithm: str) -> bool:
    """Whether a signature of this algorithm can be made with this key at all."""
    try:
        _models[algorithm].check_key(key)
    except JoseError:
        return False
    return True


def proves(key: Key, algorithm: str, signed: bytes, signature: bytes) -> bool:
    """Whether the owner of the key signed this. The key must fit the algorithm."""
    try:
        return _models[algorithm].verify(signed, signature, key)
    except (JoseError, ValueError):
        return False
