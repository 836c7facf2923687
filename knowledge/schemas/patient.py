"""What a record is read against: labs, conditions, constants of formulas."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from knowledge.identifiers import icd10cm, identifier, loinc, snomed
from knowledge.model import (
    ClinicalCondition,
    ConditionCode,
    Constant,
    Lab,
    LabCode,
    LabUnit,
    Status,
)
from knowledge.schemas.base import Strict, maker
from knowledge.schemas.drugs import lower_case
from knowledge.schemas.evidence import citations
from knowledge.schemas.fields import Flag, Many, Number, OneOf, Text

_PAIR = 2


class LabCodeSchema(Strict):
    """A LOINC code of an analyte."""

    makes = LabCode
    loinc = Text(required=True, check=loinc)
    name = Text(required=True)
    status = OneOf(Status, required=True)
    specimen = Text(blank=True)
    trusted = Many(Number())
    already_corrected = Flag()

    @validates_schema
    def trusted_is_a_range(self, data: dict[str, Any], **_: Any) -> None:
        """A trusted range is two numbers, the lower first."""
        limits = data.get("trusted")
        if limits is not None and (len(limits) != _PAIR or limits[0] >= limits[1]):
            raise ValidationError("must be two numbers, the lower first", "trusted")


class LabUnitSchema(Strict):
    """A unit that results come in."""

    makes = LabUnit
    spellings = Many(Text(), required=True, at_least=1, unique=True)
    factor = Number(required=True)

    @validates_schema
    def factor_is_positive(self, data: dict[str, Any], **_: Any) -> None:
        """A factor of nothing or less converts nothing."""
        if data["factor"] <= 0:
            raise ValidationError("must be above 0", "factor")


class LabSchema(Strict):
    """An analyte."""

    makes = Lab
    id = Text(required=True, check=identifier)
    label = Text(required=True)
    unit = Text(required=True)
    codes = Many(fields.Nested(LabCodeSchema), required=True, at_least=1, data_key="code")
    units = Many(fields.Nested(LabUnitSchema), required=True, at_least=1, data_key="units")
    cuts = Many(Number(), load_default=(), unique=True)
    multiple_of_upper_limit = Flag()
    default_upper_limit = Number()
    order_loinc = Text(blank=True)
    answered_by = Many(Text(check=identifier), load_default=(), unique=True)
    sources = citations()


class ConstantSchema(Strict):
    """A number of a formula or a window."""

    makes = Constant
    id = Text(required=True, check=identifier)
    value = Number(required=True)
    unit = Text(required=True, blank=True)
    text = Text(required=True)
    sources = citations()


class _IcdSchema(Strict):
    code = Text(required=True, check=icd10cm)
    status = OneOf(Status, required=True)


class _SnomedSchema(Strict):
    code = Text(required=True, check=snomed)
    status = OneOf(Status, required=True)


def _condition(
    *,
    icd10cm: tuple[dict[str, Any], ...],
    snomed: tuple[dict[str, Any], ...],
    **data: Any,
) -> ClinicalCondition:
    codes = [ConditionCode("icd10cm", **code) for code in icd10cm]
    codes += [ConditionCode("snomed", **code) for code in snomed]
    return ClinicalCondition(codes=tuple(codes), **data)


class ConditionSchema(Strict):
    """A condition that rules may name."""

    makes = maker(_condition)
    id = Text(required=True, check=identifier)
    label = Text(required=True)
    symptom = Flag(load_default=False)
    icd10cm = Many(fields.Nested(_IcdSchema), load_default=(), unique=True)
    snomed = Many(fields.Nested(_SnomedSchema), load_default=(), unique=True)
    texts = Many(Text(check=lower_case), load_default=(), unique=True)
    reason_for = Many(Text(), load_default=(), unique=True)
    sources = citations()
