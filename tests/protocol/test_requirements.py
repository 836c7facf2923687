"""The table of requirements: whole, and true in both directions."""

from __future__ import annotations

import ast
import csv
from collections import defaultdict
from pathlib import Path

import pytest

from tests.protocol.page import PAGE, page
from tests.protocol.requirement import HOOKS, SERVICES, requirements

HERE = Path(__file__).parent
SETS = {"HOOKS": HOOKS}
LIST = HERE.parents[2] / "shared/protocol/cds-hooks_2.0_service_requirements.csv"


def marked() -> dict[str, set[str]]:
    """The tests of this folder, by file and name, with the requirements on their decorators."""
    found: dict[str, set[str]] = defaultdict(set)
    for file in sorted(HERE.glob("test_*.py")):
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            for decorator in node.decorator_list if isinstance(node, ast.FunctionDef) else ():
                if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "requirement":
                    assert isinstance(node, ast.FunctionDef)
                    named = {word.arg: ast.unparse(word.value) for word in decorator.keywords}
                    of = SETS[named["of"]] if named else SERVICES
                    ids = {f"{of}/{ast.literal_eval(number)}" for number in decorator.args}
                    found[f"{file.name}::{node.name}"] |= ids
    return found


def test_the_table_names_the_tests_that_say_so_themselves_and_no_others() -> None:
    in_table: dict[str, set[str]] = defaultdict(set)
    for row in requirements():
        for test in row.shown_by:
            in_table[test].add(row.id)
    assert in_table == marked()


def test_every_marked_test_is_one_that_runs() -> None:
    """By its name, and by no other of the same name after it."""
    for file in sorted(HERE.glob("test_*.py")):
        body = ast.parse(file.read_text(encoding="utf-8")).body
        names = [node.name for node in body if isinstance(node, ast.FunctionDef)]
        assert len(set(names)) == len(names), file.name
    assert all(test.partition("::")[2].startswith("test_") for test in marked())


def test_every_row_says_what_it_asks_and_has_either_tests_or_a_reason() -> None:
    rows = list(requirements())
    assert len({row.id for row in rows}) == len(rows) > 0
    for row in rows:
        assert row.says.endswith(".")
        assert bool(row.shown_by) != bool(row.reason), row.id


def test_the_page_is_what_the_table_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "stale: run `make docs`"


def test_a_test_that_carries_no_such_marker_would_be_noticed() -> None:
    assert "test_cards.py::test_no_icon_is_sent" in marked()
    with pytest.raises(KeyError):
        _ = dict(marked())["test_requirements.py::test_the_page_is_what_the_table_says"]


@pytest.mark.skipif(not LIST.exists(), reason=f"the list of requirements is not there: {LIST.name}")
def test_every_requirement_of_the_list_is_in_the_table_with_its_level() -> None:
    with LIST.open(newline="", encoding="utf-8") as file:
        listed = {
            f"{row['Req Set']}/{row['ID']}": row["Conformance"] for row in csv.DictReader(file)
        }
    assert {row.id: row.level for row in requirements()} == listed
