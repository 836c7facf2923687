"""Counts of outcomes into rates. Pure.

A rate is of the cards that were answered, with Wilson's interval of 95%: of few cards it says
little, and shows it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence

from msgspec import Struct

_Z = 1.959963984540054  # of the normal distribution, for 95%
NO_REASON = "(none given)"


class Told(Struct, frozen=True):
    """A card and the outcome that counts for it; `outcome` is empty where none was told."""

    service: str
    rules: tuple[str, ...]  # empty for a card that is not about findings
    topic: str
    outcome: str = ""
    reason: str = ""


class Line(Struct, frozen=True):
    """One line of a report: what became of the cards that had `key`."""

    key: str
    shown: int
    accepted: int
    overridden: int
    reasons: tuple[tuple[str, int], ...] = ()  # the overridden ones, most frequent first

    @property
    def answered(self) -> int:
        return self.accepted + self.overridden

    @property
    def acceptance(self) -> tuple[float, float, float] | None:
        """The rate with its interval; None where nothing was answered."""
        return wilson(self.accepted, self.answered)

    @property
    def override(self) -> tuple[float, float, float] | None:
        """The rate with its interval; None where nothing was answered."""
        return wilson(self.overridden, self.answered)


class Report(Struct, frozen=True):
    """What became of the cards of a period. `unknown` are outcomes of cards not on record."""

    by: str
    lines: tuple[Line, ...]
    total: Line
    unknown: Line


def wilson(hits: int, total: int) -> tuple[float, float, float] | None:
    """A proportion with its lower and upper 95% limit (Wilson's score interval)."""
    if total == 0:
        return None
    rate, z2 = hits / total, _Z * _Z
    middle = (rate + z2 / (2 * total)) / (1 + z2 / total)
    half = _Z * math.sqrt(rate * (1 - rate) / total + z2 / (4 * total * total)) / (1 + z2 / total)
    return rate, max(0.0, middle - half), min(1.0, middle + half)


class Tally:
    """Counts cards one by one, under each key that they have."""

    def __init__(self) -> None:
        self._shown: Counter[str] = Counter()
        self._outcomes: Counter[tuple[str, str]] = Counter()
        self._reasons: dict[str, Counter[str]] = {}

    def add(self, keys: Iterable[str], card: Told) -> None:
        """Count a card once under each of these keys."""
        for key in dict.fromkeys(keys):
            self._shown[key] += 1
            if card.outcome:
                self._outcomes[key, card.outcome] += 1
            if card.outcome == "overridden":
                reasons = self._reasons.setdefault(key, Counter())
                reasons[card.reason or NO_REASON] += 1

    def line(self, key: str) -> Line:
        """What was counted under one key."""
        reasons = self._reasons.get(key, Counter())
        return Line(
            key=key,
            shown=self._shown[key],
            accepted=self._outcomes[key, "accepted"],
            overridden=self._outcomes[key, "overridden"],
            reasons=tuple(sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0]))),
        )

    def lines(self) -> tuple[Line, ...]:
        """A line for each key, the most shown first."""
        order = sorted(self._shown, key=lambda key: (-self._shown[key], key))
        return tuple(self.line(key) for key in order)


def keys_of(card: Told, by: str) -> Sequence[str]:
    """Under what a card counts: its rules, its service, or why it was overridden."""
    if by == "rule":
        return card.rules or (f"({card.topic})",)
    if by == "service":
        return (card.service,)
    return (card.reason or NO_REASON,) if card.outcome == "overridden" else ()


_ALL = "all cards"
_UNKNOWN = "cards not on record"


def report_of(known: Iterable[Told], unknown: Iterable[Told], by: str) -> Report:
    """The report of these cards. `by` is `rule`, `service` or `reason`."""
    lines, whole = Tally(), Tally()
    for card in known:
        whole.add((_ALL,), card)
        lines.add(keys_of(card, by), card)
    for card in unknown:
        whole.add((_UNKNOWN,), card)
    return Report(by, lines.lines(), whole.line(_ALL), whole.line(_UNKNOWN))
