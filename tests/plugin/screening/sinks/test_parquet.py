"""`assessments.parquet` says what `assessments.ndjson` says."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from plugin.screening.outcome import Screened
from plugin.screening.sinks.columns import COLUMNS
from plugin.screening.sinks.parquet import GROUP_BYTES
from tests.plugin.screening.sinks.outcomes import golden, lines, marta, outcome, results

PAGE = Path(__file__).parents[4] / "docs/reference/screening-files.md"


def as_answer(value: Any) -> Any:
    """A row as the contract has it: days as text, one `value`, no nulls."""
    if isinstance(value, dict):
        plain = {key: as_answer(one) for key, one in value.items() if one is not None}
        if "value_text" in plain:
            plain["value"] = plain.pop("value_text")
        return plain
    if isinstance(value, list):
        return [as_answer(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


def read_back(path: Path) -> list[Any]:
    """The answers; `not_assessed` is no key of theirs."""
    return [as_answer(row) for row in pq.read_table(path).drop(["not_assessed"]).to_pylist()]


def test_it_equals_the_answers_value_by_value(tmp_path: Path) -> None:
    """Evidence with numbers, with text such as `<3.0`, and with none."""
    ranges = {"value_text", "value"}
    below = outcome(marta(3.0, comparator="<"))
    out = results(tmp_path, "json,parquet", [*golden(), below])
    answers = lines(out / "assessments.ndjson")
    assert answers == read_back(out / "assessments.parquet")
    table = pq.read_table(out / "assessments.parquet")
    because = [
        item
        for row in table.to_pylist()
        for part in (*row["findings"], *row["withheld"])
        for item in part["because"]
    ]
    assert ranges == {key for item in because for key in ranges if item[key] is not None}
    assert any(item["value"] is None and item["value_text"] is None for item in because)


def test_who_was_not_assessed_is_told_apart_from_who_has_nothing(tmp_path: Path) -> None:
    child = replace(golden()[0], not_assessed="under-18")
    out = results(tmp_path, "parquet", [child, golden()[1]])
    table = pq.read_table(out / "assessments.parquet")
    assert ["under-18", None] == table["not_assessed"].to_pylist()


def test_row_groups_are_of_bounded_size(tmp_path: Path) -> None:
    """So that neither writer nor reader holds all of a nation."""
    rounds = 3 * GROUP_BYTES // sum(len(one.line) for one in golden())
    many = [one for _ in range(rounds) for one in golden()]
    out = results(tmp_path, "parquet", many)
    file = pq.ParquetFile(out / "assessments.parquet")
    assert len(many) == file.metadata.num_rows
    assert file.num_row_groups >= 2
    longest = max(len(one.line) for one in golden())
    for number in range(file.num_row_groups - 1):
        rows = file.metadata.row_group(number).num_rows
        assert rows * longest >= GROUP_BYTES
        assert rows < len(many)


def test_the_same_answers_give_the_same_bytes(tmp_path: Path) -> None:
    """With one version of pyarrow."""
    one, two = (results(tmp_path / name, "parquet", golden()) for name in ("one", "two"))
    assert (one / "assessments.parquet").read_bytes() == (two / "assessments.parquet").read_bytes()


def test_a_list_without_patients_is_a_table_without_rows(tmp_path: Path) -> None:
    """With its columns all the same."""
    table = pq.read_table(results(tmp_path, "parquet", []) / "assessments.parquet")
    assert (0, COLUMNS) == (table.num_rows, table.schema)


@given(st.text(st.characters(exclude_categories=["Cs"])))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_of_a_record_comes_back_as_it_was(tmp_path: Path, text: str) -> None:
    """Line breaks, NUL and the rest of Unicode; also an evidence of text."""
    answer = json.loads(golden()[0].line)
    answer["unread"] = [{"reference": text, "text": text, "reason": "empty", "detail": text}]
    answer["withheld"] = [{"mitigation": "m", "because": [{"fact": "f", "value": text}]}]
    line = json.dumps(answer, ensure_ascii=False).encode()
    outcome: Screened = replace(golden()[0], line=line)
    assert [answer] == read_back(results(tmp_path, "parquet", [outcome]) / "assessments.parquet")


def test_the_documented_columns_are_those_of_the_file() -> None:
    """Name, type and whether it may be null, nested ones with their path."""
    rows = re.findall(r"^\| `([\w.\[\]]+)` \| ([\w ]+) \| (yes|no) \|", PAGE.read_text(), re.M)
    assert rows == [(path, kind, "yes" if null else "no") for path, kind, null in flat(COLUMNS, "")]


def flat(fields: Any, path: str) -> list[tuple[str, str, bool]]:
    found = []
    for field in fields:
        name, kind = f"{path}{field.name}", field.type
        while pa.types.is_list(kind):
            name, kind = f"{name}[]", kind.value_type
        if pa.types.is_struct(kind):
            found += flat(kind, f"{name}.")
        else:
            found.append((name, str(kind).removesuffix("[day]"), field.nullable))
    return found
