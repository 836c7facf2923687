"""Which release it is, as its own files and names say. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from pathlib import PurePosixPath

from knowledge.terminology.release.layout import RXNORM

FULL, PRESCRIBE, WEEKLY = "full", "prescribe", "weekly"
_NAMED = re.compile(r"(?:rxnorm|readme)[a-z_]*?_(\d{2})(\d{2})(\d{4})\b", re.IGNORECASE)
_CODED = re.compile(r"_(\d{2})(\d{2})(\d{2})[A-Z]")  # 20AA_201102F: of 2020-11-02
_RSAB, _SVER, _CURRENT = 3, 6, 21


def version_of(lines: Iterable[list[str]]) -> str:
    """The version of RxNorm itself in RXNSAB.RRF; empty if it is not said."""
    own = [line for line in lines if line[_RSAB] == RXNORM]
    current = [line for line in own if line[_CURRENT] == "Y"] or own
    return current[0][_SVER].strip() if current else ""


def date_of(names: Iterable[str], version: str) -> str:
    """The date of a release: in the name of its readme, zip or folder, else in its version."""
    for name in sorted(names, key=lambda name: "readme" not in name.lower()):
        found = _NAMED.search(PurePosixPath(name).name)
        if found and (day := _day(found[3], found[1], found[2])):
            return day
    coded = _CODED.search(version)
    return _day(f"20{coded[1]}", coded[2], coded[3]) if coded else ""


def subset_of(names: Iterable[str], folder: PurePosixPath) -> str:
    """Whether it is the full release, the prescribable subset or a weekly one."""
    if PRESCRIBE in map(str.lower, folder.parts):
        return PRESCRIBE
    shown = [PurePosixPath(name).name.lower() for name in names]
    own = [name for name in shown if name.startswith(("readme", "rxnorm"))]
    for word in (PRESCRIBE, WEEKLY):
        if any(word in name for name in own):
            return word
    return FULL


def _day(year: str, month: str, day: str) -> str:
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return ""
