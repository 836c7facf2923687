"""An answer of the contract, typed, as `assessments.parquet` has it.

Names and nesting are those of `crampcheck.assessment/1`. Two things a table cannot say as JSON
does: a day is a date, and the `value` of a piece of evidence, which JSON has as a number or as
text, is a number in `value` or text in `value_text`, and null in both where there is none. A key
that an answer leaves out is null.
"""

from __future__ import annotations

from datetime import date as day

from msgspec import UNSET, Struct, UnsetType


class Because(Struct, frozen=True, forbid_unknown_fields=True):
    """A piece of evidence as an answer has it."""

    fact: str
    reference: str | UnsetType = UNSET
    value: float | str | UnsetType = UNSET
    unit: str | UnsetType = UNSET
    date: day | UnsetType = UNSET
    note: str | UnsetType = UNSET


class Listed(Struct, frozen=True, forbid_unknown_fields=True):
    """A medication as an answer lists it."""

    reference: str
    text: str
    current: bool
    ingredients: list[str]
    match: str


class Found(Struct, frozen=True, forbid_unknown_fields=True, rename={"partners": "with"}):
    """A finding as an answer has it."""

    rule: str
    level: str
    ingredients: list[str]
    partners: list[str]
    summary: str
    because: list[Because]
    mitigations: list[str]
    sources: list[str]
    notes: list[str]


class Option(Struct, frozen=True, forbid_unknown_fields=True):
    """A mitigation as an answer offers it."""

    id: str
    kind: str
    text: str


class Held(Struct, frozen=True, forbid_unknown_fields=True):
    """A mitigation that a guard rail withheld."""

    mitigation: str
    because: list[Because]


class NotRead(Struct, frozen=True, forbid_unknown_fields=True):
    """An entry that could not be read."""

    reference: str
    text: str
    reason: str
    detail: str | UnsetType = UNSET


class Answer(Struct, frozen=True, forbid_unknown_fields=True, rename={"schema_": "schema"}):
    """A line of `assessments.ndjson`. A key that is not known is a fault of ours."""

    schema_: str
    patient: str
    as_of: day
    knowledge_version: str
    level: str
    medications: list[Listed]
    findings: list[Found]
    mitigations: list[Option]
    withheld: list[Held]
    unread: list[NotRead]
