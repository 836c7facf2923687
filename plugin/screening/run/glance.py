"""A look at what the job gave for a patient, without taking all of it apart."""

from __future__ import annotations

from msgspec import Struct, msgpack

FAILED = "failed"


class _Screened(Struct, frozen=True, tag="screened"):
    level: str


class _Failed(Struct, frozen=True, tag="failed"):
    patient: str


_DECODER: msgpack.Decoder[_Screened | _Failed] = msgpack.Decoder(_Screened | _Failed)


def level_of(payload: bytes) -> str:
    """The level of a packed Outcome, or FAILED."""
    seen = _DECODER.decode(payload)
    return FAILED if isinstance(seen, _Failed) else seen.level
