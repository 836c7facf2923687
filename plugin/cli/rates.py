"""A report of outcomes as a table, CSV or JSON."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import date
from typing import IO, Any

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from plugin.screening.visible import visible
from plugin.store.rates import Line, Report

SCHEMA = "crampcheck.feedback-report/1"
_WIDTH = 120
_HEAD = {"rule": "Rule", "service": "Service", "reason": "Reason"}
_COLUMNS = (
    "shown",
    "answered",
    "accepted",
    "acceptance_rate",
    "acceptance_low",
    "acceptance_high",
    "overridden",
    "override_rate",
    "override_low",
    "override_high",
    "reasons",
)
Rate = tuple[float, float, float] | None


def as_json(report: Report, since: date | None, until: date | None) -> bytes:
    """One object, with the lines, their total, and what is not on record."""
    document = {
        "schema": SCHEMA,
        "by": report.by,
        "since": since,
        "until": until,
        "lines": [_object(line, report.by) for line in report.lines],
        "total": _object(report.total),
        "not_on_record": _object(report.unknown),
    }
    return msgspec.json.encode(document)


def _object(line: Line, by: str = "") -> dict[str, Any]:
    named = {by: line.key} if by else {}
    return {
        **named,
        "shown": line.shown,
        "answered": line.answered,
        "accepted": line.accepted,
        "acceptance": _interval(line.acceptance),
        "overridden": line.overridden,
        "override": _interval(line.override),
        "reasons": [
            {"reason": reason, "cards": count, "of_overridden": _round(count / line.overridden)}
            for reason, count in line.reasons
        ],
    }


def _interval(rate: Rate) -> dict[str, float] | None:
    if rate is None:
        return None
    return {"rate": _round(rate[0]), "low": _round(rate[1]), "high": _round(rate[2])}


def _round(number: float) -> float:
    return round(number, 4)


def write_csv(report: Report, stream: IO[str]) -> None:
    """A head and a line for each key. Reasons are `code: cards`, separated by semicolons."""
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow((report.by, *_COLUMNS))
    for line in _with_unknown(report):
        writer.writerow(
            (
                _harmless(line.key),
                line.shown,
                line.answered,
                line.accepted,
                *_cells(line.acceptance),
                line.overridden,
                *_cells(line.override),
                _harmless("; ".join(f"{reason}: {count}" for reason, count in line.reasons)),
            )
        )


def _cells(rate: Rate) -> tuple[float | str, ...]:
    return tuple(_round(number) for number in rate) if rate else ("", "", "")


def _harmless(text: str) -> str:
    """Text of a client, without what a spreadsheet would run as a formula."""
    plain = visible(text)
    return f"'{plain}" if plain[:1] in tuple("=+-@") else plain


def _with_unknown(report: Report) -> Iterable[Line]:
    yield from report.lines
    if report.unknown.shown:
        yield report.unknown


def show(report: Report, stream: IO[str]) -> None:
    """A table for a person; a sentence where there is nothing to count."""
    console = Console(
        file=stream,
        width=None if stream.isatty() else _WIDTH,
        highlight=False,
        markup=False,
        emoji=False,
    )
    if not report.total.shown and not report.unknown.shown:
        console.print("No card was sent, and no outcome told, in this time.")
        return
    table = Table(expand=True)
    table.add_column(_HEAD[report.by], overflow="fold", ratio=3)
    for column in ("Shown", "Answered", "Accepted", "Overridden"):
        table.add_column(column, justify="right", overflow="fold", ratio=1)
    table.add_column("Why overridden", overflow="fold", ratio=3)
    for line in _with_unknown(report):
        table.add_row(*(Text(visible(cell)) for cell in _row(line)))
    console.print(table)
    whole = report.total
    console.print(f"Cards shown: {whole.shown}; answered: {whole.answered}.")


def _row(line: Line) -> tuple[str, ...]:
    reasons = ", ".join(f"{reason} {count}" for reason, count in line.reasons)
    return (
        line.key,
        str(line.shown),
        str(line.answered),
        _percent(line.accepted, line.acceptance),
        _percent(line.overridden, line.override),
        reasons,
    )


def _percent(count: int, rate: Rate) -> str:
    if rate is None:
        return str(count)
    share, low, high = rate
    return f"{count}, {share:.0%} ({low:.0%} to {high:.0%})"
