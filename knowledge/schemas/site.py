"""The shape of a site overlay: every change has a name, a reason and a date.

What has no table here cannot be changed by a site: no mitigation, guard rail, term, group, drug or
cut, and no sentence.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, validates_schema
from msgspec import Struct

from knowledge.identifiers import CODE_SYSTEMS, code_of, identifier, loinc
from knowledge.model import Level, RouteClass
from knowledge.schemas.base import Strict
from knowledge.schemas.fields import Day, Flag, Many, Number, OneOf, Text
from knowledge.schemas.policy import LevelField

LOINC = "loinc"
_LOINC_ADDRESSES = ("loinc.org", "2.16.840.1.113883.6.1")
_PAIR = 2


class Signed(Struct, frozen=True, kw_only=True):
    """Who changed something, why and when."""

    by: str
    reason: str
    date: date


class About(Struct, frozen=True):
    """Whose overlay it is."""

    id: str
    label: str


class JurisdictionChange(Signed, frozen=True):
    """Whose labels decide."""

    value: str


class LabCodeChange(Signed, frozen=True):
    """A code under which the site sends a lab."""

    lab: str
    code: str
    name: str
    system: str
    specimen: str = ""
    trusted: tuple[Decimal, Decimal] | None = None


class OrderCodeChange(Signed, frozen=True):
    """A code under which the site orders a lab."""

    lab: str
    code: str
    name: str
    system: str


class DrugCodeChange(Signed, frozen=True):
    """A code under which the site sends a drug or product."""

    ingredients: tuple[str, ...]
    code: str
    name: str
    system: str
    route: RouteClass | None = None


class RuleChange(Signed, frozen=True):
    """A rule that the site switches off, or whose level it changes."""

    id: str
    off: bool = False
    level: Level | None = None
    acknowledge_critical: bool = False


def _shown(text: str) -> str:
    if set(text) & set("{}"):
        return "holds a brace, which stands for a placeholder in a sentence"
    return _one_line(text)


def _one_line(text: str) -> str:
    return "" if text.isprintable() else "must be one line of text that can be shown"


def _system(text: str) -> str:
    """A system of ours by its short name, or the site's own by its URI."""
    plain = text.casefold().rstrip("/")
    if (plain == LOINC != text) or plain.endswith(_LOINC_ADDRESSES):
        return f"is LOINC by its address; write {LOINC}"
    if text in (LOINC, *CODE_SYSTEMS) or (":" in text and " " not in text):
        return ""
    return (
        f'"{text}" is no code system: write {LOINC}, {", ".join(CODE_SYSTEMS)}, or the URI of '
        "your own, such as urn:oid:..."
    )


class SignedSchema(Strict):
    """The keys that every change has."""

    by = Text(required=True, check=_one_line)
    reason = Text(required=True, check=_shown)
    date = Day(required=True)


class AboutSchema(Strict):
    """The `[overlay]` of an overlay, once in its files."""

    makes = About
    id = Text(required=True, check=identifier)
    label = Text(required=True, check=_shown)


class JurisdictionChangeSchema(SignedSchema):
    """The `[jurisdiction]` of a site."""

    makes = JurisdictionChange
    value = Text(required=True)


class LabCodeChangeSchema(SignedSchema):
    """A `[[lab_code]]`."""

    makes = LabCodeChange
    lab = Text(required=True)
    system = Text(load_default=LOINC, check=_system)
    code = Text(required=True, check=_one_line)
    name = Text(required=True, check=_one_line)
    specimen = Text(blank=True)
    trusted = Many(Number())

    @validates_schema(skip_on_field_errors=False)
    def written_as_a_code(self, data: dict[str, Any], **_: Any) -> None:
        """A LOINC code has its check digit."""
        code = data.get("code", "")
        if code and data.get("system") == LOINC and (complaint := loinc(code)):
            raise ValidationError(complaint, "code")

    @validates_schema(skip_on_field_errors=False)
    def trusted_is_a_range(self, data: dict[str, Any], **_: Any) -> None:
        """A trusted range has its lower limit first."""
        limits = data.get("trusted")
        if limits is not None and (len(limits) != _PAIR or limits[0] >= limits[1]):
            raise ValidationError("must be two numbers, the lower first", "trusted")


class OrderCodeChangeSchema(SignedSchema):
    """An `[[order_code]]`."""

    makes = OrderCodeChange
    lab = Text(required=True)
    system = Text(required=True, check=_system)
    code = Text(required=True, check=_one_line)
    name = Text(required=True, check=_one_line)


class DrugCodeChangeSchema(SignedSchema):
    """A `[[drug_code]]`."""

    makes = DrugCodeChange
    ingredients = Many(Text(), required=True, at_least=1, unique=True)
    system = Text(required=True, check=_system)
    code = Text(required=True, check=_one_line)
    name = Text(required=True, check=_one_line)
    route = OneOf(RouteClass)

    @validates_schema(skip_on_field_errors=False)
    def written_as_a_code(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse what cannot be a code of its system."""
        system, code = data.get("system", ""), data.get("code", "")
        if code and system in CODE_SYSTEMS and (complaint := code_of(system, code)):
            raise ValidationError(complaint, "code")


class RuleChangeSchema(SignedSchema):
    """A `[[rule]]` of an overlay: `off = true`, or another `level`."""

    makes = RuleChange
    id = Text(required=True)
    off = Flag()
    level = LevelField()
    acknowledge_critical = Flag()

    @validates_schema
    def one_of_the_two(self, data: dict[str, Any], **_: Any) -> None:
        """Off, or a level."""
        if bool(data.get("off")) == ("level" in data):
            raise ValidationError("needs either off = true or a level")
