"""A client of the benchmark: its keys, the clients file that names it, and a token for each call.

No token is used twice, since the service remembers them.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from uuid import uuid4

from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

BASE_URL = "https://crampcheck.example.org"
_ISSUER = "https://ehr.example/fhir"
_LIFE = 300  # seconds from `iat` to `exp`
_RSA_BITS = 2048


class Client:
    """Signs calls by RS384 or ES384."""

    def __init__(self, algorithm: str) -> None:
        self._header = {"alg": algorithm, "kid": algorithm, "typ": "JWT"}
        self._key: RSAKey | ECKey = (
            RSAKey.generate_key(_RSA_BITS)
            if algorithm.startswith("RS")
            else ECKey.generate_key("P-384")
        )

    def settings(self, folder: Path) -> dict[str, str]:
        """Write the clients file and the keys it names; gives the settings of the service."""
        public = {**self._key.as_dict(private=False), "kid": self._header["kid"], "use": "sig"}
        (folder / "bench.json").write_text(json.dumps({"keys": [public]}))
        (folder / "clients.toml").write_text(
            f'[[client]]\nname = "Benchmark"\nissuer = "{_ISSUER}"\njwks_file = "bench.json"\n'
            f'algorithms = ["{self._header["alg"]}"]\nfhir_servers = ["{_ISSUER}"]\n'
        )
        return {
            "CRAMPCHECK_CLIENTS": str(folder / "clients.toml"),
            "CRAMPCHECK_BASE_URL": BASE_URL,
            "CRAMPCHECK_DATA": str(folder),
        }

    def token(self, path: str) -> str:
        """A token for one call of the path."""
        now = int(time.time())
        claims = {
            "iss": _ISSUER,
            "aud": BASE_URL + path,
            "iat": now,
            "exp": now + _LIFE,
            "jti": str(uuid4()),
        }
        return jwt.encode(self._header, claims, self._key, algorithms=[self._header["alg"]])
