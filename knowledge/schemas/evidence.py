"""Where statements come from: citations, claims, sources, and the review block of a file."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from knowledge.identifiers import identifier
from knowledge.model import Citation, Claim, Source, SourceAttribute, Status
from knowledge.review import AWAITING, REVIEWED, Review
from knowledge.schemas.base import Strict
from knowledge.schemas.fields import Day, Many, OneOf, Text, Whole
from knowledge.signoff import digest_complaint, is_author

CLAIM_KINDS = ("signal", "mechanism", "label-rate", "guard", "identity")
ANSWERS = ("stated", "none", "used", "not-used")
SOURCE_KINDS = (
    "study",
    "label",
    "guideline",
    "regulator",
    "reference",
    "dataset",
    "design-choice",
    "recall",
)


class CitationSchema(Strict):
    """`{ source = "garrison-2012", locator = "table 2" }`."""

    makes = Citation
    source = Text(required=True)
    locator = Text(required=True)


def citations(**kwargs: Any) -> Many:
    """A list of citations; whether one is needed is for the cross-file checks to say."""
    return Many(fields.Nested(CitationSchema), load_default=(), **kwargs)


class ClaimSchema(Strict):
    """A sentence of evidence."""

    makes = Claim
    kind = OneOf(CLAIM_KINDS, required=True)
    text = Text(required=True)
    status = OneOf(Status, required=True)
    sources = citations()


class SourceSchema(Strict):
    """A publication, label or dataset."""

    makes = Source
    id = Text(required=True, check=identifier)
    title = Text(required=True)
    kind = OneOf(SOURCE_KINDS, required=True)
    identifier = Text(blank=True)
    url = Text(blank=True)
    year = Whole()


class SourceAttributeSchema(Strict):
    """One of the thirteen source attributes; what is not known is answered "none"."""

    makes = SourceAttribute
    id = Text(required=True, check=identifier)
    paragraph = Whole(required=True)
    name = Text(required=True)
    answer = OneOf(ANSWERS, required=True)
    text = Text(required=True)
    sources = citations()


class ReviewSchema(Strict):
    """The review block. Whether it is overdue is asked of a date, and never stops loading."""

    makes = Review
    status = OneOf((AWAITING, REVIEWED), required=True)
    authored_by = Text(required=True)
    authored = Day(required=True)
    reviewed_by = Text(blank=True, required=True)
    credentials = Text(blank=True)
    reviewed = Day()
    next_review = Day(required=True)
    digest = Text(check=digest_complaint)

    @validates_schema
    def agree(self, data: dict[str, Any], **_: Any) -> None:
        """The parts of a review must not contradict each other."""
        faults = {**_of_status(data), **_of_people_and_days(data)}
        if faults:
            raise ValidationError(faults)


def _of_status(data: dict[str, Any]) -> dict[str, list[str]]:
    """What the status asks for, and what it does not bear."""
    by, status = data.get("reviewed_by", ""), data.get("status")
    signed = [key for key in ("credentials", "reviewed", "digest") if data.get(key)]
    if status == AWAITING and (by or signed):
        return {"status": ["says awaiting-review although a review is given"]}
    faults: dict[str, list[str]] = {}
    if status == REVIEWED and not by:
        faults["reviewed_by"] = ["is empty although the status says reviewed"]
    if status == REVIEWED and "reviewed" not in data:
        faults["reviewed"] = ["is missing: give the date of the review"]
    if status == REVIEWED and "digest" not in data:
        faults["digest"] = ["is missing: a file is signed with `crampcheck knowledge review`"]
    return faults


def _of_people_and_days(data: dict[str, Any]) -> dict[str, list[str]]:
    faults: dict[str, list[str]] = {}
    if is_author(data.get("reviewed_by", ""), data.get("authored_by", "")):
        faults["reviewed_by"] = ["is the author; somebody else must review the file"]
    if "reviewed" in data and "authored" in data and data["reviewed"] < data["authored"]:
        faults["reviewed"] = ["is before the day the file was authored"]
    if "reviewed" in data and "next_review" in data and data["next_review"] <= data["reviewed"]:
        faults["next_review"] = ["is not after the day of the review"]
    return faults
