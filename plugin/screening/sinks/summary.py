"""`summary.csv`: one row for each patient, for a spreadsheet."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from plugin.screening.hidden import not_read
from plugin.screening.outcome import Failed, Outcome, Screened
from plugin.screening.sinks.files import create, finish
from plugin.screening.sinks.names import SUMMARY
from plugin.screening.visible import visible

COLUMNS = (
    "patient",
    "level",
    "rules",
    "ingredients",
    "mitigations",
    "unread",
    "not_assessed",
    "unread_reasons",
)
# Within a cell: no id or ingredient name has one.
LIST_SEPARATOR = ";"


class SummarySink:
    """Rows of ids, names of ours and counts. Patients who failed stand in another file."""

    def __init__(self, folder: Path) -> None:
        self._stream = create(folder / SUMMARY)
        self._text = io.TextIOWrapper(self._stream, encoding="utf-8", newline="")
        self._rows = csv.writer(self._text, lineterminator="\n")
        self._rows.writerow(COLUMNS)

    def write(self, outcome: Outcome) -> None:
        """Append one row."""
        if not isinstance(outcome, Failed):
            self._rows.writerow(_row(outcome))

    def close(self) -> None:
        self._text.flush()
        self._text.detach()
        finish(self._stream)

    def abandon(self) -> None:
        self._text.close()


def _row(outcome: Screened) -> tuple[str | int, ...]:
    return (
        visible(outcome.patient),
        outcome.level,
        LIST_SEPARATOR.join(outcome.rules),
        LIST_SEPARATOR.join(outcome.ingredients),
        LIST_SEPARATOR.join(outcome.mitigations),
        outcome.unread,
        outcome.not_assessed,
        LIST_SEPARATOR.join(sorted({one.reason for one in not_read(outcome)})),
    )
