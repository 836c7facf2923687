"""Every row of the decision tables, and every policy sentence, is carried out or says why not."""

from __future__ import annotations

import csv
import tomllib
from pathlib import Path
from typing import Any

import pytest

from knowledge.load import load
from knowledge.model import Knowledge

TABLE: dict[str, dict[str, Any]] = tomllib.loads(
    (Path(__file__).parent / "policy_rows.toml").read_text("utf-8")
)
SHARED = Path(__file__).parents[3] / "shared" / "reference" / "mitigation_rules.csv"
COUNTS = {"A": 12, "B": 6, "C": 5, "D": 4, "E": 4, "F": 9, "G": 4, "H": 3, "I": 2, "J": 3}
ROWS = {f"{letter}{number + 1}" for letter, count in COUNTS.items() for number in range(count)}
SENTENCES = {f"P{number}" for number in range(1, 23)}
# What a drug may say by its signal tier alone; no row of the tables.
TIERS = {"tier-1", "tier-2"}
NEVER_FOR_CRAMPS = (
    "quinine", "quinidine", "hydroxychloroquine", "tonic water", "vitamin k2", "gabapentin",
    "verapamil", "diltiazem", "vitamin b complex", "naftidrofuryl",
)  # fmt: skip


@pytest.fixture(scope="module")
def shipped() -> Knowledge:
    return load()


def test_the_table_has_every_row_and_sentence_and_nothing_else() -> None:
    """Fifty-two rows and twenty-two sentences."""
    assert 52 == len(ROWS)
    assert TABLE.keys() == ROWS | SENTENCES


def test_the_rows_are_those_of_the_decision_tables() -> None:
    """No row was renamed on the way."""
    if not SHARED.exists():
        pytest.skip("the decision tables are not beside the repository")
    with SHARED.open(encoding="utf-8") as file:
        assert ROWS == {row["id"] for row in csv.DictReader(file)}


@pytest.mark.parametrize("row", sorted(TABLE))
def test_a_row_is_carried_out_or_says_why_not(row: str, shipped: Knowledge) -> None:
    """By a rule that claims it, by a mitigation that is there, or by a stated reason."""
    claim = TABLE[row]
    assert claim.keys() <= {"mitigations", "left_out"}
    mitigations = claim.get("mitigations", [])
    assert not set(mitigations) - shipped.mitigations.keys()
    rules = [rule.id for rule in shipped.rules if row in rule.rows]
    assert rules or mitigations or claim.get("left_out", "").strip()


@pytest.mark.parametrize("row", sorted(ROWS | SENTENCES))
def test_a_mitigation_that_a_row_names_is_within_reach(row: str, shipped: Knowledge) -> None:
    """Some rule suggests it, an option brings it along, or it is weighed for everybody."""
    suggested = {name for rule in shipped.rules for name in rule.suggest}
    added = {name for m in shipped.mitigations.values() for a in m.adjust for name in a.add}
    unprompted = {m.id for m in shipped.mitigations.values() if m.unprompted}
    assert set(TABLE[row].get("mitigations", [])) <= suggested | added | unprompted


def test_no_rule_claims_a_row_that_is_not_there(shipped: Knowledge) -> None:
    """A slip in `rows` would hide that a row is not carried out."""
    claimed = {row for rule in shipped.rules for row in rule.rows}
    assert claimed <= ROWS | SENTENCES | TIERS


@pytest.mark.parametrize("name", NEVER_FOR_CRAMPS)
def test_what_is_never_suggested_for_cramps_is_in_a_group_that_says_so(
    name: str, shipped: Knowledge
) -> None:
    """J1 and J3: the loader refuses a mitigation that proposes a member of such a group."""
    shunned = {m for group in shipped.groups.values() if group.never_propose for m in group.members}
    assert name in shunned
    assert not [
        mitigation.id
        for mitigation in shipped.mitigations.values()
        if any(name in shipped.members(selector) for selector in mitigation.proposes)
    ]
