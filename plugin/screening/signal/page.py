"""The analysis as one self-contained page: no script, nothing fetched."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from knowledge.signal_model import Signals
from plugin.screening.signal import wording
from plugin.screening.signal.analysis import Analysis
from plugin.screening.signal.forest import forest_plot
from plugin.screening.signal.lines import Line
from plugin.screening.signal.settings import ConditionDate, OutcomeKind

LINKED, CONTROLS = "Groups linked to cramps", "Negative controls"


def page(analysis: Analysis, signals: Signals) -> str:
    """The page. matplotlib must be installed."""
    environment = Environment(
        loader=PackageLoader("plugin.screening.signal"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    limit = analysis.settings.suppress_below
    counts = analysis.population
    return environment.get_template("signal.html").render(
        analysis=analysis,
        settings=analysis.settings,
        outcome=analysis.outcome,
        population={
            "patients": wording.counted(counts.patients, limit, "patient", "patients"),
            "cramps": wording.counted(counts.cramps, limit, "has", "have"),
        },
        words=signals.wording,
        of_controls=wording.of_controls(analysis, signals.wording),
        method=signals.method,
        notes=tuple(_notes(analysis)),
        plot=Markup(forest_plot(analysis, signals.wording.published)),  # noqa: S704 - drawn by us
        tables=(
            _table(LINKED, analysis.linked, analysis, signals),
            _table(CONTROLS, analysis.controls, analysis, signals),
        ),
        everyone=[_row(line, analysis, signals) for line in analysis.groups],
        left_out=wording.left_out(analysis),
    )


def _table(
    title: str, lines: Sequence[Line], analysis: Analysis, signals: Signals
) -> tuple[str, list[dict[str, Any]], list[str]]:
    """The rows of groups that somebody started, or that a study speaks of; the others by name."""
    shown = [line for line in lines if line.starts != 0 or line.published]
    never = [line.label for line in lines if line not in shown]
    return title, [_row(line, analysis, signals) for line in shown], never


def _notes(analysis: Analysis) -> Iterator[str]:
    chosen = analysis.settings
    if chosen.outcome is OutcomeKind.DIAGNOSIS:
        yield "Only diagnoses count as cramps; the published study counted quinine."
    if chosen.outcome is OutcomeKind.ANY:
        yield (
            "A diagnosis or quinine counts as cramps, whichever came first; the published study "
            "counted quinine alone."
        )
    if chosen.condition_date is ConditionDate.RECORDED:
        yield "A diagnosis counts on the day it was recorded."
    if chosen.data_from is None:
        yield ("Each patient's data begin with the first prescription or record of cramps on file.")
    else:
        yield f"The data are taken to begin on {chosen.data_from} for everybody."
    if chosen.suppress_below > 1:
        yield (
            f"Counts from 1 to {chosen.suppress_below - 1} are withheld, and what would give them "
            "away."
        )


def _row(line: Line, analysis: Analysis, signals: Signals) -> dict[str, Any]:
    limit = analysis.settings.suppress_below
    after, before = wording.pairs(line, limit)
    return {
        "verdict": line.verdict.value,
        "label": line.label,
        "after": after,
        "before": before,
        "crude": wording.ratio(line.crude_ratio),
        "null": wording.ratio(line.null_ratio),
        "adjusted": wording.ratio(line.adjusted_ratio),
        "interval": wording.interval(line),
        "published": wording.published(line),
        "reading": wording.reading(line, signals.wording),
        "starts": wording.cell(line, "starts", limit),
        "not_new": wording.cell(line, "not_new", limit),
        "unclear": wording.cell(line, "unclear", limit),
        "same_day": wording.cell(line, "same_day", limit),
        "outside": wording.cell(line, "outside_window", limit),
    }
