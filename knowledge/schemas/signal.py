"""What `signal.toml` holds: the groups of a sequence symmetry analysis, its outcome, its words."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from knowledge.enums import RouteClass, Status
from knowledge.identifiers import identifier
from knowledge.schemas.base import Strict
from knowledge.schemas.evidence import CitationSchema, citations
from knowledge.schemas.fields import Flag, Many, Number, OneOf, Text
from knowledge.signal_model import Method, Outcome, Published, Wording

_MISSING: dict[str, Any] = {"required": "is missing"}


class PublishedSchema(Strict):
    """An adjusted sequence ratio that a study gives, with its 95% confidence interval."""

    makes = Published
    ratio = Number(required=True)
    low = Number(required=True)
    high = Number(required=True)
    status = OneOf(Status, required=True)
    sources = Many(fields.Nested(CitationSchema), required=True, at_least=1)

    @validates_schema
    def in_order(self, data: dict[str, Any], **_: Any) -> None:
        """A ratio lies within its interval, and all are above 0."""
        if not 0 < data["low"] <= data["ratio"] <= data["high"]:
            raise ValidationError("must be 0 < low <= ratio <= high")


class SignalGroupSchema(Strict):
    """One `[[group]]`. Its drugs are expanded when the rest of the knowledge is known."""

    id = Text(required=True, check=identifier)
    label = Text(required=True)
    short = Text(required=True)
    drugs = Many(Text(), required=True, at_least=1, unique=True)
    together_with = Many(Text(), load_default=(), unique=True)
    without = Many(Text(), load_default=(), unique=True)
    routes = Many(OneOf(RouteClass), load_default=(), unique=True)
    control = Flag(load_default=False)
    published = fields.Nested(PublishedSchema, load_default=None)
    sources = citations()

    @validates_schema
    def cites_what_it_claims(self, data: dict[str, Any], **_: Any) -> None:
        """That a drug is no cause of cramps is a claim like any other."""
        if data["control"] and not data["sources"]:
            raise ValidationError("is missing: a control needs its source", "sources")


class OutcomeSchema(Strict):
    """The `[outcome]`: what counts as a record of cramps."""

    makes = Outcome
    label = Text(required=True)
    conditions = Many(Text(), required=True, at_least=1, unique=True)
    drugs = Many(Text(), load_default=(), unique=True)
    drugs_unless = Many(Text(), load_default=(), unique=True)
    sources = Many(fields.Nested(CitationSchema), required=True, at_least=1)


class WordingSchema(Strict):
    """The `[wording]` of a result."""

    makes = Wording
    purpose = Text(required=True)
    above = Text(required=True)
    below = Text(required=True)
    open = Text(required=True)
    few = Text(required=True)
    suppressed = Text(required=True)
    no_null = Text(required=True)
    control_held = Text(required=True)
    control_failed = Text(required=True)
    controls_failed = Text(required=True)
    controls_unknown = Text(required=True)
    published = Text(required=True)
    no_cramps = Text(required=True)
    limits = Many(Text(), required=True, at_least=1, unique=True)


class MethodSchema(Strict):
    """A `[[method]]`: where a part of the method comes from, and what of it was read."""

    makes = Method
    text = Text(required=True)
    identifier = Text(required=True)
    status = OneOf(Status, required=True)
    seen = Text(required=True)


class SignalFileSchema(Strict):
    """The whole file, without its review."""

    outcome = fields.Nested(OutcomeSchema, required=True, error_messages=_MISSING)
    groups = Many(fields.Nested(SignalGroupSchema), required=True, at_least=1, data_key="group")
    wording = fields.Nested(WordingSchema, required=True, error_messages=_MISSING)
    method = Many(fields.Nested(MethodSchema), required=True, at_least=1)
