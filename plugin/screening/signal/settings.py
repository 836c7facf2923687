"""What a user chooses for an analysis."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from msgspec import Struct

YEAR = 365


class OutcomeKind(StrEnum):
    """Which records count as cramps."""

    ANY = "any"  # whichever came first
    DIAGNOSIS = "diagnosis"
    DRUG = "quinine"


class ConditionDate(StrEnum):
    """Which day of a diagnosis counts; the other stands in where it is not given."""

    ONSET = "onset"
    RECORDED = "recorded"


class Settings(Struct, frozen=True):
    """All choices, with the defaults of the command.

    A record dated after `as_of` is left out. `window` and `run_in` are days. `data_from` is the day
    on which the data begin for everybody; without it, each patient's earliest record.
    """

    as_of: date
    window: int = YEAR
    run_in: int = YEAR
    data_from: date | None = None
    outcome: OutcomeKind = OutcomeKind.ANY
    condition_date: ConditionDate = ConditionDate.ONSET
    min_age: int = 18
    min_pairs: int = 10
    suppress_below: int = 0
