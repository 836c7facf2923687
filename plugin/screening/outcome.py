"""What becomes of a patient, of a line, and of a run's choice of answers.

These travel between worker processes and into files of work, so they are plain structs that
msgspec packs.
"""

from __future__ import annotations

from typing import TypeAlias

from msgspec import Struct


class Wanted(Struct, frozen=True):
    """What the sinks of a run need of each patient beside the answer itself."""

    issues: bool = False  # DetectedIssues as FHIR
    labs: bool = False  # which labs of a flagged patient are known


class Screened(Struct, frozen=True, tag="screened"):
    """The answer about one patient: the contract's JSON, and what the summary says of it."""

    patient: str
    line: bytes  # `crampcheck.assessment/1`, without its newline
    level: str
    rules: tuple[str, ...]
    ingredients: tuple[str, ...]
    mitigations: tuple[str, ...]
    unread: int
    not_assessed: str
    issues: tuple[bytes, ...] = ()  # one FHIR resource each, where wanted
    labs: tuple[tuple[str, str], ...] = ()  # analyte and its state, where wanted


class Failed(Struct, frozen=True, tag="failed"):
    """A patient who could not be screened, and why. Holds no patient data."""

    patient: str
    reason: str


Outcome: TypeAlias = Screened | Failed


class Quarantined(Struct, frozen=True):
    """What could not be given to a patient: a line, an entry on it, or (line 0) a whole file.

    `offset` is where the line begins, in bytes of the unpacked file. Holds no patient data.
    """

    file: str
    line: int
    reason: str
    offset: int = 0
    ends: bool = False  # what follows in the file could not be read
