"""Which result of an analyte counts, and what it proves.

Only the newest result of the last 90 days counts. Results of which none is known to be newer are
taken together: those of one moment, and one of a date without a time beside the latest timed one of
that day. A cut is proven only if every one of them proves it, and where they fall on two sides of a
cut the analyte is suspect, so that a disagreement is never silent.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from msgspec import Struct

from knowledge.model import Lab
from knowledge.vocabulary import LabCut, LabIs, LabState
from plugin.facts.drugs import as_number
from plugin.model import EntryKind, Evidence, LabResult, Unread, UnreadReason


class LabView(Struct, frozen=True, gc=False):
    """What is known of one analyte on the day of assessment."""

    results: tuple[LabResult, ...]  # the newest, more than one if none of them is newer
    unread: tuple[Unread, ...]  # as new as the newest result, or newer, or undated
    suspect: bool
    recent: bool

    @property
    def newest(self) -> LabResult | None:
        """The result to show; the first by reference where several count."""
        return self.results[0] if self.results else None


NOTHING = LabView((), (), suspect=False, recent=False)


class LabViews:
    """The view of each analyte, made when a fact first asks for it."""

    def __init__(
        self,
        results: Iterable[LabResult],
        unread: Iterable[Unread],
        labs: dict[str, Lab],
        as_of: date,
        *,
        told_by: dict[str, tuple[str, ...]],
        current_days: int,
        recent_days: int,
    ) -> None:
        self._labs = labs
        self._as_of = as_of
        self._told_by = told_by
        self._recent_days = recent_days
        self._current: dict[str, list[LabResult]] = {}
        self._hidden: dict[str, list[Unread]] = {}
        self._views: dict[str, LabView] = {}
        oldest = date.fromordinal(max(1, as_of.toordinal() - current_days))
        for result in results:
            if oldest <= result.day <= as_of:
                self._current.setdefault(result.analyte, []).append(result)
        for entry in unread:
            if entry.analyte and (entry.day is None or entry.day >= oldest):
                self._hidden.setdefault(entry.analyte, []).append(entry)

    @property
    def analytes(self) -> set[str]:
        """Those of which anything is known, be it that a result could not be read."""
        return self._current.keys() | self._hidden.keys()

    def of(self, analyte: str) -> LabView:
        """What is known of an analyte: nothing, where it has no result and no unread entry."""
        view = self._views.get(analyte)
        if view is None:
            current = self._current.get(analyte, [])
            hidden = self._hidden.get(analyte, [])
            if current and analyte in self._told_by:
                hidden = [*hidden, *self._not_told(analyte, current)]
            view = (
                _view(current, hidden, self._labs[analyte], self._as_of, self._recent_days)
                if current or hidden
                else NOTHING
            )
            self._views[analyte] = view
        return view

    def _not_told(self, analyte: str, results: list[LabResult]) -> Iterable[Unread]:
        """What came after the newest result and would have told of it, had it been computed.

        An eGFR of last month says nothing of the kidney of which today's creatinine is not read, or
        is `>12`, or is of a patient whose sex is not known. Where none was sent, nobody says that
        there is one.
        """
        newest = _newest(results)[0]
        for source in self._told_by[analyte]:
            for one in self._current.get(source, ()):
                if one.later_than(newest):
                    yield _uncomputed(one, analyte)
            for entry in self._hidden.get(source, ()):
                sent = entry.reason is not UnreadReason.NOT_SENT
                if sent and (entry.day is None or entry.day > newest.day):
                    yield entry


def _view(
    results: list[LabResult], hidden: list[Unread], lab: Lab, as_of: date, recent_days: int
) -> LabView:
    if not results:
        return LabView((), tuple(hidden), suspect=False, recent=False)
    newest = results if len(results) == 1 else _newest(results)
    day = newest[0].day
    return LabView(
        tuple(newest),
        tuple([one for one in hidden if one.day is None or one.day >= day]) if hidden else (),
        newest[0].suspect if len(newest) == 1 else _doubtful(newest, lab),
        (as_of - day).days <= recent_days,
    )


def _newest(results: list[LabResult]) -> list[LabResult]:
    """Those of which none is known to be newer, by reference."""
    latest = max((r.instant for r in results if r.instant is not None), default=None)
    timed = [r for r in results if r.instant is not None and r.instant == latest]
    last = max((r.day for r in results if r.instant is None), default=date.min)
    if timed and timed[0].day > last:
        newest = timed
    else:
        # One of a date alone may be from before or after one of that day: nobody can tell.
        newest = [r for r in results if r.instant is None and r.day == last]
        newest += [r for r in timed if r.day == last]
    return newest if len(newest) == 1 else sorted(newest, key=_reference)


def _uncomputed(result: LabResult, analyte: str) -> Unread:
    detail = f"no {analyte} can be computed from it"
    return Unread(
        reference=result.reference,
        text="",
        reason=UnreadReason.VALUE_NOT_READ,
        kind=EntryKind.LABS,
        detail=detail,
        analyte=analyte,
        day=result.day,
    )


def _reference(result: LabResult) -> str:
    return result.reference


def _doubtful(results: list[LabResult], lab: Lab) -> bool:
    return any(result.suspect for result in results) or any(
        any(_below(result, cut) for result in results)
        and any(_at_least(result, cut) for result in results)
        for cut in lab.cuts
    )


def _below(result: LabResult, cut: Decimal) -> bool:
    if result.high is None:
        return False
    return result.high < cut or (result.high_open and result.high <= cut)


def _at_least(result: LabResult, cut: Decimal) -> bool:
    return result.low is not None and result.low >= cut


def prove_cut(view: LabView, fact: LabCut) -> tuple[Evidence, ...] | None:
    """The evidence of `potassium<3.5`, or None where no trusted result proves it."""
    if not view.results or view.suspect:
        return None
    proves = _below if fact.op == "<" else _at_least
    for result in view.results:
        if not proves(result, fact.cut):
            return None
    return tuple(evidence_of(result, str(fact)) for result in view.results)


def states_of(view: LabView) -> list[LabState]:
    """What is true of an analyte beside its value: whether it is known, and how far to trust it."""
    states = [LabState.UNREAD] if view.unread else []
    if not view.results:
        return states or [LabState.UNKNOWN]
    if view.suspect:
        return [*states, LabState.SUSPECT]
    return [*states, LabState.RECENT if view.recent else LabState.OLDER]


def prove_state(view: LabView, fact: LabIs) -> tuple[Evidence, ...] | None:
    """The evidence of `potassium:unknown` and the like, or None."""
    if fact.state not in states_of(view):
        return None
    text = str(fact)
    if fact.state is LabState.UNKNOWN:
        return (Evidence(text),)
    if fact.state is LabState.UNREAD:
        return tuple(Evidence(text, entry.reference) for entry in view.unread)
    return tuple(evidence_of(result, text) for result in view.results)


def evidence_of(result: LabResult, fact: str) -> Evidence:
    """A result as evidence: the value and unit as reported, not as converted."""
    value: float | int | str = result.reported
    if result.value is not None and result.reported == str(result.value):
        value = as_number(result.value)
    return Evidence(fact, result.reference, value, result.unit, result.day.isoformat(), result.note)
