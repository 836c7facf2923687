"""A patient's chart in a few plain words, as the guard-rail tests write it.

A chart is a sum of fragments: a result, a drug, a condition, a list that was not sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

TODAY = date(2026, 11, 1)
BORN = date(1960, 1, 1)  # 66 years old
NO_DRUG_NAMED = "the small white one"


@dataclass(frozen=True)
class Lab:
    """One result. A word in `value` makes it one that nobody can read."""

    analyte: str
    value: str
    days: int = 1  # before the day of assessment
    unit: str = ""  # the usual one if empty
    sign: str = ""  # < or >
    sample: str = "serum"  # or haemolysed, or whole blood
    limit: str = ""  # a creatine kinase's own upper limit

    def __str__(self) -> str:
        limit = f" of {self.limit}" if self.limit else ""
        sample = "" if self.sample == "serum" else f", {self.sample}"
        number = f"{self.sign}{self.value}{limit} {self.unit}".rstrip()
        return f"{self.analyte} {number} ({self.days} d{sample})"


@dataclass(frozen=True)
class Drug:
    """One entry of the medication list; `state` is its FHIR status."""

    name: str
    state: str = "active"
    route: str = ""
    mg: int = 0  # one tablet a day of that strength; nothing is said of a dose if 0

    def __str__(self) -> str:
        words = (self.name, f"{self.mg} mg" if self.mg else "", self.route, self.state)
        return " ".join(word for word in words if word not in ("", "active"))


@dataclass(frozen=True)
class Illness:
    """One condition: active, resolved, or refuted."""

    name: str
    state: str = "active"

    def __str__(self) -> str:
        return self.name if self.state == "active" else f"{self.name} ({self.state})"


@dataclass(frozen=True)
class Chart:
    """What is on file."""

    labs: tuple[Lab, ...] = ()
    drugs: tuple[Drug, ...] = ()
    illnesses: tuple[Illness, ...] = ()
    problems_sent: bool = True

    def __add__(self, other: Chart) -> Chart:
        return Chart(
            self.labs + other.labs,
            self.drugs + other.drugs,
            self.illnesses + other.illnesses,
            self.problems_sent and other.problems_sent,
        )

    def __str__(self) -> str:
        problems = () if self.problems_sent else ("problem list not sent",)
        return "; ".join(map(str, (*self.drugs, *self.illnesses, *self.labs, *problems)))


NOTHING = Chart()
PROBLEMS_NOT_SENT = Chart(problems_sent=False)


def lab(analyte: str, value: str, days: int = 1, **more: str) -> Chart:
    """A chart with one result."""
    return Chart(labs=(Lab(analyte, value, days, **more),))


def takes(*names: str, state: str = "active", route: str = "", mg: int = 0) -> Chart:
    """A chart with these drugs."""
    return Chart(drugs=tuple(Drug(name, state, route, mg) for name in names))


def has(*names: str, state: str = "active") -> Chart:
    """A chart with these conditions."""
    return Chart(illnesses=tuple(Illness(name, state) for name in names))
