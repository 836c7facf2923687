"""Numbers and sentences of an analysis as a person reads them. Pure.

The sentences are data (`signal.toml`); here is only which of them is said of which line.
"""

from __future__ import annotations

from knowledge.signal_model import Wording
from plugin.screening.signal.analysis import Analysis
from plugin.screening.signal.lines import Line, Verdict

WITHHELD = "withheld"
NONE = "-"


def count(number: int | None, limit: int) -> str:
    """A count, or that it is below the limit of small cells."""
    return f"<{limit}" if number is None else str(number)


def counted(number: int | None, limit: int, one: str, many: str) -> str:
    """A count with its noun, or with what else hangs on whether it is one."""
    return f"{count(number, limit)} {one if number == 1 else many}"


def cell(line: Line, name: str, limit: int) -> str:
    """A count of a line, that it is below the limit, or that it is withheld for another's sake."""
    return WITHHELD if name in line.withheld else count(getattr(line, name), limit)


def ratio(number: float | None) -> str:
    """Two decimals, three digits at most before an e."""
    return NONE if number is None else f"{number:.2f}"


def interval(line: Line) -> str:
    """`1.42 to 3.05`, open at the top where there is no limit; nothing without a ratio."""
    if line.low is None:
        return NONE
    return f"{line.low:.2f} to {ratio(line.high) if line.high is not None else 'no limit'}"


def pairs(line: Line, limit: int) -> tuple[str, str]:
    """Pairs with cramps after, and before. Together they would give each other away."""
    if line.verdict is Verdict.SUPPRESSED:
        return WITHHELD, WITHHELD
    return count(line.after, limit), count(line.before, limit)


def reading(line: Line, words: Wording) -> str:
    """What a line says, in plain words."""
    if line.control and line.verdict in (Verdict.ABOVE, Verdict.BELOW):
        return words.control_failed
    if line.control and line.verdict is Verdict.OPEN:
        return words.control_held
    return {
        Verdict.ABOVE: words.above,
        Verdict.BELOW: words.below,
        Verdict.OPEN: words.open,
        Verdict.FEW: words.few,
        Verdict.NO_NULL: words.no_null,
        Verdict.SUPPRESSED: words.suppressed,
    }[line.verdict]


def of_controls(analysis: Analysis, words: Wording) -> str:
    """What the controls say of all other ratios; empty where they hold, or there are none."""
    said = {line.verdict for line in analysis.controls}
    if said & {Verdict.ABOVE, Verdict.BELOW}:
        return words.controls_failed
    if Verdict.OPEN not in said and any(line.low is not None for line in analysis.linked):
        return words.controls_unknown
    return ""


def published(line: Line) -> str:
    """`2.42 (2.02 to 2.89)`, or nothing."""
    known = line.published
    if known is None:
        return NONE
    return f"{known.adjusted_ratio:.2f} ({known.low:.2f} to {known.high:.2f})"


def left_out(analysis: Analysis) -> tuple[tuple[str, str], ...]:
    """What could not be used, with its count."""
    found, limit = analysis.population, analysis.settings.suppress_below
    window = analysis.settings
    rows = (
        ("first cramps that are not new (within the run-in, or under age)", found.cramps_not_new),
        ("patients whose first day of cramps is not known", found.cramps_unclear),
        ("patients without any dated record", found.without_dates),
        (f"patients without a birth date, taken as {window.min_age} or older", found.age_unknown),
        ("patients with entries that could not be read", found.patients_with_unread),
        ("entries that could not be read", found.entries_unread),
        (
            "prescriptions of these groups and records of cramps without a date, "
            "or dated before birth",
            found.records_undated,
        ),
        ("the same with a month or a year only", found.records_coarse),
        (f"records dated after {window.as_of}", found.entries_later),
        ("patients who could not be read at all", found.failed),
        ("lines, entries or files in quarantine", found.quarantined),
    )
    return tuple((label, count(number, limit)) for label, number in rows)
