"""`quarantine.ndjson` and `failed.ndjson`: lines and patients that are not in the answers.

Both are always written; empty where nothing was left out. They hold no patient data but references.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, BinaryIO

import orjson

from plugin.screening.outcome import Failed, Outcome, Quarantined
from plugin.screening.sinks.files import create, finish
from plugin.screening.sinks.names import FAILED, QUARANTINE

QUARANTINE_KEYS = ("file", "line", "offset", "reason")
FAILED_KEYS = ("patient", "reason")


class LeftOutSink:
    """Both lists."""

    def __init__(self, folder: Path) -> None:
        self._failed = create(folder / FAILED)
        try:
            self._quarantined = create(folder / QUARANTINE)
        except OSError:
            self._failed.close()
            raise

    def write(self, outcome: Outcome) -> None:
        """Append a patient who failed."""
        if isinstance(outcome, Failed):
            _append(self._failed, patient=outcome.patient, reason=outcome.reason)

    def quarantine(self, row: Quarantined) -> None:
        """Append a line, an entry on it, or a file (line 0)."""
        _append(
            self._quarantined, file=row.file, line=row.line, offset=row.offset, reason=row.reason
        )

    def close(self) -> None:
        finish(self._failed)
        finish(self._quarantined)

    def abandon(self) -> None:
        self._failed.close()
        self._quarantined.close()


def _append(stream: BinaryIO, **row: Any) -> None:
    stream.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))
