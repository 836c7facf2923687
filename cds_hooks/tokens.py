"""An Authorization header -> the parts of its JSON Web Token, nothing of it believed yet.

The compact serialization of RFC 7515, section 7.1: three parts of base64url, the first two JSON
objects. Read strictly, so that no two readers could understand one token in two ways.
"""

from __future__ import annotations

import binascii
import json
from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from typing import Any, NoReturn

from msgspec import Struct

MOST_CHARACTERS = 8192  # of a token; those of EHRs have about 1,000
_PARTS = 3


class Reason(StrEnum):
    """Why a call is not let in. For our log only: the caller learns that it is not, and no more."""

    NO_TOKEN = "no-token"  # noqa: S105 - no Authorization header, or another scheme than Bearer
    TOO_LONG = "too-long"
    NOT_A_TOKEN = "not-a-token"  # noqa: S105 - not three parts of base64url, or no JSON object
    HEADER = "header"  # `typ` of another kind of token, no `kid`, or a `crit` that we do not know
    ISSUER = "issuer"  # none of our clients
    ALGORITHM = "algorithm"
    FOREIGN_JKU = "foreign-jku"
    AUDIENCE = "audience"
    TIMES = "times"  # no `exp` or `iat`, or no numbers
    EXPIRED = "expired"
    NOT_YET = "not-yet"  # `iat` or `nbf` in the future
    LIVES_TOO_LONG = "lives-too-long"
    TENANT = "tenant"
    JTI = "jti"  # missing, empty or too long
    UNKNOWN_KEY = "unknown-key"
    KEY_MISFIT = "key-misfit"  # the key is of another kind than the algorithm needs
    SIGNATURE = "signature"
    REPLAYED = "replayed"


class Refused(Exception):  # noqa: N818
    """The caller is not let in. `issuer` is one of our clients, or empty."""

    def __init__(self, reason: Reason, issuer: str = "") -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.issuer = issuer


class Token(Struct, frozen=True):
    """A token as it was sent: `header` and `claims` may have been written by anybody."""

    header: Mapping[str, Any]  # shared by the tokens that have it
    claims: Mapping[str, Any]
    signed: bytes  # what the signature is over
    signature: bytes


def read_token(authorization: str) -> Token:
    """The token of a header `Bearer ...`. Raises Refused where there is none that can be read."""
    scheme, _, sent = authorization.partition(" ")
    sent = sent.strip(" ")
    if scheme.lower() != "bearer" or not sent:
        raise Refused(Reason.NO_TOKEN)
    if len(sent) > MOST_CHARACTERS:
        raise Refused(Reason.TOO_LONG)
    parts = sent.split(".")
    if len(parts) != _PARTS:
        raise Refused(Reason.NOT_A_TOKEN)
    try:
        signed = sent.rpartition(".")[0].encode("ascii")
        return Token(_header(parts[0]), _object(parts[1]), signed, _decoded(parts[2]))
    except (ValueError, RecursionError):  # UnicodeError and JSONDecodeError are ValueErrors
        raise Refused(Reason.NOT_A_TOKEN) from None


def _decoded(part: str) -> bytes:
    """Base64url without padding. Raises ValueError for a second spelling of the same bytes too."""
    sent = part.encode("ascii")
    padded = sent.translate(_FROM_URL) + b"=" * (-len(sent) % 4)
    data = binascii.a2b_base64(padded, strict_mode=True)
    if binascii.b2a_base64(data, newline=False).translate(_TO_URL).rstrip(b"=") != sent:
        raise ValueError
    return data


_TO_URL = bytes.maketrans(b"+/", b"-_")
_FROM_URL = bytes.maketrans(b"-_", b"+/")


def _object(part: str) -> Mapping[str, Any]:
    value = _decoder.decode(_decoded(part).decode("utf-8"))
    if not isinstance(value, dict):
        raise ValueError
    return value


# All tokens that a client signs with one key begin alike. Bounded, as anybody can send others.
_header = lru_cache(maxsize=64)(_object)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Of a name that stands twice, one reader takes the first value and another the last."""
    named = dict(pairs)
    if len(named) != len(pairs):
        raise ValueError
    return named


def _no_number(_text: str) -> NoReturn:
    raise ValueError  # NaN and Infinity are not JSON


_decoder = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_no_number)
