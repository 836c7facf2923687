"""The smallest patient of whom a few facts hold, so that each rule and guard is met on purpose."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import product
from typing import Any

from tests.oracle.book import Book
from tests.oracle.sketch import Handed, Illegible, Illness, Med, Result, Sketch

TODAY = date(2026, 11, 1)
# Values that no rule minds, for what is only said to be recent, old or suspect.
NORMAL = {
    "potassium": "4.2", "magnesium": "2.0", "egfr": "80", "ck": "0.5", "sodium": "140",
    "tsh": "2", "calcium": "9.5", "ionised-calcium": "1.20", "vitamin-d": "30",
}  # fmt: skip
STEP = Decimal("0.01")


@dataclass
class Wanted:
    """What the facts ask of one laboratory test."""

    at_least: list[Decimal] = field(default_factory=list)
    below: list[Decimal] = field(default_factory=list)
    states: set[str] = field(default_factory=set)

    def value(self, analyte: str) -> Decimal:
        """A number between the cuts; the normal one where none is asked."""
        if self.at_least:
            return max(self.at_least)
        return min(self.below) - STEP if self.below else Decimal(NORMAL[analyte])


class Minimal:
    """Collects facts, one patient at a time; `sketch` is the patient."""

    def __init__(self, book: Book, drug: str) -> None:
        self.book = book
        self.drug = drug
        self.meds: dict[str, dict[str, Any]] = {drug: {}}
        self.wanted: dict[str, Wanted] = {}
        self.conditions: dict[str, None] = {}
        self.handed: list[Handed] = []
        self.illegible: list[Illegible] = []
        self.conditions_sent = True
        self.asked: set[str] = set()  # of the interaction table
        self.jurisdiction = "US"
        self.age = 66

    def add_all(self, items: list[Any], choose: int = 0) -> Minimal:
        """Add every item; of a one-of list, the one at that place, or the last."""
        for item in items:
            one = item if isinstance(item, str) else item[min(choose, len(item) - 1)]
            self.add(one)
        return self

    def add(self, text: str) -> None:
        """Make one fact hold. Raises LookupError for one that it cannot bring about."""
        head, _, tail = text.partition(":")
        if text in self.book.terms:
            term = self.book.terms[text]
            self.add_all([term["any"]] if "any" in term else term["all"])
        elif head == "drug":
            self._about_drug(tail)
        elif head == "has":
            self.conditions[tail] = None
        elif head == "takes":
            self._take(tail, 1)
        elif counted := re.fullmatch(r"count:(.+)>=(\d+)", text):
            self._take(counted[1], int(counted[2]))
        elif text == "unread:medications":
            self.illegible.append(Illegible("the small white one"))
        elif text == "unread:conditions":
            self.conditions_sent = False
        elif head == "interaction":
            self.asked.add(tail)
        elif aged := re.fullmatch(r"age(<|>=)(\d+)", text):
            self.age = int(aged[2]) - (aged[1] == "<")
        elif compared := re.fullmatch(r"([a-z-]+)(<|>=)([\d.]+)", text):
            wanted = self.wanted.setdefault(compared[1], Wanted())
            (wanted.below if compared[2] == "<" else wanted.at_least).append(Decimal(compared[3]))
        elif head in self.book.labs:
            self.wanted.setdefault(head, Wanted()).states.add(tail)
        else:
            raise LookupError(f"no patient can be made of {text}")

    def _take(self, selector: str, count: int) -> None:
        members = self.book.selected(selector)
        # By name, and alone where that will do: a partner should bring little else with it.
        for name in sorted(members - self.meds.keys()):
            if len(members & self.meds.keys()) >= count:
                return
            self.meds[name] = {}

    def _about_drug(self, text: str) -> None:
        med = self.meds[self.drug]
        key, _, value = text.partition("=")
        if key == "route":
            med["route"] = value
        elif text == "not-prescribed":
            med |= {"statement": True, "not_prescribed": True}
        elif within := re.fullmatch(r"taken-for>=(\d+)d", text):
            med["start"] = TODAY - timedelta(days=int(within[1]))
        elif packages := re.fullmatch(r"dispensed>=(\d+)/\d+mo", text):
            self.handed.append(Handed(self.drug, TODAY, int(packages[1])))
        elif text == "lab=abnormal":
            names = self.book.mechanisms_of(self.drug)
            shown = [self.book.mechanisms[name].get("abnormal") for name in names]
            self.add_all(next(items for items in shown if items))
        elif key not in ("group", "mechanism", "tier", "evidence", "lab"):
            raise LookupError(f"no patient can be made of drug:{text}")

    def _meet_rows(self) -> None:
        """Meet one row of the interaction table that says all that is asked, or a row for each."""
        if self._fitting(self.asked):
            self._meet_a_row(self.asked)
        else:
            for state in sorted(self.asked):
                self._meet_a_row({state})

    def _fitting(self, asked: set[str]) -> list[tuple[str, dict[str, Any]]]:
        return [
            (drug, row)
            for row in self.book.interactions
            for drug in self.meds
            if drug in self.book.selected(row["drug"]) and asked <= _can_say(row)
        ]

    def _meet_a_row(self, asked: set[str]) -> None:
        """Take, at the dose, what makes a row of the table say all of these."""
        fitting = self._fitting(asked)
        if not fitting:
            raise LookupError(f"no row of the table says {sorted(asked)} of {self.drug}")
        drug, row = min(fitting, key=lambda found: self._far(found[1]))
        if "US" not in row["jurisdictions"]:
            self.jurisdiction = row["jurisdictions"][0]
        for selector in row.get("with", []):
            self._take(selector, 1)
        self.add_all(row.get("when", []))
        said = {state.removeprefix("alone-") for state in asked}
        high = said & {"over-cap", "caution", "unconfirmed"}
        mg = 80 if high else int(row["cap_mg"]) if "at-cap" in said else 0
        self.meds[drug] |= {"mg": max(mg, self.meds[drug].get("mg", 0)), "route": "oral"}
        if "partner_from_mg" in row and "caution" in said:
            for name in self.book.selected(row["with"][0]) & self.meds.keys():
                self.meds[name] |= {"mg": int(row["partner_from_mg"]), "route": "oral"}

    def _far(self, row: dict[str, Any]) -> tuple[int, bool]:
        """How much more a row asks for than what is taken, and whether it is one of elsewhere."""
        wanted = row.get("with", [])
        missing = [name for name in wanted if not self.book.selected(name) & self.meds.keys()]
        return len(missing), "US" not in row["jurisdictions"]

    def _results(self) -> list[Result]:
        found = []
        for analyte, wanted in self.wanted.items():
            if "unknown" in wanted.states:
                continue
            value, limit = wanted.value(analyte), ""
            if self.book.labs[analyte].get("multiple_of_upper_limit"):
                value, limit = value * 200, "200"
            old = "older-than-30d" in wanted.states
            found.append(
                Result(
                    analyte,
                    "see comment" if "unread" in wanted.states else f"{value:f}",
                    TODAY - timedelta(days=45 if old else 1),
                    haemolysed="suspect" in wanted.states,
                    upper_limit=limit,
                )
            )
        return found

    def sketch(self, *, normal: bool = False) -> Sketch:
        """The patient; `normal` adds a good result of everything that no fact asked about."""
        if self.asked:
            self._meet_rows()
        more = [
            Result(name, NORMAL[name], TODAY - timedelta(days=1))
            for name in NORMAL
            if normal and name not in self.wanted and name != "ck"
        ]
        return Sketch(
            as_of=TODAY,
            born=date(TODAY.year - self.age, 1, 1),
            meds=tuple(Med((name,), **fields) for name, fields in self.meds.items()),
            handed=tuple(self.handed),
            illegible=tuple(self.illegible),
            results=(*self._results(), *more),
            illnesses=tuple(Illness(name) for name in self.conditions),
            conditions_sent=self.conditions_sent,
            jurisdiction=self.jurisdiction,
        )


def _can_say(row: dict[str, Any]) -> set[str]:
    """Everything that a row can say, at one dose or another."""
    if row["effect"] == "none" or "not_read" in row:
        return set()
    if row["status"] == "unconfirmed":
        return {"unconfirmed"}
    doses = (
        {"over-cap", "at-cap", "dose-unread"} if row["effect"] == "dose-cap" else {row["effect"]}
    )
    said = doses if row.get("with") else {f"alone-{dose}" for dose in doses}
    if "partner_from_mg" in row:
        said = said | {"partner-dose-unread"}
    levels = {"info": (), "warning": ("warning",), "critical": ("warning", "critical")}
    symptom = {"critical-if-symptom"} if row.get("critical_with_symptom") else set()
    return {*said, *levels[row["level"]], *symptom}


def of_example(book: Book, example: dict[str, Any]) -> Sketch:
    """The patient of a rule's example, and nothing else about them."""
    minimal = Minimal(book, example["drug"]).add_all(example["facts"])
    return minimal.add_all(_partner(example)).sketch()


