"""Assessments to make cards of, and the cards, held to the schema of the protocol."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import msgspec

from knowledge.model import (
    ClinicalCondition,
    Group,
    Ingredient,
    Knowledge,
    Lab,
    Level,
    Mitigation,
    RouteClass,
    Source,
    Status,
    Term,
    Tier,
)
from knowledge.review import FileReview, Review
from knowledge.terminology.concept import Match
from plugin.cards import cards_for
from plugin.model import (
    Assessment,
    EntryKind,
    Evidence,
    Finding,
    ListedMedication,
    Offered,
    Unread,
    UnreadReason,
    Withheld,
)

SCHEMA = Path(__file__).parents[3] / "shared/protocol/cds-hooks-response.schema.json"


def mitigation(id_: str, text: str) -> Mitigation:
    """A mitigation of which only the text matters here."""
    return Mitigation(id_, "lab", text, (), False, (), (), (), ())


def review(status: str) -> FileReview:
    """The review block of a file."""
    return FileReview("rules.toml", Review(status, "Maintainers", date(2026, 11, 22)))


def knowledge_with(*reviews: FileReview) -> Knowledge:
    """A small knowledge with labels to speak with."""
    hctz = Ingredient(
        "hydrochlorothiazide", "hydrochlorothiazide", "thiazide", Tier.ALONE, Status.VERIFIED,
        "own", (), (), (), (), (), RouteClass.ORAL, (), "thiazide.toml",
    )  # fmt: skip
    return Knowledge(
        version="2026.11",
        ingredients={"hydrochlorothiazide": hctz},
        groups={"mra": Group("mra", "mineralocorticoid receptor antagonists", 0, frozenset())},
        mechanisms={},
        products=(),
        labs={"potassium": Lab("potassium", "potassium", "mmol/L", (), (), ())},
        conditions={"dialysis": ClinicalCondition("dialysis", "dialysis", False, (), ())},
        constants={},
        terms={"cramp": Term("cramp", "muscle cramps", ())},
        rules=(),
        mitigations={"potassium": mitigation("potassium", "Consider potassium replacement.")},
        interactions=(),
        sources={"garrison-2012": Source("garrison-2012", "Garrison et al. 2012", "study")},
        reviews=reviews,
    )


KNOWLEDGE = knowledge_with(review("awaiting-review"))
FINDING = Finding(
    rule="low-potassium",
    level=Level.WARNING,
    ingredients=("hydrochlorothiazide",),
    partners=(),
    summary="Hydrochlorothiazide with potassium 3.3 mmol/L (2026-10-25): low",
    because=(
        Evidence("potassium<3.5", "Observation/o1", 3.3, "mmol/L", "2026-10-25"),
        Evidence("takes:hydrochlorothiazide", "MedicationRequest/m1"),
    ),
    mitigations=("recheck",),
    sources=("garrison-2012",),
    notes=("the class effect is not proven for this drug",),
)
QUIET = Assessment(
    patient="Patient/p1",
    as_of=date(2026, 11, 1),
    knowledge_version="2026.11",
    level=Level.NONE,
    medications=(),
    findings=(),
    mitigations=(),
    withheld=(),
    unread=(),
)
FOUND = msgspec.structs.replace(
    QUIET,
    level=Level.WARNING,
    findings=(FINDING,),
    medications=(
        ListedMedication(
            "MedicationRequest/m1", "HCTZ 25mg", True, ("hydrochlorothiazide",), Match.TEXT
        ),
    ),
    mitigations=(Offered("recheck", "lab", "Repeat potassium in one to two weeks."),),
    withheld=(
        Withheld("potassium", (Evidence("has:dialysis", "Condition/c1", date="2025-01-02"),)),
    ),
    also=("amlodipine",),
)


def unread(reason: UnreadReason, kind: EntryKind, **more: Any) -> Unread:
    """An entry that was not read."""
    return Unread(
        reference="MedicationRequest/m9", text="blue pill", reason=reason, kind=kind, **more
    )


PILL = unread(UnreadReason.NO_DRUG_NAMED, EntryKind.MEDICATIONS)
NO_LABS = Unread(
    "prefetch potassium", "potassium", UnreadReason.NOT_SENT, EntryKind.LABS, analyte="potassium"
)


def cards(assessment: Assessment, knowledge: Knowledge = KNOWLEDGE) -> list[dict[str, Any]]:
    """The cards, held to the schema of the protocol where that is at hand."""
    made = cards_for(assessment, knowledge)
    if SCHEMA.exists():
        jsonschema.validate({"cards": made}, json.loads(SCHEMA.read_bytes()))
    return made


def with_unread(assessment: Assessment, *entries: Unread) -> Assessment:
    """The same with entries that were not read."""
    return msgspec.structs.replace(assessment, unread=entries)
