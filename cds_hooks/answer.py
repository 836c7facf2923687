"""What a call is answered with, held to the protocol.

A broken card is a fault of ours and must not reach a clinician, so each answer is checked; by
msgspec, because marshmallow's check of one card costs as much as reading a third of a patient.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from cds_hooks.model import Card

SUMMARY_LIMIT = 139  # the specification: shorter than 140 characters
_Text = Annotated[str, Meta(min_length=1)]
_Summary = Annotated[str, Meta(min_length=1, max_length=SUMMARY_LIMIT)]
_Url = Annotated[str, Meta(pattern=r"^https?://[^/\s]\S*$")]  # absolute


class _Coding(Struct, forbid_unknown_fields=True):
    system: _Text
    code: _Text
    display: _Text


class _Source(Struct, forbid_unknown_fields=True):
    label: _Text
    url: _Url | UnsetType = UNSET
    topic: _Coding | UnsetType = UNSET


class _Card(Struct, forbid_unknown_fields=True, rename="camel"):
    """A card without suggestions or links."""

    uuid: _Text
    summary: _Summary
    indicator: Literal["info", "warning", "critical"]
    source: _Source
    detail: _Text | UnsetType = UNSET
    override_reasons: Annotated[list[_Coding], Meta(min_length=1)] | UnsetType = UNSET


def answer_of(cards: Sequence[Card]) -> bytes:
    """The JSON of an answer. Raises msgspec.ValidationError for a card that breaks the protocol."""
    answer: dict[str, Any] = {"cards": list(cards)}
    msgspec.convert(answer["cards"], list[_Card])
    return msgspec.json.encode(answer)


def card_schemas(folder: str) -> dict[str, dict[str, Any]]:
    """The JSON Schemas (2020-12) that cards are held to, by name: `Card`, and what it refers to
    under `folder`, such as `#/components/schemas/`.
    """
    _, schemas = msgspec.json.schema_components([_Card], ref_template=f"{folder}{{name}}")
    text = msgspec.json.encode(schemas).replace(f'"{folder}_'.encode(), f'"{folder}'.encode())
    public = {name.lstrip("_"): schema for name, schema in msgspec.json.decode(text).items()}
    return {name: {**schema, "title": name} for name, schema in public.items()}
