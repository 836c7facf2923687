"""Recorded codings before and after an import of a release that holds their codes.

The release is made of the recordings themselves: their codes, and the ingredients that they were
found to have by other means. It shows that codes are read, not that RxNorm is right.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct

from knowledge.load import load
from knowledge.terminology import score
from knowledge.terminology.concept import Match, Reason
from knowledge.terminology.resolver import Resolver
from knowledge.terminology.systems import canonical_system
from tests.knowledge.terminology.release.conftest import imported_text
from tests.rxnorm.rrf import ReleaseText

SHARED = Path(__file__).parents[4].parent / "shared" / "terminology"
MADE_UP = 90_000_001  # for ingredients without a verified code, and for components


class Recorded(Struct):
    """The cases with the answers without and with a release."""

    before: list[score.Result]
    after: list[score.Result]

    def bare(self, rows: list[score.Result]) -> list[score.Result]:
        """Those that carry a code of a product and nothing to read."""
        return [row for row in rows if row.case.expect == "resolve" and not row.case.legible]


def _told_by_code(row: dict[str, Any]) -> bool:
    """True where the truth of a case was found by its code, or its name says the same."""
    resolves = row["expect"] == "resolve" and row["truth_method"] != "manual"
    return resolves and bool(row["ingredients"])


def release_of(rows: list[dict[str, Any]]) -> ReleaseText:
    """RxNorm's products and NDC of the cases, with their ingredients."""
    text, codes = ReleaseText(), _ingredient_codes()
    made_up = iter(range(MADE_UP, MADE_UP + 100_000))
    drugs: dict[str, int] = {}
    products: dict[int, tuple[str, ...]] = {}
    for row in filter(_told_by_code, rows):
        for name in row["ingredients"]:
            if name not in drugs:
                drugs[name] = codes.get(name) or next(made_up)
                text.concept(drugs[name], "IN", name)
        for coding in row["codeableConcept"].get("coding", []):
            system, code = canonical_system(coding.get("system", "")), str(coding.get("code", ""))
            rxnorm = system == "rxnorm" and code.isdecimal() and int(code) not in drugs.values()
            if rxnorm and int(code) not in products:
                products[int(code)] = tuple(row["ingredients"])
            elif system == "ndc":
                product = next(made_up)
                products[product] = tuple(row["ingredients"])
                text.ndc(product, code)
    for product, names in products.items():
        if product in drugs.values():
            continue
        text.concept(product, "SCD", " / ".join(names) + " Oral Product")
        for name in names:
            component = next(made_up)
            text.concept(component, "SCDC", f"{name} 1 MG")
            text.relation(product, "consists_of", component)
            text.relation(component, "has_ingredient", drugs[name])
    return text


def _ingredient_codes() -> dict[str, int]:
    with (SHARED / "ingredients.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["name"]: int(row["rxcui_in"])
            for row in csv.DictReader(file)
            if row["status"] == "verified" and row["rxcui_in"]
        }


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    path = SHARED / "coding-cases.jsonl"
    if not path.is_file():
        pytest.skip(f"the recorded codings are not at {path}")
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    knowledge = load()
    release = imported_text(release_of(rows), tmp_path_factory.mktemp("recorded"))
    cases = list(score.cases(path, knowledge))
    return Recorded(
        score.results(cases, Resolver(knowledge)),
        score.results(cases, Resolver(knowledge, release)),
    )


def test_bare_product_codes_are_unread_before_and_resolved_after(recorded: Recorded) -> None:
    """Before, the remedy is said."""
    before, after = recorded.bare(recorded.before), recorded.bare(recorded.after)
    assert len(before) > 10
    for row in before:
        assert (Reason.CODE_NOT_KNOWN, ()) == (row.answer.reason, row.answer.ingredients)
        assert "import a RxNorm release" in row.answer.detail
    assert [] == [row.case.id for row in after if not row.right]
    assert {Match.CODE} == {row.answer.match for row in after}


def test_a_conflict_between_a_code_and_a_name_is_said_after_an_import(recorded: Recorded) -> None:
    """One that other recordings of the same code prove."""
    rows = {row.case.id: row for row in recorded.after if row.case.expect == "conflict"}
    aztreonam = [
        row
        for row in rows.values()
        if any(coding.code == "1664986" for coding in row.case.concept.codings)
    ]
    assert [Match.CONFLICT] == [row.answer.match for row in aztreonam]


def test_a_release_makes_no_answer_worse(recorded: Recorded) -> None:
    """What was right stays right, and what names no drug still names none."""
    lost = [
        (before.case.id, before.answer.ingredients, after.answer.ingredients, after.answer.detail)
        for before, after in zip(recorded.before, recorded.after, strict=True)
        if before.case.expect != "conflict" and before.right and not after.right
    ]
    assert [] == lost
    assert score.precision(recorded.after) >= score.precision(recorded.before)


def test_a_release_finds_what_names_do_not_tell(recorded: Recorded) -> None:
    """Brands, misspellings and abbreviations beside a code."""
    before = [row for row in recorded.before if row.case.expect == "resolve"]
    after = [row for row in recorded.after if row.case.expect == "resolve"]
    assert score.recall(after) > score.recall(before)
