"""The oracle's answer: rules over facts, lesser rules out, guard rails last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.oracle.book import Book, Table, the_book
from tests.oracle.charts import age
from tests.oracle.facts import Case
from tests.oracle.sketch import Said, Sketch, Verdict

RANK = {"none": 0, "info": 1, "warning": 2, "critical": 3}


@dataclass(frozen=True)
class Shot:
    """A rule that fires on one drug."""

    rule: str
    drug: str
    level: str
    partners: frozenset[str]


def judge(sketch: Sketch, book: Book | None = None) -> Verdict:
    """What should be said of the patient."""
    policy = book or the_book()
    years = age(sketch)
    if sketch.deceased or (years is not None and years < policy.number("adult-age-years")):
        return Verdict("none")
    case = Case(sketch, policy)
    shots = _shots(case)
    offered, withheld = _guarded(case, {shot.rule for shot in shots})
    findings = frozenset(_findings(shots))
    level = max((said.level for said in findings), key=RANK.__getitem__, default="none")
    return Verdict(level, findings, frozenset(offered), frozenset(withheld))


def _shots(case: Case) -> list[Shot]:
    drugs = [name for name in case.taken if name in case.book.ingredients]
    own = [rule for rule in case.book.rules if rule["drug"] != "flagged"]
    first = [shot for rule in own for name in drugs for shot in _shoot(case, rule, name)]
    standing = [shot for shot in first if _stands(case, shot, first)]
    flagged = {shot.drug for shot in standing}
    beside = [rule for rule in case.book.rules if rule["drug"] == "flagged"]
    said = {shot.rule for shot in standing}
    return standing + [
        shot
        for rule in beside
        if not said & set(rule.get("yields_to", []))
        for name in flagged
        for shot in _shoot(case, rule, name)
    ]


def _shoot(case: Case, rule: Table, drug: str) -> list[Shot]:
    """The shots of a rule at a drug: one, or one for each row of the interaction table."""
    if drug not in case.book.selected(rule["drug"]):
        return []
    if not case.all_hold(rule.get("when", []), drug):
        return []
    if any(case.holds(text, drug) for text in rule.get("unless", [])):
        return []
    wanted = rule.get("with", "")
    if wanted.startswith("interaction:"):
        state = wanted.removeprefix("interaction:")
        return [
            Shot(rule["id"], drug, _level(case, rule, drug, states), partners)
            for states, partners in case.rows(drug)
            if state in states
        ]
    partners = (case.book.selected(wanted) & case.taken.keys()) - {drug} if wanted else frozenset()
    if wanted and not partners:
        return []
    if optional := rule.get("also", ""):
        partners |= (case.book.selected(optional) & case.taken.keys()) - {drug}
    return [Shot(rule["id"], drug, _level(case, rule, drug, set()), frozenset(partners))]


def _level(case: Case, rule: Table, drug: str, states: set[str]) -> str:
    """The highest level; what is asked of an interaction is asked of the one row."""
    levels = [rule["level"]]
    for up in rule.get("raise", []):
        row = [text for text in up["when"] if isinstance(text, str) and "interaction:" in text]
        rest = [text for text in up["when"] if text not in row]
        if all(text.removeprefix("interaction:") in states for text in row) and case.all_hold(
            rest, drug
        ):
            levels.append(up["to"])
    return str(max(levels, key=RANK.__getitem__))


def _stands(case: Case, lesser: Shot, shots: list[Shot]) -> bool:
    """Is there nothing that replaces it and that stands itself?"""
    return not any(_replaces(case, by, lesser) and _stands(case, by, shots) for by in shots)


def _replaces(case: Case, by: Shot, lesser: Shot) -> bool:
    """A rule replaces lesser ones for its own drug, and covers some for the partners it names."""
    rule = next(rule for rule in case.book.rules if rule["id"] == by.rule)
    own = lesser.drug == by.drug and lesser.rule in rule.get("replaces", [])
    partners = lesser.drug in by.partners and lesser.rule in rule.get("covers", [])
    return (own or partners) and RANK[by.level] >= RANK[lesser.level]


def _findings(shots: list[Shot]) -> list[Said]:
    """One finding for each rule and level, about all of its drugs."""
    found = []
    for rule, level in {(shot.rule, shot.level) for shot in shots}:
        same = [shot for shot in shots if (shot.rule, shot.level) == (rule, level)]
        drugs = {shot.drug for shot in same}
        partners = {name for shot in same for name in shot.partners} - drugs
        found.append(Said(rule, level, tuple(sorted(drugs)), tuple(sorted(partners))))
    return found


def _guarded(case: Case, rules: set[str]) -> tuple[set[str], set[str]]:
    """What is offered and what is withheld of all that the rules suggest."""
    mitigations = case.book.mitigations
    waiting = {
        name for rule in case.book.rules if rule["id"] in rules for name in rule.get("suggest", [])
    }
    waiting |= {name for name, table in mitigations.items() if table.get("unprompted")}
    offered: set[str] = set()
    withheld: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in offered | withheld:
            continue
        table = mitigations[name]
        fate = _fate(case, table)
        if fate == "offered":
            offered.add(name)
            for more in table.get("adjust", []):
                if case.all_hold(more["when"]):
                    waiting |= set(more.get("add", []))
        elif fate == "withheld":
            withheld.add(name)
    return offered, withheld


def _fate(case: Case, mitigation: Table) -> str:
    wanted = mitigation.get("offer_when", [])
    if not case.all_hold([clause for clause in wanted if _about_medicines(clause)]):
        return "beside the point"  # what it is about is not taken
    if any(case.all_hold(guard) for guard in mitigation.get("withhold_when", [])):
        return "withheld"
    if case.all_hold(wanted):
        return "withheld" if _refused(case, mitigation) else "offered"
    # What can harm has to be shown to be safe; the rest is merely of no use here.
    return "withheld" if mitigation.get("can_harm", False) else "of no use"


def _refused(case: Case, mitigation: Table) -> bool:
    """An allergy on file is to what the option puts forward."""
    put_forward = {
        name for selector in mitigation.get("proposes", []) for name in case.book.selected(selector)
    }
    return not put_forward.isdisjoint(reacted.ingredient for reacted in case.sketch.reacted)


def _about_medicines(clause: Any) -> bool:
    texts = [clause] if isinstance(clause, str) else clause
    return all(text.startswith(("takes:", "count:", "drug:")) for text in texts)
