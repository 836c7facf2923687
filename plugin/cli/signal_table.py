"""An analysis as a table on standard output."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from shutil import get_terminal_size
from typing import IO

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from knowledge.signal_model import Signals
from plugin.screening.signal import wording
from plugin.screening.signal.analysis import Analysis
from plugin.screening.signal.lines import Line

_WIDTH = 160  # the least: a narrower table would cut numbers off
_COLUMNS = (
    "starts",
    "after",
    "before",
    "crude",
    "expected",
    "adjusted",
    "95% interval",
    "published",
)
_ONE_RECORD, _RECORDS = "first record of cramps that counts", "first records of cramps that count"


def show(analysis: Analysis, signals: Signals, stream: IO[str] | None = None) -> None:
    """Print the groups, the controls, and how to take them; on standard output if no stream."""
    out = stream or sys.stdout
    width = max(_WIDTH, get_terminal_size().columns) if out.isatty() else _WIDTH
    console = Console(file=out, width=width, highlight=False, markup=False, emoji=False)
    limit, counts = analysis.settings.suppress_below, analysis.population
    console.print(
        f"{wording.counted(counts.patients, limit, 'patient', 'patients')}, "
        f"{wording.counted(counts.cramps, limit, _ONE_RECORD, _RECORDS)}. "
        f"{signals.wording.purpose}"
    )
    if counts.cramps == 0:
        console.print(signals.wording.no_cramps)
    if said := wording.of_controls(analysis, signals.wording):
        console.print(said)
    for title, lines in (
        ("Groups linked to cramps", analysis.linked),
        ("Negative controls", analysis.controls),
    ):
        console.print(_table(title, [line for line in lines if line.starts != 0], limit))
        if never := [line.id for line in lines if line.starts == 0]:
            console.print(f"no first start that counts: {', '.join(never)}")
    if any(line.published and line.starts != 0 for line in analysis.groups):
        console.print(signals.wording.published)
    for line in analysis.controls:
        console.print(f"{line.id}: {wording.reading(line, signals.wording)}")
    for label, number in wording.left_out(analysis):
        if number != "0":
            console.print(f"{label}: {number}")


def _table(title: str, lines: Sequence[Line], limit: int) -> Table:
    table = Table(title=title, title_justify="left", box=box.SIMPLE)
    table.add_column("group", no_wrap=True)
    for name in _COLUMNS:
        table.add_column(name, justify="right", no_wrap=True)
    for line in lines:
        after, before = wording.pairs(line, limit)
        cells = (
            line.id,
            wording.cell(line, "starts", limit),
            after,
            before,
            wording.ratio(line.crude_ratio),
            wording.ratio(line.null_ratio),
            wording.ratio(line.adjusted_ratio),
            wording.interval(line),
            wording.published(line),
        )
        table.add_row(*(Text(cell) for cell in cells))
    return table
