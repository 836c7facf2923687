"""Drugs: groups, ingredients, products and mechanisms."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from knowledge.identifiers import CODE_SYSTEMS, code_of, identifier
from knowledge.model import (
    Code,
    IngredientMechanism,
    Mechanism,
    Product,
    RouteClass,
    Status,
    Tier,
)
from knowledge.schemas.base import Strict
from knowledge.schemas.evidence import ClaimSchema, citations
from knowledge.schemas.fields import Facts, Flag, Many, OneOf, Text, Whole


def lower_case(text: str) -> str:
    """Names that records are matched against are kept in lower case."""
    return "" if text == text.lower() else f'"{text}" must be in lower case'


class CodeSchema(Strict):
    """A code of an ingredient."""

    makes = Code
    system = OneOf(CODE_SYSTEMS, required=True)
    code = Text(required=True)
    status = OneOf(Status, required=True)
    source = Text(required=True)

    @validates_schema
    def written_as_a_code(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse what cannot be a code of its system."""
        if complaint := code_of(data["system"], data["code"]):
            raise ValidationError(complaint, "code")


class MechanismOfIngredientSchema(Strict):
    """`{ id = "potassium-loss", status = "verified" }`."""

    makes = IngredientMechanism
    id = Text(required=True)
    status = OneOf(Status, required=True)


class IngredientSchema(Strict):
    """One active ingredient. Its group, file and inherited claims are added when files meet."""

    name = Text(required=True, check=lower_case)
    inn = Text(required=True, check=lower_case)
    tier = OneOf(Tier, required=True)
    tier_status = OneOf(Status, required=True)
    evidence = OneOf(("own", "class"), required=True)
    mechanisms = Many(fields.Nested(MechanismOfIngredientSchema), load_default=(), unique=True)
    synonyms = Many(Text(check=lower_case), load_default=(), unique=True)
    salts = Many(Text(check=lower_case), load_default=(), unique=True)
    brands = Many(Text(), load_default=(), unique=True)
    default_route = OneOf(RouteClass)
    codes = Many(fields.Nested(CodeSchema), load_default=(), unique=True)
    claims = Many(fields.Nested(ClaimSchema), load_default=(), data_key="claim")


class DrugGroupSchema(Strict):
    """The `[group]` of an ingredient file."""

    id = Text(required=True, check=identifier)
    label = Text(required=True)
    rank = Whole(load_default=0)
    default_route = OneOf(RouteClass, required=True)
    never_propose = Flag(load_default=False)
    claims = Many(fields.Nested(ClaimSchema), load_default=(), data_key="claim")


class UnionGroupSchema(Strict):
    """A group of groups.toml: a name for other groups and ingredients together."""

    id = Text(required=True, check=identifier)
    label = Text(required=True)
    rank = Whole(load_default=0)
    members = Many(Text(), required=True, at_least=1, unique=True)
    never_propose = Flag(load_default=False)
    never_stopped = Flag(load_default=False)


class ProductSchema(Strict):
    """A brand and what is in it."""

    makes = Product
    name = Text(required=True)
    ingredients = Many(Text(check=lower_case), required=True, at_least=1, unique=True)
    route = OneOf(RouteClass, required=True)
    status = OneOf(Status, required=True)
    source = Text(required=True)


class MechanismSchema(Strict):
    """How a drug can lead to cramps."""

    makes = Mechanism
    id = Text(required=True, check=identifier)
    label = Text(required=True)
    analyte = Text(blank=True)
    abnormal = Facts(load_default=())
    clinical = Flag(load_default=False)
    sources = citations()
