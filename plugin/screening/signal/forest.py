"""The forest plot, as inline SVG: our ratios, the published ones beside them, controls apart.

Black on white, and told apart by shape, so that a print and a colour-blind reader see the same.
"""

from __future__ import annotations

import io
import textwrap
from typing import Any

from plugin.screening.signal import wording
from plugin.screening.signal.analysis import Analysis
from plugin.screening.signal.lines import Line

LINKED, CONTROLS = "Linked to cramps", "Negative controls"
_ROW = 0.36  # inches
_TEXT = 0.16  # inches of a line of a name
_LONGEST = 34  # characters of such a line
_MARGIN = 1.1
_WIDTH = 9.0
_LEAST, _MOST = 0.1, 10.0  # of the axis; what lies beyond ends in an arrow
_TICKS = (0.1, 0.2, 0.5, 1, 2, 5, 10)
_OURS, _PUBLISHED = "s", "D"
_APART = 0.16  # rows between ours and the published one of the same group


def forest_plot(analysis: Analysis, published: str) -> str:
    """The plot as `<svg>`, the same bytes for the same analysis. `published` names the studies."""
    import matplotlib as mpl  # noqa: PLC0415 - an extra, and slow to import
    from matplotlib.figure import Figure  # noqa: PLC0415

    settings = {"svg.hashsalt": "crampcheck", "svg.fonttype": "path", "font.size": 9}
    with mpl.rc_context(settings):
        drawn = [line for line in analysis.groups if _drawn(line)]
        rows = len(drawn) + 2  # a heading each for the groups and the controls
        most = max((_name(line).count("\n") + 1 for line in drawn), default=1)
        height = rows * max(_ROW, most * _TEXT) + _MARGIN
        figure = Figure(figsize=(_WIDTH, height), layout="constrained")
        _draw(figure.add_subplot(), analysis, published)
        stream = io.StringIO()
        figure.savefig(
            stream, format="svg", metadata=dict.fromkeys(("Creator", "Date", "Format", "Type"))
        )
    return _inline(stream.getvalue())


def _draw(axes: Any, analysis: Analysis, published: str) -> None:
    labels: list[tuple[float, str]] = []
    numbers: list[tuple[float, str]] = []
    row = 0.0
    for title, lines in ((LINKED, analysis.linked), (CONTROLS, analysis.controls)):
        if labels:
            axes.axhline(row - 0.5, color="black", linewidth=0.4)
        labels.append((row, title))
        row += 1
        for line in filter(_drawn, lines):
            labels.append((row, _name(line)))
            numbers.append((row, _numbers(line)))
            _points(axes, line, row)
            row += 1
    axes.axvline(1, color="black", linewidth=0.8)
    axes.set_xscale("log")
    axes.set_xlim(_LEAST, _MOST)
    axes.set_xticks(_TICKS, [f"{tick:g}" for tick in _TICKS])
    axes.minorticks_off()
    axes.set_ylim(row - 0.4, -0.6)
    axes.set_yticks([place for place, _ in labels], [text for _, text in labels])
    for text, (_, label) in zip(axes.get_yticklabels(), labels, strict=True):
        text.set_fontweight("bold" if label in (LINKED, CONTROLS) else "normal")
    axes.tick_params(axis="y", length=0)
    beside = axes.twinx()
    beside.set_ylim(axes.get_ylim())
    beside.set_yticks([place for place, _ in numbers], [text for _, text in numbers])
    beside.tick_params(axis="y", length=0)
    beside.set_frame_on(False)
    axes.set_xlabel("adjusted sequence ratio, 95% confidence interval, log scale")
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    _legend(axes, published)


def _drawn(line: Line) -> bool:
    """True for a group with something to draw; every group is in the tables."""
    return line.low is not None or line.published is not None or line.control


def _name(line: Line) -> str:
    """On lines that leave room for the plot, however long the name is."""
    return textwrap.fill(line.short, _LONGEST)


def _numbers(line: Line) -> str:
    """`2.06 (1.23 to 3.55)` of these records; nothing without an interval."""
    return (
        ""
        if line.low is None
        else f"{wording.ratio(line.adjusted_ratio)} ({wording.interval(line)})"
    )


def _points(axes: Any, line: Line, row: float) -> None:
    known = line.published
    ours = row - (_APART if known else 0)
    if line.low is not None:
        _interval(axes, ours, (line.low, line.adjusted_ratio, line.high), _OURS, "black")
    if known:
        values = (known.low, known.adjusted_ratio, known.high)
        _interval(axes, row + _APART, values, _PUBLISHED, "white")


def _interval(
    axes: Any,
    row: float,
    values: tuple[float | None, float | None, float | None],
    shape: str,
    fill: str,
) -> None:
    low, ratio, high = values
    left, right = max(low or 0, _LEAST), min(_MOST if high is None else high, _MOST)
    style = "-" if shape == _OURS else (0, (3, 2))
    axes.plot([left, right], [row, row], color="black", linewidth=1.1, linestyle=style, zorder=2)
    if not low or low < _LEAST:
        axes.plot([_LEAST], [row], marker="<", color="black", markersize=5, clip_on=False)
    if high is None or high > _MOST:
        axes.plot([_MOST], [row], marker=">", color="black", markersize=5, clip_on=False)
    if ratio is not None and _LEAST <= ratio <= _MOST:
        axes.plot(
            [ratio], [row], marker=shape, markersize=6, zorder=3,
            markerfacecolor=fill, markeredgecolor="black",
        )  # fmt: skip


def _legend(axes: Any, published: str) -> None:
    for shape, fill, style, label in (
        (_OURS, "black", "-", "these records"),
        (_PUBLISHED, "white", (0, (3, 2)), published),
    ):
        axes.plot(
            [], [], marker=shape, color="black", markerfacecolor=fill, linestyle=style, label=label
        )
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, 1.06), ncols=2, frameon=False)


def _inline(svg: str) -> str:
    """Without the XML head, which HTML does not have, and with what it is for who cannot see it."""
    plot = svg[svg.index("<svg") :]
    name = "Forest plot of adjusted sequence ratios; the tables give every number of it"
    return plot.replace("<svg", f'<svg role="img" aria-label="{name}"', 1)
