"""`assessments.parquet`: the answers as a typed table, in row groups of bounded size."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq

from plugin.screening.outcome import Failed, Outcome, Screened
from plugin.screening.sinks.columns import COLUMNS, rows
from plugin.screening.sinks.files import create, finish
from plugin.screening.sinks.names import PARQUET

# A row group is held in memory until it is written, at some ten times the size of its lines.
GROUP_BYTES = 2 << 20
# So that the bytes do not depend on what pyarrow takes for the best this year.
_AS = {"compression": "zstd", "compression_level": 3, "version": "2.6", "use_dictionary": True}


class ParquetSink:
    """Writes a row group whenever enough answers have come."""

    def __init__(self, folder: Path) -> None:
        self._stream = create(folder / PARQUET)
        self._writer = pq.ParquetWriter(self._stream, COLUMNS, **_AS)
        self._answers: list[Screened] = []
        self._bytes = 0

    def write(self, outcome: Outcome) -> None:
        """Take one answer."""
        if isinstance(outcome, Failed):
            return
        self._answers.append(outcome)
        self._bytes += len(outcome.line)
        if self._bytes >= GROUP_BYTES:
            self._flush()

    def close(self) -> None:
        if self._answers:
            self._flush()
        self._writer.close()
        finish(self._stream)

    def abandon(self) -> None:
        self._answers.clear()
        self._writer.close()
        self._stream.close()

    def _flush(self) -> None:
        self._writer.write_table(rows(self._answers), row_group_size=len(self._answers))
        self._answers, self._bytes = [], 0
