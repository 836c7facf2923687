"""What is said and when: terms, rules, mitigations and the interaction table."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from knowledge.identifiers import identifier
from knowledge.model import (
    CARE,
    CAUTION,
    CONTRAINDICATED,
    DOSE_CAP,
    NO_INTERACTION,
    Adjustment,
    Example,
    Interaction,
    Level,
    Mitigation,
    Note,
    Raise,
    Rule,
    Status,
    Term,
)
from knowledge.schemas.base import Strict, maker
from knowledge.schemas.evidence import citations
from knowledge.schemas.fields import (
    AnyOfFacts,
    Facts,
    Flag,
    Many,
    Number,
    OneOf,
    Text,
    fact_text,
    partner_complaint,
)
from knowledge.schemas.placeholders import placeholder_complaint
from knowledge.vocabulary import Condition

LEVELS = (Level.INFO.value, Level.WARNING.value, Level.CRITICAL.value)
MITIGATION_KINDS = (
    "lab",
    "test",
    "replacement",
    "review",
    "assessment",
    "context",
    "referral",
    "counsel",
    CARE,
)
EFFECTS = (CONTRAINDICATED, DOSE_CAP, CAUTION, NO_INTERACTION)


class LevelField(OneOf):
    """A level that a rule may say: info, warning or critical."""

    def __init__(self, **kwargs: Any) -> None:
        """Takes what every field takes."""
        super().__init__(LEVELS, **kwargs)

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Level:
        return Level(super()._deserialize(value, *args, **kwargs))


def _term(**data: Any) -> Term:
    condition: Condition = data.get("all") or (tuple(clause[0] for clause in data["any"]),)
    return Term(name=data["id"], label=data["label"], condition=condition)


class TermSchema(Strict):
    """A named combination: `any` of a list, or `all` of it."""

    makes = maker(_term)
    id = Text(required=True, check=identifier)
    label = Text(required=True)
    any = AnyOfFacts()
    all = Facts()

    @validates_schema
    def one_of_the_two(self, data: dict[str, Any], **_: Any) -> None:
        """`any` or `all`, and not empty."""
        if len([key for key in ("any", "all") if data.get(key)]) != 1:
            raise ValidationError("needs either any = [...] or all = [...], not empty")


class RaiseSchema(Strict):
    """A higher level, and when."""

    makes = Raise
    to = LevelField(required=True)
    when = Facts(required=True)


class NoteSchema(Strict):
    """A sentence added to a finding."""

    makes = Note
    when = Facts(load_default=())
    text = Text(required=True, check=placeholder_complaint)


class ExampleSchema(Strict):
    """Facts over which a rule fires, or narrowly does not."""

    makes = Example
    drug = Text(required=True)
    partner = Text(blank=True, data_key="with")
    facts = Many(fact_text(), required=True, unique=True)
    fires = Flag(required=True)
    level = LevelField()

    @validates_schema
    def level_only_where_it_fires(self, data: dict[str, Any], **_: Any) -> None:
        """A rule that does not fire has no level."""
        if data.get("fires") is False and "level" in data:
            raise ValidationError("is given although the example does not fire", "level")


def _rule(**data: Any) -> Rule:
    return Rule(file="", **data)


class RuleSchema(Strict):
    """One rule. Its file is added when files meet."""

    makes = maker(_rule)
    id = Text(required=True, check=identifier)
    rows = Many(Text(), required=True, at_least=1, unique=True)
    drug = Text(required=True)
    when = Facts(load_default=())
    unless = AnyOfFacts(load_default=())
    partner = Text(blank=True, load_default="", data_key="with", check=partner_complaint)
    also = Text(blank=True, load_default="")
    level = LevelField(required=True)
    raises = Many(fields.Nested(RaiseSchema), load_default=(), data_key="raise")
    replaces = Many(Text(), load_default=(), unique=True)
    covers = Many(Text(), load_default=(), unique=True)
    yields_to = Many(Text(), load_default=(), unique=True)
    summary = Text(required=True, check=placeholder_complaint)
    notes = Many(fields.Nested(NoteSchema), load_default=())
    suggest = Many(Text(), load_default=(), unique=True)
    sources = citations()
    examples = Many(fields.Nested(ExampleSchema), load_default=(), data_key="example")


class AdjustmentSchema(Strict):
    """What else to offer or say beside a mitigation."""

    makes = Adjustment
    when = Facts(required=True)
    add = Many(Text(), load_default=(), unique=True)
    text = Text(blank=True, check=placeholder_complaint)

    @validates_schema
    def adjusts_something(self, data: dict[str, Any], **_: Any) -> None:
        """An adjustment that adds nothing is a slip."""
        if not data.get("add") and not data.get("text"):
            raise ValidationError("adds neither a mitigation (add) nor a sentence (text)")


class MitigationSchema(Strict):
    """An option for the clinician, with its guard rails."""

    makes = Mitigation
    id = Text(required=True, check=identifier)
    kind = OneOf(MITIGATION_KINDS, required=True)
    text = Text(required=True, check=placeholder_complaint)
    proposes = Many(Text(), load_default=(), unique=True)
    leads_to = Many(Text(), load_default=(), unique=True)
    warns_of = Many(Text(), load_default=(), unique=True)
    can_harm = Flag(load_default=False)
    unprompted = Flag(load_default=False)
    offer_when = Facts(load_default=())
    withhold_when = Many(Facts(), load_default=())
    adjust = Many(fields.Nested(AdjustmentSchema), load_default=())
    orders = Many(Text(), load_default=(), unique=True)
    repeats = Many(Text(), load_default=(), unique=True)
    sources = citations()


class InteractionSchema(Strict):
    """One row of the interaction table."""

    makes = Interaction
    id = Text(required=True, check=identifier)
    drug = Text(required=True)
    partners = Many(Text(), load_default=(), unique=True, data_key="with")
    effect = OneOf(EFFECTS, required=True)
    cap_mg = Number(load_default=None)
    level = LevelField(load_default=Level.NONE)
    critical_with_symptom = Flag(load_default=False)
    jurisdictions = Many(Text(), required=True, at_least=1, unique=True)
    when = Facts(load_default=())
    unless = AnyOfFacts(load_default=())
    partner_from_mg = Number(load_default=None)
    start_mg = Number(load_default=None)
    text = Text(load_default="")
    not_read = Text(load_default="")
    status = OneOf(Status, required=True)
    sources = citations()

    @validates_schema
    def a_cap_has_a_dose(self, data: dict[str, Any], **_: Any) -> None:
        """A dose cap has its mg a day, nothing else has."""
        capped = data["effect"] == DOSE_CAP
        if capped and not data["cap_mg"]:
            raise ValidationError("is missing: a dose cap is in mg a day", "cap_mg")
        if not capped and data["cap_mg"] is not None:
            raise ValidationError(f"is given although the effect is {data['effect']}", "cap_mg")

    @validates_schema
    def a_level_that_fits(self, data: dict[str, Any], **_: Any) -> None:
        """Every row that acts has a level; care is never critical, and no interaction has none."""
        harmless = data["effect"] == NO_INTERACTION
        if harmless != (data["level"] is Level.NONE):
            fault = "is given although there is no interaction" if harmless else "is missing"
            raise ValidationError(fault, "level")
        if data["effect"] == CAUTION and data["level"] is Level.CRITICAL:
            raise ValidationError("of a caution can be info or warning", "level")

    @validates_schema
    def words_where_they_are_needed(self, data: dict[str, Any], **_: Any) -> None:
        """What is neither forbidden nor capped says nothing without a sentence."""
        if data["effect"] in (CAUTION, NO_INTERACTION) and not data["text"]:
            raise ValidationError(f"is missing: an effect of {data['effect']} needs it", "text")

    @validates_schema
    def a_dose_of_one_partner(self, data: dict[str, Any], **_: Any) -> None:
        """The partner's dose is of the one partner that there is."""
        if data["partner_from_mg"] is not None and len(data["partners"]) != 1:
            raise ValidationError("needs exactly one partner in `with`", "partner_from_mg")
