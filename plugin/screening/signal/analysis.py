"""The result of an analysis: what is written, drawn and shown. Pure.

Small cells can be withheld: a count from 1 to one below the limit is None then, and so is whatever
would give it away (see `withholding`).
"""

from __future__ import annotations

from msgspec import Struct, structs

from knowledge.signal_model import Outcome, SignalGroup, Signals
from plugin.screening.signal.lines import Line, PublishedRatio, Verdict
from plugin.screening.signal.settings import Settings
from plugin.screening.signal.symmetry import Estimate, Order
from plugin.screening.signal.tally import Tally
from plugin.screening.signal.withholding import is_small, withheld

SCHEMA = "crampcheck.signal/1"


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
    failed: int | None = 0
    quarantined: int | None = 0


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
        groups=withheld(
            [_line(group, tally) for group in signals.groups],
            signals.groups,
            limit,
            few_cramps=is_small(tally.cramps.total(), limit),
        ),
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
        "failed": failed,
        "quarantined": quarantined,
    }
    shown = {name: None if is_small(count, limit) else count for name, count in counts.items()}
    return Population(**shown)


def _line(group: SignalGroup, tally: Tally) -> Line:
    counts = tally.groups[group.id]
    orders = counts.orders
    pairs = orders[Order.AFTER] + orders[Order.BEFORE]
    found = tally.estimate(group.id)
    line = Line(
        id=group.id,
        label=group.label,
        short=group.short,
        control=group.control,
        verdict=_verdict(found, pairs, tally.settings.min_pairs),
        starts=counts.starts.total(),
        not_new=counts.not_new,
        unclear=counts.unclear,
        after=orders[Order.AFTER],
        before=orders[Order.BEFORE],
        same_day=orders[Order.SAME_DAY],
        outside_window=orders[Order.OUTSIDE],
        null_ratio=found.null,
        published=_published(group),
    )
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
