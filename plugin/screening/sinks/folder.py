"""Writes the results of a run. Nothing has its final name before all of it is written."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import IO, Any, Protocol

import orjson

from plugin.errors import CrampcheckError
from plugin.screening.outcome import Failed, Quarantined, Screened
from plugin.screening.source.documents import Document
from plugin.screening.visible import visible

ASSESSMENTS = "assessments.ndjson"
SUMMARY = "summary.csv"
QUARANTINE = "quarantine.ndjson"
FAILED = "failed.ndjson"
SUMMARY_COLUMNS = (
    "patient",
    "level",
    "rules",
    "ingredients",
    "mitigations",
    "unread",
    "not_assessed",
)
# How an answer begins, as it is written here; no resource begins so.
_ASSESSMENT = b'{"schema":"crampcheck.assessment/'
_ROWS = {QUARANTINE: ("file", "line", "reason"), FAILED: ("patient", "reason")}
# Within a cell of the summary: no id or ingredient name has one.
LIST_SEPARATOR = ";"


class Output(StrEnum):
    """Which answers are written; the two lists of what was left out always are."""

    BOTH = "both"
    JSON = "json"
    CSV = "csv"


class Sink(Protocol):
    """Takes the outcome of each patient."""

    def write(self, outcome: Screened | Failed) -> None: ...


def result_files(folder: Path) -> frozenset[Path]:
    """Every file that a run may write, so that a later run over the same folder skips them."""
    names = (ASSESSMENTS, SUMMARY, QUARANTINE, FAILED)
    return frozenset(
        Path(os.path.realpath(folder / ending))
        for name in names
        for ending in (name, f"{name}.tmp")
    )


def is_result(document: Document) -> bool:
    """True for a line that an earlier run wrote, into whatever folder."""
    if document.raw.startswith(_ASSESSMENT):
        return True
    keys = _ROWS.get(PurePosixPath(document.file).name.removesuffix(".gz").removesuffix(".tmp"))
    if keys is None:
        return False
    try:
        row = orjson.loads(document.raw)
    except orjson.JSONDecodeError:
        return False
    return isinstance(row, dict) and keys == tuple(row)


class FolderSink:
    """Four files in a folder. The lists of what was left out are empty where nothing was."""

    def __init__(self, assessments: IO[bytes] | None, summary: IO[str] | None, failed: IO[bytes]):
        self._assessments = assessments
        self._summary = csv.writer(summary, lineterminator="\n") if summary else None
        self._failed = failed
        if self._summary:
            self._summary.writerow(SUMMARY_COLUMNS)

    def write(self, outcome: Screened | Failed) -> None:
        """Append one patient."""
        if isinstance(outcome, Failed):
            _write_row(self._failed, patient=outcome.patient, reason=outcome.reason)
            return
        if self._assessments:
            self._assessments.write(outcome.line + b"\n")
        if self._summary:
            self._summary.writerow(_summary_row(outcome))


@contextmanager
def folder_sink(
    folder: Path, output: Output, quarantined: list[Quarantined]
) -> Iterator[FolderSink]:
    """Open the files of a run; on leaving without an error they get their names.

    Raises CrampcheckError if the folder cannot be written.
    """
    names = {
        Output.BOTH: (ASSESSMENTS, SUMMARY),
        Output.JSON: (ASSESSMENTS,),
        Output.CSV: (SUMMARY,),
    }[output]
    written = (*names, QUARANTINE, FAILED)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with ExitStack() as stack:
            assessments = (
                stack.enter_context(_tmp(folder, ASSESSMENTS).open("wb"))
                if ASSESSMENTS in names
                else None
            )
            summary = (
                stack.enter_context(_tmp(folder, SUMMARY).open("w", newline="", encoding="utf-8"))
                if SUMMARY in names
                else None
            )
            failed = stack.enter_context(_tmp(folder, FAILED).open("wb"))
            with _tmp(folder, QUARANTINE).open("wb") as rows:
                for row in quarantined:
                    _write_row(rows, file=row.file, line=row.line, reason=row.reason)
            yield FolderSink(assessments, summary, failed)
        for name in written:
            os.replace(_tmp(folder, name), folder / name)
    except OSError as error:
        raise CrampcheckError(
            f"{folder}: cannot be written ({(error.strerror or 'unknown fault').lower()}); "
            "name another folder with --out."
        ) from error
    finally:
        for name in written:
            with suppress(OSError):  # nothing to tidy up where nothing could be written
                _tmp(folder, name).unlink(missing_ok=True)


def _tmp(folder: Path, name: str) -> Path:
    return folder / f"{name}.tmp"


def _write_row(stream: IO[bytes], **row: Any) -> None:
    stream.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))


def _summary_row(outcome: Screened) -> tuple[str | int, ...]:
    return (
        visible(outcome.patient),
        outcome.level,
        LIST_SEPARATOR.join(outcome.rules),
        LIST_SEPARATOR.join(outcome.ingredients),
        LIST_SEPARATOR.join(outcome.mitigations),
        outcome.unread,
        outcome.not_assessed,
    )
