"""A very small knowledge and hand-made records, to try one fact or one guard rail at a time.

The drugs bear real names so that a test reads well; what is said of them here is for the test only.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import msgspec

from knowledge.fact_text import parse_condition
from knowledge.model import (
    ClinicalCondition,
    Constant,
    Group,
    Ingredient,
    IngredientMechanism,
    Knowledge,
    Lab,
    Level,
    Mechanism,
    Mitigation,
    RouteClass,
    Rule,
    Status,
    Term,
    Tier,
)
from knowledge.terminology.concept import Match
from plugin.assess import Assessor
from plugin.model import (
    Assessment,
    DailyDose,
    EntryKind,
    Finding,
    LabResult,
    Medication,
    PatientRecord,
    Problem,
    Tally,
    Unread,
    UnreadReason,
)

TODAY = date(2026, 11, 1)


def _drug(name: str, group: str, tier: str, *mechanisms: str, **more: Any) -> Ingredient:
    return msgspec.structs.replace(
        Ingredient(
            name=name, inn=name, group=group, tier=Tier(tier), tier_status=Status.VERIFIED,
            evidence="own", codes=(), synonyms=(), salts=(), brands=(), claims=(), file="little",
            default_route=RouteClass.ORAL,
            mechanisms=tuple(IngredientMechanism(id_, Status.VERIFIED) for id_ in mechanisms),
        ),
        **more,
    )  # fmt: skip


def _group(id_: str, *members: str, rank: int = 0) -> Group:
    return Group(id=id_, label=id_, rank=rank, members=frozenset(members))


def _condition(id_: str, *, symptom: bool) -> ClinicalCondition:
    return ClinicalCondition(id_, id_, symptom, (), ())


def _lab(id_: str, *cuts: str, unit: str = "mmol/L") -> Lab:
    return Lab(id_, id_, unit, (), (), tuple(Decimal(cut) for cut in cuts))


LITTLE = Knowledge(
    version="little",
    ingredients={
        drug.name: drug
        for drug in (
            _drug("furosemide", "diuretic", "1", "potassium-loss", "dryness"),
            _drug("omeprazole", "ppi", "2", "magnesium-loss", "potassium-loss"),
            _drug("pindolol", "blocker", "2", "twitching", "magnesium-loss", evidence="class"),
            _drug("simvastatin", "statin", "1"),
            _drug("raloxifene", "other", "3"),
            _drug("amlodipine", "other", "0"),
            _drug("diltiazem", "other", "0"),
            _drug(
                "lovastatin", "statin", "1", tier_status=Status.UNCONFIRMED,
                mechanisms=(IngredientMechanism("potassium-loss", Status.UNCONFIRMED),),
            ),
        )
    },
    groups={
        group.id: group
        for group in (
            _group("diuretic", "furosemide", rank=120),
            _group("ppi", "omeprazole"),
            _group("blocker", "pindolol"),
            _group("statin", "simvastatin", "lovastatin", rank=116),
            _group("other", "raloxifene", "amlodipine", "diltiazem"),
        )
    },
    mechanisms={
        "potassium-loss": Mechanism(
            "potassium-loss", "potassium loss", "potassium", parse_condition(["potassium<3.5"])
        ),
        "magnesium-loss": Mechanism(
            "magnesium-loss", "magnesium loss", "magnesium", parse_condition(["magnesium<1.7"])
        ),
        "dryness": Mechanism("dryness", "volume depletion", clinical=True),
        "twitching": Mechanism("twitching", "excitable muscle", clinical=True),
    },
    products=(),
    labs={
        "potassium": _lab("potassium", "2.5", "3.0", "3.5", "5.0"),
        "magnesium": _lab("magnesium", "1.7", unit="mg/dL"),
        "egfr": _lab("egfr", "30", "60", unit="mL/min/{1.73_m2}"),
    },
    conditions={
        "muscle-cramp": _condition("muscle-cramp", symptom=True),
        "myalgia": _condition("myalgia", symptom=True),
        "falls": _condition("falls", symptom=True),
        "dialysis": _condition("dialysis", symptom=False),
    },
    constants={
        id_: Constant(id_, Decimal(value), "d", id_)
        for id_, value in {
            "current-result-days": 90,
            "recent-result-days": 30,
            "symptom-window-months": 12,
            "adult-age-years": 18,
        }.items()
    },
    terms={
        "muscle-symptom": Term(
            "muscle-symptom", "an ache", parse_condition([["has:muscle-cramp", "has:myalgia"]])
        ),
        "kidney-good": Term("kidney-good", "good kidneys", parse_condition(["egfr>=30"])),
    },
    rules=(),
    mitigations={},
    interactions=(),
    sources={},
    reviews=(),
)  # fmt: skip


def rule(*when: str | list[str], **more: Any) -> Rule:
    """A rule on any drug; `unless` and `raises` are given as texts."""
    fields: dict[str, Any] = {
        "id": "tried", "rows": (), "drug": "any", "unless": (), "partner": "", "level": Level.INFO,
        "raises": (), "replaces": (), "summary": "{drugs}", "notes": (), "suggest": (),
        "sources": (), "examples": (), "file": "little", "when": parse_condition(list(when)),
    }  # fmt: skip
    return Rule(**(fields | more))


def mitigation(id_: str, **more: Any) -> Mitigation:
    """A harmless mitigation without guards; conditions are given as texts."""
    fields: dict[str, Any] = {
        "id": id_, "kind": "review", "text": f"Text of {id_}.", "proposes": (), "can_harm": False,
        "offer_when": (), "withhold_when": (), "adjust": (), "sources": (),
    }  # fmt: skip
    texts = {key: more.pop(key) for key in ("offer_when", "withhold_when") if key in more}
    fields |= {"offer_when": parse_condition(texts.get("offer_when", []))}
    fields |= {"withhold_when": tuple(parse_condition(g) for g in texts.get("withhold_when", []))}
    return Mitigation(**(fields | more))


def knowing(*rules: Rule, mitigations: tuple[Mitigation, ...] = (), **more: Any) -> Knowledge:
    """The little knowledge with these rules, mitigations and tables."""
    named = {m.id: m for m in mitigations}
    return msgspec.structs.replace(LITTLE, rules=rules, mitigations=named, **more)


def record(**parts: Any) -> PatientRecord:
    """A record with nothing in it but these parts."""
    fields: dict[str, Any] = {
        "reference": "Patient/p", "birth_date": None, "deceased": False, "sex": "female",
        "medications": (), "dispenses": (), "labs": (), "problems": (), "reactions": (),
        "unread": (), "tally": Tally(0, 0, 0, 0, 0),
    }  # fmt: skip
    return PatientRecord(**(fields | parts))


def taking(*names: str, **more: Any) -> Medication:
    """One current entry; `mg` is the daily dose of its first ingredient."""
    mg = more.pop("mg", None)
    doses = (DailyDose(names[0], Decimal(mg)),) if mg is not None else ()
    fields: dict[str, Any] = {
        "reference": f"MedicationRequest/{names[0]}", "kind": "MedicationRequest",
        "text": names[0], "current": True, "why_not_current": "", "ingredients": names,
        "match": Match.TEXT, "route": RouteClass.ORAL, "doses": doses,
    }  # fmt: skip
    return Medication(**(fields | more))


def result(analyte: str, value: str, *, days: int = 1, clock: str = "", **more: Any) -> LabResult:
    """A result that many days before today; `>60` and `<2.0` are open ranges."""
    number = Decimal(value.lstrip("<>"))
    day = date.fromordinal(TODAY.toordinal() - days)
    instant = datetime.fromisoformat(f"{day}T{clock}").astimezone(UTC) if clock else None
    fields: dict[str, Any] = {
        "analyte": analyte, "reference": f"Observation/{analyte}", "value": number,
        "low": None if value.startswith("<") else number,
        "high": None if value.startswith(">") else number,
        "low_open": value.startswith(">"), "high_open": value.startswith("<"),
        "reported": value, "unit": LITTLE.labs[analyte].unit, "day": day, "instant": instant,
    }  # fmt: skip
    return LabResult(**(fields | more))


def problem(condition: str, **more: Any) -> Problem:
    """A condition on the problem list, without dates."""
    fields = {"reference": f"Condition/{condition}", "text": condition, "onset": None}
    return Problem(condition=condition, **(fields | {"recorded": None} | more))


def unread(kind: EntryKind, **more: Any) -> Unread:
    """An entry that could not be read."""
    fields: dict[str, Any] = {
        "reference": "Any/x", "text": "?", "reason": UnreadReason.MALFORMED, "kind": kind,
    }  # fmt: skip
    return Unread(**(fields | more))


def assessed(chart: PatientRecord, knowledge: Knowledge, as_of: date = TODAY) -> Assessment:
    """The answer of the heart."""
    return Assessor(knowledge).assess(chart, as_of)


def said(chart: PatientRecord, *facts: str | list[str], **more: Any) -> Finding | None:
    """What a rule of these facts says of the chart, or None where it does not fire."""
    findings = assessed(chart, knowing(rule(*facts, **more))).findings
    return findings[0] if findings else None
