"""The result of an analysis: what is written, drawn and shown. Pure.

Small cells can be withheld: a count from 1 to one below the limit is None then, and so is whatever
would give it away.
"""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct, structs

from knowledge.signal_model import Outcome, SignalGroup, Signals
from plugin.screening.signal.settings import Settings
from plugin.screening.signal.symmetry import Estimate, Order
from plugin.screening.signal.tally import Tally

SCHEMA = "crampcheck.signal/1"


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


class Population(Struct, frozen=True):
    """Who was looked at, and what could not be used. None is withheld."""

    patients: int | None
    cramps: int | None  # first records of cramps that count
    cramps_not_new: int | None
    cramps_unclear: int | None
    without_dates: int | None
    age_unknown: int | None
    patients_with_unread: int | None
    entries_unread: int | None
    records_undated: int | None
    records_coarse: int | None
    entries_later: int | None
    failed: int = 0
    quarantined: int = 0


class Analysis(Struct, frozen=True):
    """Everything that the files hold."""

    schema: str
    knowledge_version: str
    settings: Settings
    outcome: Outcome
    population: Population
    groups: tuple[Line, ...]

    @property
    def linked(self) -> tuple[Line, ...]:
        return tuple(line for line in self.groups if not line.control)

    @property
    def controls(self) -> tuple[Line, ...]:
        return tuple(line for line in self.groups if line.control)


def analysis_of(
    tally: Tally, signals: Signals, version: str, failed: int = 0, quarantined: int = 0
) -> Analysis:
    """The result of a tally, with small cells withheld as its settings say."""
    limit = tally.settings.suppress_below
    return Analysis(
        schema=SCHEMA,
        knowledge_version=version,
        settings=tally.settings,
        outcome=signals.outcome,
        population=_population(tally, limit, failed, quarantined),
        groups=tuple(_line(group, tally) for group in signals.groups),
    )


def _population(tally: Tally, limit: int, failed: int, quarantined: int) -> Population:
    counts = {
        "patients": tally.patients,
        "cramps": tally.cramps.total(),
        "cramps_not_new": tally.cramps_not_new,
        "cramps_unclear": tally.cramps_unclear,
        "without_dates": tally.without_dates,
        "age_unknown": tally.age_unknown,
        "patients_with_unread": tally.with_unread,
        "entries_unread": tally.unread,
        "records_undated": tally.undated,
        "records_coarse": tally.coarse,
        "entries_later": tally.later,
    }
    shown = {name: _cell(count, limit) for name, count in counts.items()}
    return Population(**shown, failed=failed, quarantined=quarantined)


def _line(group: SignalGroup, tally: Tally) -> Line:
    counts, limit = tally.groups[group.id], tally.settings.suppress_below
    orders = counts.orders
    pairs = orders[Order.AFTER] + orders[Order.BEFORE]
    found = tally.estimate(group.id)
    line = Line(
        id=group.id,
        label=group.label,
        short=group.short,
        control=group.control,
        verdict=_verdict(found, pairs, tally.settings.min_pairs),
        starts=_cell(counts.starts.total(), limit),
        not_new=_cell(counts.not_new, limit),
        unclear=_cell(counts.unclear, limit),
        after=orders[Order.AFTER],
        before=orders[Order.BEFORE],
        same_day=_cell(orders[Order.SAME_DAY], limit),
        outside_window=_cell(orders[Order.OUTSIDE], limit),
        published=_published(group),
    )
    if None in (_cell(line.after or 0, limit), _cell(line.before or 0, limit)):
        return structs.replace(line, verdict=Verdict.SUPPRESSED, after=None, before=None)
    line = structs.replace(line, null_ratio=found.null if line.starts is not None else None)
    if line.verdict is Verdict.FEW:
        return line
    return structs.replace(
        line,
        crude_ratio=found.crude,
        adjusted_ratio=found.adjusted,
        low=found.low,
        high=found.high,
    )


def _verdict(found: Estimate, pairs: int, least: int) -> Verdict:
    if pairs < max(least, 1):
        return Verdict.FEW
    if not found.null:
        return Verdict.NO_NULL
    if found.low is not None and found.low > 1:
        return Verdict.ABOVE
    if found.high is not None and found.high < 1:
        return Verdict.BELOW
    return Verdict.OPEN


def _cell(count: int, limit: int) -> int | None:
    return None if 0 < count < limit else count


def _published(group: SignalGroup) -> PublishedRatio | None:
    known = group.published
    if known is None:
        return None
    cited = known.sources[0]
    return PublishedRatio(
        float(known.ratio),
        float(known.low),
        float(known.high),
        known.status.value,
        cited.source,
        cited.locator,
    )
