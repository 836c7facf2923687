"""The reference table of statin interactions, read a second time and without our own code."""

from __future__ import annotations

import csv
import re
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import pytest

REFERENCE = Path(__file__).parents[3] / "shared/reference/statin_interactions.csv"

PROTEASE_INHIBITORS = (
    "amprenavir", "atazanavir", "darunavir", "fosamprenavir", "indinavir", "lopinavir",
    "nelfinavir", "ritonavir", "saquinavir", "tipranavir",
)  # fmt: skip
OTHER_FIBRATES = ("bezafibrate", "ciprofibrate", "clofibrate", "etofibrate")
# Perpetrators that stand for several drugs, or for one by another name.
SEVERAL = {
    "ritonavir (any HIV PI)": [{name} for name in PROTEASE_INHIBITORS],
    "fenofibrate / other fibrates": [
        {"fenofibrate"},
        {"fenofibric acid"},
        *({name} for name in OTHER_FIBRATES),
    ],
    "teriflunomide/leflunomide": [{"teriflunomide"}, {"leflunomide"}],
    "fusidic acid (systemic)": [{"fusidic acid"}],
    "fosamprenavir(+/-ritonavir)": [{"fosamprenavir"}],
    "niacin >=1 g/day": [{"niacin"}],
    "grapefruit juice >1.2 L/day": [{"grapefruit juice"}],
}
# Read in one page only, and that page was written by a machine: not taken for a source here.
NOT_A_SOURCE = {("darolutamide", "rosuvastatin")}


class Line(NamedTuple):
    """A line of the reference, in the terms of the interaction table."""

    perpetrator: str
    statin: str
    partners: list[frozenset[str]]
    effect: str
    cap: Decimal | None
    level: str
    places: frozenset[str]
    recalled: bool
    found_in_part: bool
    symptom: bool
    start: Decimal | None
    from_mg: Decimal | None
    sentence: str

    @property
    def alone(self) -> bool:
        return self.perpetrator.startswith("(none)")


def lines() -> list[Line]:
    """Every line of the table; skips the test where it is not beside the checkout."""
    if not REFERENCE.exists():
        pytest.skip("the reference table is not beside this checkout")
    with REFERENCE.open(newline="") as file:
        return [_line(row) for row in csv.DictReader(file)]


def _line(row: dict[str, str]) -> Line:
    who, statin, said = row["perpetrator"], row["statin"], row["effect"]
    number = re.match(r"\d+", row["max_statin_mg_per_day"])
    cap = Decimal(number[0]) if number else None
    level = row["card_indicator"].split()[0]
    start = re.search(r"start (\d+)", said)
    recalled = cap is not None and "RECALL" in row["status"]
    return Line(
        perpetrator=who,
        statin=statin,
        partners=_partners(who),
        effect=_effect(cap, level),
        cap=cap or None,
        level=level,
        places=_places(said),
        recalled=recalled or (who, statin) in NOT_A_SOURCE,
        found_in_part="VERIFIED" in row["status"],
        symptom="and muscle symptoms" in row["card_indicator"],
        start=Decimal(start[1]) if start else None,
        from_mg=Decimal(1000) if ">=1 g/day" in who else None,
        sentence=said,
    )


def _effect(cap: Decimal | None, level: str) -> str:
    if level == "none":
        return "none"
    if cap is None:
        return "caution"
    return "dose-cap" if cap else "contraindicated"


def _partners(who: str) -> list[frozenset[str]]:
    if who.startswith("(none)"):
        return [frozenset()]
    return [frozenset(names) for names in SEVERAL.get(who, [set(who.split("+"))])]


def _places(said: str) -> frozenset[str]:
    if said.startswith("EU/UK:"):
        return frozenset({"UK", "EU"})
    return frozenset({"EU"} if said.startswith("EU:") else {"US"})
