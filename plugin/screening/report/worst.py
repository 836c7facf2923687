"""The worst first: a list of patients that never grows beyond its length."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field

from msgspec import Struct

from knowledge.model import Level
from plugin.screening.report.answers import Answer


class Worst(Struct, frozen=True):
    """One flagged patient."""

    patient: str
    level: str
    answer: Answer


@dataclass(order=True)
class _Kept:
    """Least is what goes first: a lower level, fewer findings, and of equals who came later."""

    rank: int
    findings: int
    before: int
    patient: Worst = field(compare=False)


class WorstFirst:
    """Keeps at most `most` patients: the highest level, then most findings, then who came first."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: list[_Kept] = []
        self._seen = 0

    def add(self, patient: str, level: str, answer: Answer) -> None:
        """Weigh one flagged patient."""
        self._seen += 1
        if not self._most:
            return
        rank, findings, before = Level(level).rank, len(answer.findings), -self._seen
        full = len(self._kept) == self._most
        if full:
            least = self._kept[0]
            if (rank, findings, before) < (least.rank, least.findings, least.before):
                return
        kept = _Kept(rank, findings, before, Worst(patient, level, answer))
        (heapq.heapreplace if full else heapq.heappush)(self._kept, kept)

    @property
    def patients(self) -> tuple[Worst, ...]:
        """The worst first."""
        return tuple(one.patient for one in sorted(self._kept, reverse=True))