def of_rule(book: Book, rule: dict[str, Any], *also: Any, choose: int = 0) -> list[Sketch]:
    """Patients on whom a rule should fire: with nothing more measured, and with all else normal.

    A rule about flagged drugs needs a symptom as well, so that something flags its drug.
    """
    symptom = ["has:myalgia"] if rule["drug"] == "flagged" else []
    found = []
    for example, normal in product(rule["example"], (False, True)):
        if example["fires"]:
            minimal = Minimal(book, example["drug"]).add_all(example["facts"]).add_all(symptom)
            minimal.add_all(_partner(example)).add_all(list(also), choose)
            found.append(minimal.sketch(normal=normal))
    return found


def of_mitigation(book: Book, name: str) -> list[Sketch]:
    """Patients to whom the mitigation should be offered, through every rule that suggests it."""
    table = book.mitigations[name]
    wanted = table.get("offer_when", [])
    if table.get("unprompted"):
        return [Minimal(book, "amoxicillin").add_all(wanted).sketch()]
    widest = max([len(item) for item in wanted if isinstance(item, list)], default=1)
    suggesting = [rule for rule in book.rules if name in rule.get("suggest", [])]
    found: list[Sketch] = []
    for rule, choose in product(suggesting, range(widest)):
        # An alternative may be none for this rule: no row of a label both forbids and caps a pair.
        with suppress(LookupError):
            found += of_rule(book, rule, *wanted, choose=choose)
    if not found:
        raise LookupError(f"no patient can be made to whom {name} is offered")
    return found


def _partner(example: dict[str, Any]) -> list[str]:
    return [f"takes:{example['with']}"] if example.get("with") else []
