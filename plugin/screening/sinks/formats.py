"""Which results a run is to write: read from `--format`, and checked before any work begins."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable
from enum import StrEnum
from typing import ClassVar

from msgspec import Struct

from plugin.errors import CrampcheckError
from plugin.screening.outcome import Wanted
from plugin.screening.sinks import names
from plugin.screening.visible import visible

BOTH = "both"
# The modules of an extra, by the format that needs them, and what the extra is called.
_EXTRAS = {"parquet": ("parquet", ("pyarrow",)), "report": ("report", ("matplotlib",))}


class FormatUnknown(CrampcheckError):  # noqa: N818
    """A word of `--format` that is none of ours."""

    exit_code: ClassVar[int] = 2


class ExtraMissing(CrampcheckError):  # noqa: N818
    """A format needs packages that are not installed."""

    exit_code: ClassVar[int] = 2


class Format(StrEnum):
    """One kind of result."""

    JSON = "json"
    CSV = "csv"
    PARQUET = "parquet"
    FHIR = "fhir"
    WORKLIST = "worklist"
    REPORT = "report"


KNOWN = (BOTH, *(one.value for one in Format))
_FILES = {
    Format.JSON: (names.ASSESSMENTS,),
    Format.CSV: (names.SUMMARY,),
    Format.PARQUET: (names.PARQUET,),
    Format.FHIR: (names.ISSUES, names.GUIDANCE),
    Format.WORKLIST: (names.WORKLIST_ROWS,),
    Format.REPORT: (names.REPORT,),
}


class Chosen(Struct, frozen=True):
    """The formats of a run, each once, in the order of `Format`."""

    formats: tuple[Format, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Every file that the run finishes, what was left out last."""
        own = [name for one in self.formats for name in _FILES[one]]
        return (*own, names.QUARANTINE, names.FAILED)

    @property
    def wanted(self) -> Wanted:
        """What the workers have to give of each patient beside the answer."""
        return Wanted(issues=Format.FHIR in self.formats, labs=Format.REPORT in self.formats)

    @property
    def text(self) -> str:
        """As `choose` reads it."""
        return ",".join(self.formats)


def choose(text: str) -> Chosen:
    """The formats that a list such as `json,report` names; `both` is json and csv.

    Raises FormatUnknown for an empty list or a word that is not known, and ExtraMissing where a
    format needs packages that are not installed.
    """
    words = [word.strip().lower() for word in text.split(",")]
    for word in words:
        if word not in KNOWN:
            said = f"{visible(word)} is no format" if word else "a format is empty"
            raise FormatUnknown(f"--format: {said}; choose from {', '.join(KNOWN)}.")
    formats = set(_plain(words))
    chosen = Chosen(tuple(one for one in Format if one in formats))
    for one in chosen.formats:
        _need(one)
    return chosen


def _plain(words: Iterable[str]) -> Iterable[Format]:
    for word in words:
        if word == BOTH:
            yield from (Format.JSON, Format.CSV)
        else:
            yield Format(word)


def _need(one: Format) -> None:
    extra, modules = _EXTRAS.get(one, ("", ()))
    missing = [name for name in modules if importlib.util.find_spec(name) is None]
    if missing:
        raise ExtraMissing(
            f"--format {one}: {', '.join(missing)} is not installed; "
            f"pip install 'crampcheck[{extra}]', or leave the format out."
        )
