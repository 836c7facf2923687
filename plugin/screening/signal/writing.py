"""The files of an analysis. Each gets its name when it is whole."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from knowledge.signal_model import Signals
from plugin.errors import CrampcheckError
from plugin.screening.signal.analysis import Analysis
from plugin.screening.signal.lines import Line
from plugin.screening.signal.page import page
from plugin.screening.signal.running import Analysed

JSON, CSV, HTML = "signal.json", "signal.csv", "signal.html"
FAILED, QUARANTINE = "failed.ndjson", "quarantine.ndjson"
FILES = (JSON, CSV, HTML, FAILED, QUARANTINE)
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


def write(folder: Path, analysed: Analysed, signals: Signals) -> None:
    """Write all files. Raises CrampcheckError if the folder cannot be written.

    Results on patients are for whoever runs this alone to read.
    """
    analysis = analysed.analysis
    files = {
        JSON: as_json(analysis),
        CSV: as_csv(analysis).encode(),
        HTML: page(analysis, signals).encode(),
        FAILED: _lines(analysed.failed),
        QUARANTINE: _lines(analysed.quarantined),
    }
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name, data in files.items():
            _keep(folder / name, data)
    except OSError as error:
        raise CrampcheckError(
            f"{folder}: cannot be written ({(error.strerror or 'unknown fault').lower()}); "
            "name another folder with --out."
        ) from error


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


def _lines(rows: Iterable[msgspec.Struct]) -> bytes:
    return b"".join(msgspec.json.encode(_untagged(row)) + b"\n" for row in rows)


def _untagged(row: msgspec.Struct) -> dict[str, Any]:
    return {name: getattr(row, name) for name in row.__struct_fields__}


def _keep(path: Path, data: bytes) -> None:
    ours = path.with_name(f"{path.name}.tmp")
    try:
        with os.fdopen(os.open(ours, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(data)
        os.replace(ours, path)
    finally:
        ours.unlink(missing_ok=True)
