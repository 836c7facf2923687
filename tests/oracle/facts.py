"""What a fact text means for a sketch, said once more in plain conditions."""

from __future__ import annotations

import re
from typing import Any

from tests.oracle.book import Book
from tests.oracle.charts import LOCAL, age, first_taken, reading, route_of, taken, year_before
from tests.oracle.sketch import Illness, Sketch

_LIMITS = {"contraindicated", "alone-contraindicated", "over-cap", "alone-over-cap"}


class Case:
    """A sketch beside the policy. `drug` names the medicine that a fact is asked about."""

    def __init__(self, sketch: Sketch, book: Book) -> None:
        self.sketch = sketch
        self.book = book
        self.taken = taken(sketch, book)
        self.reading = {name: reading(sketch, book, name) for name in book.labs}

    def all_hold(self, items: list[Any], drug: str = "") -> bool:
        """Every item must hold; an inner list is one-of."""
        return all(
            any(self.holds(text, drug) for text in ([item] if isinstance(item, str) else item))
            for item in items
        )

    def holds(self, text: str, drug: str = "") -> bool:
        """Does one fact hold? One about a drug, asked of no drug, holds for any that is taken."""
        if text in self.book.terms:
            term = self.book.terms[text]
            return self.all_hold([term["any"]] if "any" in term else term["all"], drug)
        if text.startswith("drug:"):
            asked = (
                [drug] if drug else [name for name in self.taken if name in self.book.ingredients]
            )
            return any(self._drug_fact(text.removeprefix("drug:"), name) for name in asked)
        if text.startswith("interaction:"):
            asked = [drug] if drug else list(self.taken)
            state = text.removeprefix("interaction:")
            return any(state in states for name in asked for states, _ in self.rows(name))
        if text.startswith("has:"):
            return self._has(text.removeprefix("has:"), drug)
        if text.startswith("takes:"):
            return bool(self.book.selected(text.removeprefix("takes:")) & self.taken.keys())
        if text.startswith("unread:"):
            return self._unread(text.removeprefix("unread:"))
        if counted := re.fullmatch(r"count:(.+)>=(\d+)", text):
            return len(self.book.selected(counted[1]) & self.taken.keys()) >= int(counted[2])
        if compared := re.fullmatch(r"([a-z-]+)(<|>=)([\d.]+)", text):
            return self._compared(compared[1], compared[2], compared[3])
        analyte, _, word = text.partition(":")
        if analyte in self.book.labs and word:
            return self.reading[analyte].state(word)
        raise LookupError(f"the oracle does not know the fact {text!r}")

    def rows(self, drug: str) -> list[tuple[set[str], frozenset[str]]]:
        """The states and partners of each row of the table that applies and adds something."""
        applying = self._applying(drug)
        return [
            ({"unconfirmed"} if not _sourced(row) else states, partners)
            for row, states, partners in applying
            if not any(
                set() < partners <= others and other is not row and _drowns(other, said, row)
                for other, said, others in applying
            )
        ]

    def _applying(self, drug: str) -> list[tuple[dict[str, Any], set[str], frozenset[str]]]:
        found = []
        for row in self._in_force():
            if drug not in self.book.selected(row["drug"]):
                continue
            each = [
                (self.book.selected(selector) & self.taken.keys()) - {drug}
                for selector in row.get("with", [])
            ]
            if not all(each) or not self.all_hold(row.get("when", [])):
                continue
            if any(self.holds(text) for text in row.get("unless", [])):
                continue
            partners = frozenset(name for taken in each for name in taken)
            enough, unread = self._enough(row, partners)
            states = self._states(row, drug, partner_unread=unread)
            if not _sourced(row) and not states & {*_LIMITS, "caution", "alone-caution"}:
                continue  # a doubtful row says nothing of a dose that is not known
            if states and (enough or not partners):
                found.append((row, states, enough))
        return found

    def _enough(self, row: dict[str, Any], partners: frozenset[str]) -> tuple[frozenset[str], bool]:
        """The partners at the dose that the row asks for; else those of unread dose, and True."""
        if "partner_from_mg" not in row:
            return partners, False
        doses = {name: [med.mg for med in self.taken[name]] for name in partners}
        high = [name for name in partners if max(doses[name]) >= row["partner_from_mg"]]
        if high:
            return frozenset(high), False
        return frozenset(name for name in partners if 0 in doses[name]), True

    def _in_force(self) -> list[dict[str, Any]]:
        """The rows of the jurisdiction, and US rows where it is silent on the drugs."""
        rows = self.book.interactions
        own = [row for row in rows if self.sketch.jurisdiction in row["jurisdictions"]]
        settled = [(row["drug"], row.get("with", [])) for row in own if _sourced(row)]
        borrowed = [
            row
            for row in rows
            if self.sketch.jurisdiction not in row["jurisdictions"]
            and "US" in row["jurisdictions"]
            and (row["drug"], row.get("with", [])) not in settled
        ]
        return [row for row in own + borrowed if row["effect"] != "none" and "not_read" not in row]

    def _states(self, row: dict[str, Any], drug: str, *, partner_unread: bool) -> set[str]:
        """What a row says of the drug at its dose, with the level that the row itself gives."""
        said = self._said(row, drug)
        if not said:
            return set()
        if partner_unread:
            said = "partner-dose-unread"
        if not row.get("with") and said != "at-cap":
            if said == "dose-unread" and not row.get("when"):
                return set()
            said = f"alone-{said}"
        levels = {"info": (), "warning": ("warning",), "critical": ("warning", "critical")}
        symptom = ["critical-if-symptom"] if row.get("critical_with_symptom") else []
        return {said, *levels[row["level"]], *symptom}

    def _said(self, row: dict[str, Any], drug: str) -> str:
        doses = [med.mg for med in self.taken[drug]]
        if row["effect"] == "contraindicated":
            return "contraindicated"
        if row["effect"] == "caution":
            met = "start_mg" in row and all(0 < mg <= row["start_mg"] for mg in doses)
            return "" if met else "caution"
        if max(doses) > row["cap_mg"]:
            return "over-cap"
        if 0 in doses:
            return "dose-unread"
        return "at-cap" if max(doses) == row["cap_mg"] else ""

    def _compared(self, name: str, op: str, number: str) -> bool:
        if name != "age":
            return self.reading[name].proves(op, number)
        years = age(self.sketch)
        return years is not None and (years < int(number) if op == "<" else years >= int(number))

    def _has(self, condition: str, drug: str) -> bool:
        known = any(
            illness.condition == condition and self._counts(illness)
            for illness in self.sketch.illnesses
            if self.sketch.conditions_sent
        )
        # A reaction is a symptom together with its own drug, and with no other.
        return known or any(
            reacted.condition == condition
            and reacted.ingredient in self.taken
            and drug in ("", reacted.ingredient)
            for reacted in self.sketch.reacted
        )

    def _counts(self, illness: Illness) -> bool:
        if illness.clinical not in ("active", "recurrence", "relapse"):
            return False
        if illness.verification in ("refuted", "entered-in-error"):
            return False
        if illness.onset is not None and illness.onset > self.sketch.as_of:
            return False
        symptom = self.book.conditions[illness.condition].get("symptom", False)
        day = illness.recorded or illness.onset
        if not (symptom and illness.encounter and day):
            return True
        return day >= year_before(self.sketch.as_of, self.book.number("symptom-window-months"))

    def _unread(self, kind: str) -> bool:
        if kind == "conditions":
            return not self.sketch.conditions_sent
        if kind == "medications":
            return any(
                entry.status == "active" and entry.route not in LOCAL
                for entry in self.sketch.illegible
            )
        if kind == "allergies":
            return False  # every allergy that is sketched can be read
        raise LookupError(f"the oracle does not sketch unread {kind}")

    def _drug_fact(self, text: str, drug: str) -> bool:
        if drug not in self.book.ingredients:
            return False
        key, _, value = text.partition("=")
        entries = self.taken[drug]
        if key == "group":
            return drug in self.book.selected(value)
        if key == "mechanism":
            return value in self.book.mechanisms_of(drug)
        if key == "tier":
            return self.book.tier(drug) == value
        if key == "evidence":
            return bool(self.book.ingredients[drug]["evidence"] == value)
        if key == "route":
            return any(route_of(med, self.book) == value for med in entries)
        if key == "lab":
            return self._lab_of(drug, value)
        if text == "not-prescribed":
            return any(med.not_prescribed for med in entries)
        if within := re.fullmatch(r"taken-for>=(\d+)d", text):
            start = first_taken(self.sketch, self.book, drug)
            return start is not None and (self.sketch.as_of - start).days >= int(within[1])
        if packages := re.fullmatch(r"dispensed>=(\d+)/(\d+)mo", text):
            return self._handed(drug, int(packages[2])) >= int(packages[1])
        raise LookupError(f"the oracle does not know the fact drug:{text}")

    def _handed(self, drug: str, months: int) -> int:
        since = year_before(self.sketch.as_of, months)
        return sum(
            handed.packages
            for handed in self.sketch.handed
            if handed.ingredient == drug and since < handed.day <= self.sketch.as_of
        )

    def _lab_of(self, drug: str, word: str) -> bool:
        mechanisms = [self.book.mechanisms[name] for name in self.book.mechanisms_of(drug)]
        if word == "abnormal":
            return any(m.get("abnormal") and self.all_hold(m["abnormal"], drug) for m in mechanisms)
        if word == "none":
            return any(m.get("clinical", False) for m in mechanisms)
        if word != "unknown":
            raise LookupError(f"the oracle does not know the fact drug:lab={word}")
        # Of several mechanisms, only the first that could be noticed asks for its laboratory.
        for mechanism in mechanisms:
            if mechanism.get("clinical", False):
                return False
            if analyte := mechanism.get("analyte"):
                states = ("unknown", "unread", "suspect")
                return any(self.holds(f"{analyte}:{state}") for state in states)
        return False


def _sourced(row: dict[str, Any]) -> bool:
    return bool(row["status"] != "unconfirmed")


def _drowns(other: dict[str, Any], said: set[str], row: dict[str, Any]) -> bool:
    """Does one row leave another nothing to say?"""
    if not _sourced(row):
        return _sourced(other)
    rank = ("info", "warning", "critical").index
    capped = _sourced(other) and bool(said & _LIMITS)
    return capped and row["effect"] == "caution" and rank(other["level"]) >= rank(row["level"])
