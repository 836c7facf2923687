"""What a call is answered with, held to the protocol.

A broken card is a fault of ours and must not reach a clinician, so each answer is checked; by
msgspec, because marshmallow's check of one card costs as much as reading a third of a patient.
There are no `systemActions`: nothing that we say is done without somebody who decides.
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
_Type = Annotated[str, Meta(pattern=r"^[A-Z][A-Za-z]+$")]
# FHIR's ids have 64 characters; clients send longer ones, and then need theirs back.
_Reference = Annotated[str, Meta(pattern=r"^[A-Z][A-Za-z]+/[A-Za-z0-9._-]{1,256}$")]


class _Coding(Struct, forbid_unknown_fields=True):
    system: _Text
    code: _Text
    display: _Text


class _Source(Struct, forbid_unknown_fields=True):
    label: _Text
    url: _Url | UnsetType = UNSET
    topic: _Coding | UnsetType = UNSET


class _New(Struct, rename="camel"):
    """A FHIR resource, of which the protocol says only that it is one."""

    resource_type: _Type


class _Whole(_New):
    """A resource that is there already."""

    id: _Text


class _Create(Struct, forbid_unknown_fields=True, tag_field="type", tag="create"):
    description: _Text
    resource: _New


class _Update(Struct, forbid_unknown_fields=True, tag_field="type", tag="update"):
    description: _Text
    resource: _Whole


class _Delete(Struct, forbid_unknown_fields=True, tag_field="type", tag="delete", rename="camel"):
    description: _Text
    resource_id: _Reference


class _Suggestion(Struct, forbid_unknown_fields=True, rename="camel"):
    label: _Text
    uuid: _Text | UnsetType = UNSET
    is_recommended: bool | UnsetType = UNSET
    actions: Annotated[list[_Create | _Update | _Delete], Meta(min_length=1)] | UnsetType = UNSET


class _Absolute(Struct, forbid_unknown_fields=True, tag_field="type", tag="absolute"):
    label: _Text
    url: _Url


class _Smart(Struct, forbid_unknown_fields=True, tag_field="type", tag="smart", rename="camel"):
    label: _Text
    url: _Url
    app_context: _Text | UnsetType = UNSET


class _Card(Struct, forbid_unknown_fields=True, rename="camel"):
    uuid: _Text
    summary: _Summary
    indicator: Literal["info", "warning", "critical"]
    source: _Source
    detail: _Text | UnsetType = UNSET
    override_reasons: Annotated[list[_Coding], Meta(min_length=1)] | UnsetType = UNSET
    suggestions: Annotated[list[_Suggestion], Meta(min_length=1)] | UnsetType = UNSET
    selection_behavior: Literal["any", "at-most-one"] | UnsetType = UNSET
    links: Annotated[list[_Absolute | _Smart], Meta(min_length=1)] | UnsetType = UNSET

    def __post_init__(self) -> None:
        """How many suggestions may be taken is said wherever there are any."""
        if self.suggestions is UNSET:
            return
        if self.selection_behavior is UNSET:
            raise ValueError("suggestions without a selectionBehavior")
        recommended = sum(one.is_recommended is True for one in self.suggestions)
        if self.selection_behavior == "at-most-one" and recommended > 1:
            raise ValueError("several suggestions are recommended, and one may be taken")


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
