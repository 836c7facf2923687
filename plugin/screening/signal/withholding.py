"""Small counts of an analysis are withheld, and so is what they could be worked out from. Pure.

As in the report of a screening, a count from 1 to one below the limit is shown as fewer. Counts are
not rounded, since a ratio would give them away: instead whatever is computed from a small one goes
with it. Groups overlap: where a wide group less its shown parts leaves no more than half of what a
small part could be, the count of the wide group is withheld too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import structs

from knowledge.signal_model import SignalGroup
from plugin.screening.signal.lines import Line, Verdict

COUNTS = ("starts", "not_new", "unclear", "after", "before", "same_day", "outside_window")
_PAIR = ("after", "before")
_RATIOS = ("crude_ratio", "null_ratio", "adjusted_ratio", "low", "high")


def is_small(count: int, limit: int) -> bool:
    """True for what is shown as fewer than the limit."""
    return 0 < count < limit


def withheld(
    lines: Sequence[Line], groups: Sequence[SignalGroup], limit: int, *, few_cramps: bool = False
) -> tuple[Line, ...]:
    """The lines as they may be shown. `few_cramps`: their number in the population is small."""
    cells = _Cells(lines, limit)
    for wide in sorted(groups, key=lambda group: len(group.drugs)):
        parts = [one.id for one in groups if _is_part(one, wide)]
        for name in COUNTS:
            if cells.told_by(wide.id, parts, name):
                cells.hidden[wide.id] = _with_pair(cells.hidden[wide.id] | {name})
    return tuple(
        _shown(line, cells.small[line.id], cells.hidden[line.id], few_cramps=few_cramps)
        for line in lines
    )


class _Cells:
    """The counts of all groups, and by the id of a group the names of those that are small, and of
    those that are hidden.
    """

    def __init__(self, lines: Sequence[Line], limit: int) -> None:
        self._limit = limit
        self._counts = {line.id: {name: _count(line, name) for name in COUNTS} for line in lines}
        self.small = {
            id_: {name for name, count in counts.items() if is_small(count, limit)}
            for id_, counts in self._counts.items()
        }
        self.hidden = {id_: _with_pair(names) for id_, names in self.small.items()}

    def told_by(self, wide: str, parts: Sequence[str], name: str) -> bool:
        """True where a wide group's count narrows a small one of its parts too far.

        Each patient counted in the wide group is counted alike in the part that was started first,
        so the parts sum to no less.
        """
        unknown = [part for part in parts if name in self.hidden[part]]
        if name in self.hidden[wide] or not unknown:
            return False
        if any(name not in self.small[part] for part in unknown):
            return False  # that one may be any number
        known = sum(self._counts[part][name] for part in parts if part not in unknown)
        most = self._limit - 1
        left = self._counts[wide][name] - known - most * (len(unknown) - 1)
        return 2 * (most - max(left, 1) + 1) < most


def _with_pair(names: set[str]) -> set[str]:
    """After and before go together: the ratio would give the one by the other."""
    return names if names.isdisjoint(_PAIR) else names.union(_PAIR)


def _is_part(one: SignalGroup, wide: SignalGroup) -> bool:
    """True where whoever is of the one is of the wide group too."""
    free = not wide.without and not wide.together_with and one.routes == wide.routes
    return one.id != wide.id and free and one.drugs <= wide.drugs


def _shown(line: Line, small: set[str], hidden: set[str], *, few_cramps: bool) -> Line:
    changes: dict[str, Any] = dict.fromkeys(hidden)
    if not hidden.isdisjoint(_PAIR):
        changes |= {**dict.fromkeys(_RATIOS), "verdict": Verdict.SUPPRESSED}
    if few_cramps or "starts" in small:
        changes["null_ratio"] = None
    others = tuple(name for name in COUNTS if name in hidden - small and name not in _PAIR)
    return structs.replace(line, **changes, withheld=others)


def _count(line: Line, name: str) -> int:
    count: int | None = getattr(line, name)
    return count or 0
