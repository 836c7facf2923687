"""One group of an analysis: its counts, its ratios, and what their interval says."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class Verdict(StrEnum):
    """What the interval of a group says."""

    ABOVE = "above"
    BELOW = "below"
    OPEN = "open"  # it holds 1
    FEW = "few"  # too few pairs to show a ratio
    NO_NULL = "no-null"  # the ratio expected from trends is not known
    SUPPRESSED = "suppressed"


class PublishedRatio(Struct, frozen=True):
    """What a study found for such a group."""

    adjusted_ratio: float
    low: float
    high: float
    status: str
    source: str
    locator: str


class Line(Struct, frozen=True):
    """One group. Counts are of patients; None is withheld, or no such number."""

    id: str
    label: str
    short: str
    control: bool
    verdict: Verdict
    starts: int | None  # first prescriptions that count
    not_new: int | None
    unclear: int | None
    after: int | None
    before: int | None
    same_day: int | None
    outside_window: int | None
    crude_ratio: float | None = None
    null_ratio: float | None = None
    adjusted_ratio: float | None = None
    low: float | None = None
    high: float | None = None
    published: PublishedRatio | None = None
    withheld: tuple[str, ...] = ()  # counts that are not small, and would tell one that is
