"""The forest plot of an analysis."""

from __future__ import annotations

import re
from datetime import date

from msgspec.structs import replace

from knowledge.load import load
from knowledge.signals import load_signals
from plugin.screening.signal.analysis import analysis_of
from plugin.screening.signal.forest import forest_plot
from plugin.screening.signal.settings import Settings
from plugin.screening.signal.tally import Tally


def size_of_plot(name: str) -> tuple[float, float]:
    """Width and height in points, where a group with an interval has this name."""
    signals = load_signals(load())
    settings = Settings(date(2026, 11, 1))
    found = analysis_of(Tally(signals.groups, settings), signals, "1")
    line = replace(found.groups[0], short=name, adjusted_ratio=2.0, low=1.0, high=4.0)
    plot = forest_plot(replace(found, groups=(line,)), "a study")
    width, height = re.findall(r'(?:width|height)="([\d.]+)pt"', plot)[:2]
    return float(width), float(height)


def test_a_long_name_of_a_group_leaves_room_for_the_plot() -> None:
    """It goes on more lines, which make the drawing higher; on one it took the plot's place."""
    width, height = size_of_plot("Statin")
    long = "Statins and all that is given with them, by whatever name it goes, and in any dose"
    assert width == size_of_plot(long)[0]
    assert height < size_of_plot(long)[1]
    assert height == size_of_plot("LABA without inhaled steroid")[1]
