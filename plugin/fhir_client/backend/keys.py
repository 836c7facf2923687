"""The private key of a backend service, from a PEM or JWK file; its public half, to be registered.

SMART asks servers for ES384 and RS384, so a key is one of these two: on the curve P-384, or RSA of
2048 bits or more.
"""

from __future__ import annotations

import json
import time
import uuid
import warnings
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey
from msgspec import Struct

from plugin.errors import CrampcheckError

SETTING = "CRAMPCHECK_FHIR_KEY"
LIFE = 240  # seconds of a statement; servers refuse those of more than five minutes
_MOST_BYTES = 64 * 1024
_RSA_BITS = range(2048, 8192 + 1)
_CURVE = "P-384"
_REMEDY = "Give a PEM or JWK file of a private key, P-384 or RSA of at least 2048 bits."


class KeyUnusable(CrampcheckError):  # noqa: N818
    """The file of the private key cannot be used."""

    exit_code = 2


class SigningKey(Struct, frozen=True):
    """A private key, what it signs with, and the name under which its public half is registered."""

    key: ECKey | RSAKey
    algorithm: str
    kid: str

    def __repr__(self) -> str:
        """Without the key."""
        return f"SigningKey({self.algorithm!r}, {self.kid!r})"

    def public_set(self) -> dict[str, Any]:
        """The JWK Set to register: the public half alone."""
        public = self.key.as_dict(private=False)
        named = {"kid": self.kid, "alg": self.algorithm, "use": "sig", "key_ops": ["verify"]}
        return {"keys": [{**public, **named}]}

    def statement(self, client: str, audience: str) -> str:
        """A signed statement of who asks, for one use by one server within a few minutes."""
        now = int(time.time())
        claims = {
            "iss": client,
            "sub": client,
            "aud": audience,
            "iat": now,
            "exp": now + LIFE,
            "jti": str(uuid.uuid4()),
        }
        header = {"alg": self.algorithm, "kid": self.kid, "typ": "JWT"}
        return jwt.encode(header, claims, self.key, algorithms=[self.algorithm])


def read_key(path: Path) -> SigningKey:
    """Read a private key. Raises KeyUnusable, whose message quotes nothing of the file."""
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
    except OSError as error:
        fault = (error.strerror or "unknown fault").lower()
        raise _unusable(path, f"cannot be read ({fault})") from None
    if len(data) > _MOST_BYTES:
        raise _unusable(path, f"is larger than {_MOST_BYTES} bytes")
    named = _from_set(path, data) if data.lstrip().startswith(b"{") else None
    for kind in (ECKey, RSAKey):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of short keys: they are refused below
                key = kind.import_key(data if named is None else named)
        except (JoseError, ValueError, TypeError, KeyError):
            continue
        return _checked(path, key, named or {})
    raise _unusable(path, "holds no private key that can be read without a passphrase")


def _from_set(path: Path, data: bytes) -> dict[str, Any]:
    """The JWK of a file: the only one, or the only one of its JWK Set."""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        raise _unusable(path, "is neither PEM nor JSON") from None
    keys = found.get("keys", [found])
    if not isinstance(keys, list) or len(keys) != 1 or not isinstance(keys[0], dict):
        raise _unusable(path, "holds several keys, or none, and one is needed")
    return keys[0]


def _checked(path: Path, key: ECKey | RSAKey, named: dict[str, Any]) -> SigningKey:
    if not key.is_private:
        raise _unusable(path, "holds a public key, and a private one is needed")
    if isinstance(key, ECKey):
        if key.curve_name != _CURVE:
            raise _unusable(path, f"holds a key on the curve {key.curve_name}, and {_CURVE} is due")
        algorithm = "ES384"
    else:
        bits = key.private_key.key_size if key.private_key else 0
        if bits not in _RSA_BITS:
            raise _unusable(path, f"holds an RSA key of {bits} bits")
        algorithm = "RS384"
    if named.get("alg", algorithm) != algorithm:
        raise _unusable(path, f"says another algorithm than its key has, {algorithm}")
    kid = named.get("kid")
    return SigningKey(key, algorithm, kid if isinstance(kid, str) and kid else key.thumbprint())


def _unusable(path: Path, fault: str) -> KeyUnusable:
    return KeyUnusable(f"{SETTING}: {path} {fault}. {_REMEDY}")
