"""The columns of `assessments.parquet`, and the rows that answers make in them.

`docs/reference/screening-files.md` shows them to who reads the file.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import msgspec
import pyarrow as pa
from pyarrow.json import ParseOptions, ReadOptions, read_json

from plugin.screening.outcome import Screened
from plugin.screening.sinks.answer_types import Answer

_ANSWERS = msgspec.json.Decoder(Answer)
_JSON = msgspec.json.Encoder()
_EPOCH = date(1970, 1, 1).toordinal()


def _field(name: str, kind: pa.DataType) -> pa.Field:
    """A column that every answer has."""
    return pa.field(name, kind, nullable=False)


def _list(kind: pa.DataType) -> pa.ListType:
    return pa.list_(pa.field("element", kind, nullable=False))


_TEXT = pa.string()
_TEXTS = _list(_TEXT)
BECAUSE = pa.struct(
    [
        _field("fact", _TEXT),
        pa.field("reference", _TEXT),
        pa.field("value", pa.float64()),
        pa.field("value_text", _TEXT),
        pa.field("unit", _TEXT),
        pa.field("date", pa.date32()),
        pa.field("note", _TEXT),
    ]
)
MEDICATION = pa.struct(
    [
        _field("reference", _TEXT),
        _field("text", _TEXT),
        _field("current", pa.bool_()),
        _field("ingredients", _TEXTS),
        _field("match", _TEXT),
    ]
)
FINDING = pa.struct(
    [
        _field("rule", _TEXT),
        _field("level", _TEXT),
        _field("ingredients", _TEXTS),
        _field("with", _TEXTS),
        _field("summary", _TEXT),
        _field("because", _list(BECAUSE)),
        _field("mitigations", _TEXTS),
        _field("sources", _TEXTS),
        _field("notes", _TEXTS),
    ]
)
MITIGATION = pa.struct([_field("id", _TEXT), _field("kind", _TEXT), _field("text", _TEXT)])
WITHHELD = pa.struct([_field("mitigation", _TEXT), _field("because", _list(BECAUSE))])
UNREAD = pa.struct(
    [
        _field("reference", _TEXT),
        _field("text", _TEXT),
        _field("reason", _TEXT),
        pa.field("detail", _TEXT),
    ]
)
COLUMNS = pa.schema(
    [
        _field("schema", _TEXT),
        _field("patient", _TEXT),
        _field("as_of", pa.date32()),
        _field("knowledge_version", _TEXT),
        _field("level", _TEXT),
        pa.field("not_assessed", _TEXT),
        _field("medications", _list(MEDICATION)),
        _field("findings", _list(FINDING)),
        _field("mitigations", _list(MITIGATION)),
        _field("withheld", _list(WITHHELD)),
        _field("unread", _list(UNREAD)),
    ]
)


def rows(answers: Iterable[Screened]) -> pa.Table:
    """Answers as a table of these columns."""
    # By way of JSON, which Arrow reads many times faster than it takes Python values.
    data = b"\n".join([_JSON.encode(_row(one)) for one in answers])
    table = read_json(
        pa.BufferReader(data),
        read_options=ReadOptions(use_threads=False, block_size=len(data) + 1),
        parse_options=ParseOptions(explicit_schema=COLUMNS, unexpected_field_behavior="error"),
    )
    return table.cast(COLUMNS)  # what it reads may be null for all it knows


def _row(screened: Screened) -> dict[str, Any]:
    answer = _ANSWERS.decode(screened.line)
    row: dict[str, Any] = msgspec.to_builtins(answer, builtin_types=(date,))
    row["as_of"] = _days(row["as_of"])
    row["not_assessed"] = screened.not_assessed or None
    for part in (*row["findings"], *row["withheld"]):
        for because in part["because"]:
            if isinstance(because.get("value"), str):
                because["value_text"] = because.pop("value")
            if "date" in because:
                because["date"] = _days(because["date"])
    return row


def _days(day: date) -> int:
    """As Arrow reads a date from JSON: days since 1970."""
    return day.toordinal() - _EPOCH
