"""Clients with keys made afresh, and the tokens that they and their attackers send."""

from __future__ import annotations

import base64
import json
from typing import Any
from uuid import uuid4

from joserfc import jws
from joserfc.jwk import ECKey, RSAKey

from cds_hooks.claims import ALGORITHMS

ISSUER = "https://ehr.example.org/fhir"
JKU = "https://ehr.example.org/.well-known/jwks.json"
BASE_URL = "https://cramp.example.org"
ENDPOINT = "/cds-services/echo"
NOW = 1_800_000_000

Json = dict[str, Any]
_KINDS = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521"}


def new_key(algorithm: str = "ES384", kid: str = "k1") -> RSAKey | ECKey:
    """A private key that signs with this algorithm."""
    if curve := _KINDS.get(algorithm):
        return ECKey.generate_key(curve, {"kid": kid})
    return RSAKey.generate_key(2048, {"kid": kid})


def public(*keys: RSAKey | ECKey) -> Json:
    """The JWK Set that a client publishes."""
    return {"keys": [key.as_dict(private=False) for key in keys]}


def claims(now: float = NOW, **changes: Any) -> Json:
    """Sound claims of a call to ENDPOINT; None takes a claim away."""
    sound: Json = {
        "iss": ISSUER,
        "sub": "an-ehr",
        "aud": BASE_URL + ENDPOINT,
        "iat": int(now),
        "exp": int(now) + 300,
        "jti": str(uuid4()),
    }
    return {name: value for name, value in {**sound, **changes}.items() if value is not None}


def header(algorithm: str = "ES384", **changes: Any) -> Json:
    """A sound header; None takes a field away."""
    sound = {"alg": algorithm, "typ": "JWT", "kid": "k1", "jku": JKU}
    return {name: value for name, value in {**sound, **changes}.items() if value is not None}


def signed(key: RSAKey | ECKey, head: Json | bytes, payload: Json | bytes) -> str:
    """A token over exactly this header and payload, whatever they hold, signed as the key can."""
    algorithm = "RS384" if isinstance(key, RSAKey) else "ES384"
    if isinstance(head, dict) and head.get("alg") in ALGORITHMS:
        algorithm = str(head["alg"])
    first = part(head if isinstance(head, bytes) else json.dumps(head).encode())
    second = part(payload if isinstance(payload, bytes) else json.dumps(payload).encode())
    model = jws.JWSRegistry(algorithms=ALGORITHMS).get_alg(algorithm)
    signature = model.sign(f"{first}.{second}".encode(), key)
    return f"{first}.{second}.{part(signature)}"


def part(data: bytes) -> str:
    """Bytes as a part of a token."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
