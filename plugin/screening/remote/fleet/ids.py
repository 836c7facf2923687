"""A file of patients' ids: one a line, with or without `Patient/`, and `#` before a remark."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from plugin.addresses.fhir import Base, own_id
from plugin.errors import InputUnreadable
from plugin.screening.counted import counted
from plugin.screening.remote.fleet.request import FleetRequest, Observations, Whose
from plugin.screening.source.listing import NotRead
from plugin.screening.visible import visible

_LONGEST = 4096  # bytes of a line that may name a patient
_BOM = "\ufeff"


def read_ids(path: Path, base: Base, as_of: date, observations: Observations) -> FleetRequest:
    """The patients that a file names, each once, and the lines that name none.

    Raises InputUnreadable if the file is not there, or names nobody.
    """
    name = visible(path.name)
    ids: dict[str, None] = {}
    lost: list[NotRead] = []
    repeated = 0
    for number, line in _lines(path):
        text = line.removeprefix(_BOM) if number == 1 else line
        text = text.partition("#")[0].strip()
        if not text:
            continue
        id_ = own_id(base, text if "/" in text else f"Patient/{text}", "Patient")
        if not id_:
            reason = "is no id of a patient; write the id, or Patient/id, and nothing else"
            lost.append(NotRead(f"{name} line {number}", reason))
        elif id_ in ids:
            repeated += 1
        else:
            ids[id_] = None
    if not ids:
        beside = f" ({counted(len(lost), 'line is', 'lines are')} none)" if lost else ""
        raise InputUnreadable(f"{path}: names no patient{beside}; write one id a line.")
    return FleetRequest(Whose.FILE, name, as_of, tuple(ids), tuple(lost), repeated, observations)


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Number and text; of a line that is too long, or no UTF-8, a text that is no id."""
    try:
        with path.open("rb") as file:
            number, inside = 0, False
            while piece := file.readline(_LONGEST):
                whole = piece.endswith(b"\n")
                if not inside:
                    number += 1
                    long = not whole and len(piece) == _LONGEST
                    yield number, "?" if long else piece.decode("utf-8", "replace")
                inside = not whole
    except OSError as error:
        fault = (error.strerror or "unknown fault").lower()
        raise InputUnreadable(
            f"{path}: cannot be read ({fault}); name a file of patients' ids, one a line."
        ) from error
