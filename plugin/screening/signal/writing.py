"""The files of an analysis. They get their names when all of them are whole."""

from __future__ import annotations

import csv
import io
import os
from pathlib import Path
from typing import Any

import msgspec

from knowledge.signal_model import Signals
from plugin.screening.outcome import Failed, Quarantined
from plugin.screening.run.durable import write_whole
from plugin.screening.signal.analysis import Analysis
from plugin.screening.signal.lines import Line
from plugin.screening.signal.page import page
from plugin.screening.sinks.files import make_folder, settle
from plugin.screening.sinks.left_out import LeftOutSink
from plugin.screening.sinks.names import FAILED, QUARANTINE

JSON, CSV, HTML = "signal.json", "signal.csv", "signal.html"
FILES = (CSV, HTML, FAILED, QUARANTINE, JSON)
_UNFINISHED = "results"  # in the folder of work
_COLUMNS = (
    "id",
    "label",
    "control",
    "verdict",
    "starts",
    "not_new",
    "unclear",
    "after",
    "before",
    "same_day",
    "outside_window",
    "crude_ratio",
    "null_ratio",
    "adjusted_ratio",
    "low",
    "high",
)
_PUBLISHED = ("adjusted_ratio", "low", "high", "status", "source", "locator")


def result_files(folder: Path) -> frozenset[Path]:
    """What an analysis writes into a folder, so that a later one does not read it."""
    return frozenset(
        Path(os.path.realpath(folder / name)) for one in FILES for name in (one, f"{one}.tmp")
    )


class LeftOutFiles:
    """`quarantine.ndjson` and `failed.ndjson` on their way: in a folder of work, with counts."""

    def __init__(self, work: Path) -> None:
        make_folder(work / _UNFINISHED)
        self.failed = self.quarantined = 0
        self._sink = LeftOutSink(work / _UNFINISHED)

    def __enter__(self) -> LeftOutFiles:
        return self

    def __exit__(self, fault: object, *_: object) -> None:
        if fault is None:
            self._sink.close()
        else:
            self._sink.abandon()

    def fail(self, row: Failed) -> None:
        """Append a patient."""
        self.failed += 1
        self._sink.write(row)

    def quarantine(self, row: Quarantined) -> None:
        """Append a line, an entry on it, or a file."""
        self.quarantined += 1
        self._sink.quarantine(row)


def write(work: Path, out: Path, analysis: Analysis, signals: Signals) -> None:
    """Write the rest beside what was left out, and name all of it. May be repeated.

    Results on patients are for whoever runs this alone to read. Raises OSError.
    """
    files = {
        JSON: as_json(analysis),
        CSV: as_csv(analysis).encode(),
        HTML: page(analysis, signals).encode(),
    }
    unfinished = work / _UNFINISHED
    for name, data in files.items():
        write_whole(unfinished / name, data)
    for name in FILES:
        os.replace(unfinished / name, out / name)
    settle(out)


def as_json(analysis: Analysis) -> bytes:
    """`crampcheck.signal/1`, indented."""
    return msgspec.json.format(msgspec.json.encode(analysis), indent=2) + b"\n"


def as_csv(analysis: Analysis) -> str:
    """One row a group; an empty cell is withheld, or no such number."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([*_COLUMNS, *(f"published_{name}" for name in _PUBLISHED)])
    for line in analysis.groups:
        writer.writerow(_cells(line))
    return stream.getvalue()


def _cells(line: Line) -> list[Any]:
    published = msgspec.to_builtins(line.published) or {}
    values = msgspec.to_builtins(line)
    return [*(values[name] for name in _COLUMNS), *(published.get(name) for name in _PUBLISHED)]
