"""The drawings of the report, made of numbers as they may be shown and of nothing else.

A bar is told from its neighbour by its pattern as well as its colour, so that black ink is enough.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from plugin.errors import CrampcheckError
from plugin.screening.report.figures import Row
from plugin.screening.report.labs import LabKnown
from plugin.screening.report.small_cells import Shown
from plugin.screening.report.svg import inline
from plugin.screening.report.words import LAB_WORDS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Points. The page makes it as wide as its column: of a telephone's 340 pixels, letters of 11.
_WIDTH = 290
_ROW, _BAR, _TEXT, _TOP = 32, 10, 10, 6
_KEYS = 18  # height of a line of the legend
_GAP = 12  # between the entries of a legend
_LETTER = 5.7  # width of a letter in points, on the large side
_BOLD = 6.6  # the same of a bold one
MOST_BARS = 12


class _Look(Struct, frozen=True):
    """How a kind of bar is filled: colour, pattern and line. The page changes the colours."""

    fill: str
    hatch: str
    line: str


_INK, _SOFT, _GROUND = "#1b2a30", "#51636b", "#fefefe"
_LOOKS = {
    "critical": _Look("#8f1d18", "", "#8f1d19"),
    "warning": _Look("#f0c36b", "////", "#7a4a00"),
    "info": _Look("#dbe9f6", "", "#3f6d9c"),
    "none": _Look(_GROUND, "", _SOFT),
    LabKnown.CURRENT: _Look("#1d6472", "", "#2a6f7c"),
    LabKnown.OLDER: _Look("#a9d3da", "////", "#2a6f7c"),
    LabKnown.NONE: _Look(_GROUND, "", _SOFT),
    LabKnown.SUSPECT: _Look("#f0c36b", "||||", "#7a4a00"),
    LabKnown.UNREAD: _Look("#e8c5c2", "xxxx", "#8f1d19"),
}
# Which class of the style has a colour's place.
_CLASSES = {
    _INK: "ink",
    _SOFT: "soft",
    _GROUND: "ground",
    "#8f1d18": "critical",
    "#8f1d19": "critical-line",
    "#f0c36b": "warning",
    "#7a4a00": "warning-line",
    "#dbe9f6": "info",
    "#3f6d9c": "info-line",
    "#1d6472": "lab",
    "#2a6f7c": "lab-line",
    "#a9d3da": "lab-old",
    "#e8c5c2": "lab-unread",
}


def needs_matplotlib() -> None:
    """Raises CrampcheckError, with the remedy, where matplotlib is not installed."""
    try:
        import matplotlib.figure  # noqa: F401, PLC0415 - slow, and an extra
    except ImportError as error:
        raise CrampcheckError(
            "the report needs matplotlib, which is not installed: pip install 'crampcheck[report]'."
        ) from error


class _Bar(Struct, frozen=True):
    """One line of a drawing: a label, a number at the right, and segments from the left."""

    label: str
    number: str
    segments: tuple[tuple[str, int], ...]


def of_levels(rows: Sequence[Row], whole: Shown) -> str:
    """Assessed patients by highest level."""
    bars = [_Bar(row.label, _number(row), ((row.level, row.total.value or 0),)) for row in rows]
    title = "Assessed patients by their highest level: " + _listed(rows)
    return _drawn("levels", title, bars, whole.value or 0)


def of_groups(rows: Sequence[Row]) -> str:
    """Flagged patients by drug group, by level where the levels are shown."""
    first = rows[:MOST_BARS]
    kinds = ("critical", "warning", "info")
    bars = []
    for row in first:
        values = [part.value or 0 for part in row.parts]
        segments = tuple(zip(kinds, values, strict=True)) if values else _plain(row)
        bars.append(_Bar(row.label, _number(row), segments))
    split = bool(rows and rows[0].parts)
    title = "Flagged patients by drug group: " + _listed(first)
    legend = [(kind, kind) for kind in kinds] if split else []
    return _drawn("groups", title, bars, _most(rows), legend)


def of_labs(rows: Sequence[Row], whole: Shown) -> str:
    """What is known of each laboratory result of the flagged patients."""
    states = list(LabKnown)
    bars = [
        _Bar(
            row.label,
            f"{row.parts[0].text} current" + (f" ({row.share})" if row.share else ""),
            tuple((state, part.value or 0) for state, part in zip(states, row.parts, strict=True)),
        )
        for row in rows
    ]
    said = "; ".join(
        f"{row.label}: "
        + ", ".join(
            f"{part.text} {LAB_WORDS[state]}" for state, part in zip(states, row.parts, strict=True)
        )
        for row in rows
    )
    legend = [(state.value, LAB_WORDS[state]) for state in states]
    return _drawn(
        "labs", f"Laboratory results of flagged patients. {said}", bars, whole.value or 0, legend
    )


def _plain(row: Row) -> tuple[tuple[str, int], ...]:
    return (("current", row.total.value or 0),)


def _number(row: Row) -> str:
    return f"{row.total.text} ({row.share})" if row.share else row.total.text


def _listed(rows: Iterable[Row]) -> str:
    return "; ".join(f"{row.label} {_number(row)}" for row in rows) + "."


def _most(rows: Sequence[Row]) -> int:
    return max((row.total.value or 0 for row in rows), default=0)


def _drawn(
    name: str,
    title: str,
    bars: Sequence[_Bar],
    longest: int,
    legend: Sequence[tuple[str, str]] = (),
) -> str:
    """The drawing as SVG. The same numbers give the same bytes."""
    import matplotlib as mpl  # noqa: PLC0415 - slow, and an extra
    from matplotlib.backends.backend_svg import FigureCanvasSVG  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415

    keys = list(_keys(legend))
    top = _TOP + (max(line for _, _, line, _ in keys) * _KEYS + _KEYS + 2 if keys else 0)
    height = top + _ROW * len(bars)
    settings: dict[Any, Any] = {
        "svg.fonttype": "none",
        "svg.hashsalt": name,
        "font.family": "DejaVu Sans",
        "font.size": _TEXT,
        "text.parse_math": False,
        "hatch.linewidth": 0.7,
    }
    with mpl.rc_context(settings):
        figure = Figure(figsize=(_WIDTH / 72, height / 72), facecolor="none")
        FigureCanvasSVG(figure)
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set(xlim=(0, _WIDTH), ylim=(height, 0))
        axes.set_axis_off()
        _legend(axes, keys)
        for place, bar in enumerate(bars):
            _bar(axes, bar, top + _ROW * place, longest)
        file = io.StringIO()
        figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
    return inline(file.getvalue(), _CLASSES, title=title, ids=f"{name}-")


def _keys(entries: Sequence[tuple[str, str]]) -> Iterator[tuple[str, float, int, str]]:
    """Each entry of a legend with its place: from the left, and in which line."""
    left, line = 0.5, 0
    for kind, label in entries:
        wide = 14 + len(label) * (_LETTER)
        if left + wide > _WIDTH:
            left, line = 0.5, line + 1
        yield kind, left, line, label
        left += wide + _GAP


def _legend(axes: Axes, keys: Sequence[tuple[str, float, int, str]]) -> None:
    for kind, left, line, label in keys:
        top = line * _KEYS
        _fill(axes, kind, left, top + 2, 10)
        axes.text(left + 14, top + 11, label, color=_INK, fontsize=_TEXT)


def _bar(axes: Axes, bar: _Bar, top: float, longest: int) -> None:
    fits = int((_WIDTH - len(bar.number) * _BOLD - _GAP) / _LETTER)
    label = bar.label if len(bar.label) <= fits else bar.label[: fits - 1] + "…"
    axes.text(0, top + 9, label, color=_INK)
    axes.text(_WIDTH, top + 9, bar.number, color=_INK, ha="right", fontweight="bold")
    axes.plot((0, _WIDTH), (top + 13 + _BAR,) * 2, color=_SOFT, linewidth=0.3)
    left = 0.5
    for kind, value in bar.segments:
        wide = (_WIDTH - 1) * value / longest if longest else 0
        if wide:
            _fill(axes, kind, left, top + 13, min(max(wide, 0.8), _WIDTH - left))
        left += wide


def _fill(axes: Axes, kind: str, left: float, top: float, wide: float) -> None:
    look = _LOOKS[kind]
    axes.bar(
        left,
        _BAR,
        width=wide,
        bottom=top,
        align="edge",
        color=look.fill,
        edgecolor=look.line,
        hatch=look.hatch,
        linewidth=0.7,
    )
