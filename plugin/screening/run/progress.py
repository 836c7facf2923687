"""How far a run is, as told to whoever watches."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from msgspec import Struct


class Progress(Struct, frozen=True):
    """How far a stage is: `done` of `total` (0 where it is not known), in `unit`.

    The first report of a stage says what an earlier sitting had done already. Counts are of the
    run so far, and hold no patient data.
    """

    stage: str
    done: int
    total: int
    unit: str = ""
    lines: int = 0
    patients: int = 0
    by_level: dict[str, int] = {}
    failed: int = 0
    quarantined: int = 0


OnProgress: TypeAlias = Callable[[Progress], None]
OnNotice: TypeAlias = Callable[[str], None]


def unwatched(_: object) -> None:
    """For a run that nobody watches."""
