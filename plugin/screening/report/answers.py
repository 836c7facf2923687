"""What the report reads of an answer's JSON (`crampcheck.assessment/1`); the rest is skipped."""

from __future__ import annotations

import msgspec
from msgspec import Struct


class Found(Struct, frozen=True):
    """One finding."""

    rule: str
    level: str
    ingredients: tuple[str, ...]
    summary: str


class Option(Struct, frozen=True):
    """One mitigation that is offered."""

    id: str
    text: str


class Answer(Struct, frozen=True):
    """One patient's answer. The patient and the level are known to who has the line."""

    findings: tuple[Found, ...]
    mitigations: tuple[Option, ...]


decode = msgspec.json.Decoder(Answer).decode
