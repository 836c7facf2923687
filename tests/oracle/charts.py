"""What a chart says on a day: which medicines are taken, what each laboratory result shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from tests.oracle.book import Book
from tests.oracle.sketch import Med, Result, Sketch

LOCAL = ("ophthalmic", "otic", "topical")
# What an entry of these says was never swallowed, so it tells nothing of a start either.
NEVER_TAKEN = ("draft", "cancelled", "entered-in-error", "intended", "not-taken")
USED_STATUSES = ("final", "amended", "corrected")
ENDLESS = Decimal(10) ** 9


@dataclass(frozen=True)
class Reading:
    """What one analyte shows: `unknown`, `suspect`, `unread`, or values that lie in ranges."""

    unread: bool = False
    suspect: bool = False
    old: bool = False
    ranges: tuple[tuple[Decimal, bool, Decimal, bool], ...] = ()  # low, excluded, high, excluded

    def state(self, word: str) -> bool:
        """Is the analyte `unknown`, `suspect`, `unread`, `recent` or `older-than-30d`?"""
        trusted = bool(self.ranges) and not self.suspect
        return {
            "unknown": not self.ranges and not self.unread,
            "unread": self.unread,
            "suspect": self.suspect,
            "recent": trusted and not self.old,
            "older-than-30d": trusted and self.old,
        }[word]

    def proves(self, op: str, number: str) -> bool:
        """Do all the values that count lie below the cut, or at and above it?"""
        cut = Decimal(number)
        if self.suspect or not self.ranges:
            return False
        side = _below if op == "<" else _above
        return all(side(limits, cut) for limits in self.ranges)


def _below(limits: tuple[Decimal, bool, Decimal, bool], cut: Decimal) -> bool:
    high, excluded = limits[2], limits[3]
    return high < cut or (high == cut and excluded)


def _above(limits: tuple[Decimal, bool, Decimal, bool], cut: Decimal) -> bool:
    return limits[0] >= cut


def age(sketch: Sketch) -> int | None:
    """Birthdays that have passed."""
    if sketch.born is None:
        return None
    years = sketch.as_of.year - sketch.born.year
    had_birthday = (sketch.as_of.month, sketch.as_of.day) >= (sketch.born.month, sketch.born.day)
    return years if had_birthday else years - 1


def is_exposure(med: Med) -> bool:
    """Meant to be taken at some time; a proposal or a plan is not."""
    return med.status not in NEVER_TAKEN and (med.statement or med.intent == "order")


def is_current(med: Med, as_of: date) -> bool:
    """Active, meant to be taken, begun, and not ended."""
    begun = med.start is None or med.start <= as_of
    ended = med.ended is not None and med.ended < as_of
    return med.status == "active" and is_exposure(med) and begun and not ended


def route_of(med: Med, book: Book) -> str:
    """As written, else as is usual for what is in it."""
    known = [book.ingredients[name] for name in med.ingredients if name in book.ingredients]
    usual = {drug["default_route"] for drug in known}
    return med.route or (usual.pop() if len(usual) == 1 else "unknown")


def taken(sketch: Sketch, book: Book) -> dict[str, list[Med]]:
    """Every ingredient that reaches muscle now, with the entries that say so."""
    found: dict[str, list[Med]] = {}
    for med in sketch.meds:
        if is_current(med, sketch.as_of) and route_of(med, book) not in LOCAL:
            for name in med.ingredients:
                found.setdefault(name, []).append(med)
    return found


def first_taken(sketch: Sketch, book: Book, name: str) -> date | None:
    """The earliest record of an ingredient, current or not, dispensed or ordered."""
    starts = [
        med.start
        for med in sketch.meds
        if name in med.ingredients
        and med.start is not None
        and is_exposure(med)
        and route_of(med, book) not in LOCAL
    ]
    starts += [handed.day for handed in sketch.handed if handed.ingredient == name]
    return min(starts, default=None)


def year_before(day: date, months: int) -> date:
    """The same day some months earlier; 29 February becomes 28 where it must."""
    total = day.year * 12 + (day.month - 1) - months
    for last in (day.day, 30, 29, 28):
        try:
            return date(total // 12, total % 12 + 1, min(day.day, last))
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")


def reading(sketch: Sketch, book: Book, analyte: str) -> Reading:
    """The newest result within the window, and whether something unread may be newer."""
    window = book.number("current-result-days")
    named = [r for r in sketch.results if r.analyte == analyte and r.status in USED_STATUSES]
    named = [r for r in named if 0 <= (sketch.as_of - r.day).days <= window]
    legible = [r for r in named if _legible(r, book)]
    counted = _last(legible)
    latest_day = counted[0].day if counted else None
    unread = any(
        not _legible(r, book) and (latest_day is None or r.day >= latest_day) for r in named
    )
    if latest_day is None:
        return Reading(unread=unread)
    ranges = tuple(_range(r, book) for r in counted)
    disagree = any(
        any(_below(limits, cut) for limits in ranges)
        and any(_above(limits, cut) for limits in ranges)
        for cut in book.labs[analyte].get("cuts", [])
    )
    return Reading(
        unread=unread,
        suspect=disagree or any(r.haemolysed for r in counted),
        old=(sketch.as_of - latest_day).days > book.number("recent-result-days"),
        ranges=ranges,
    )


def _last(results: list[Result]) -> list[Result]:
    """The last by the clock and the last by the calendar; both, where they are of one day."""
    clocked = [r for r in results if r.clock]
    by_clock = [r for r in clocked if _moment(r) == max(map(_moment, clocked))]
    dated = [r for r in results if not r.clock]
    by_day = [r for r in dated if r.day == max(one.day for one in dated)]
    if not by_clock or not by_day:
        return by_clock or by_day
    if by_clock[0].day == by_day[0].day:
        return by_clock + by_day
    return by_clock if by_clock[0].day > by_day[0].day else by_day


def _moment(result: Result) -> datetime:
    moment = datetime.fromisoformat(f"{result.day.isoformat()}T{result.clock}")
    return moment.astimezone(UTC)


def _factor(result: Result, book: Book) -> Decimal | None:
    lab = book.labs[result.analyte]
    if not result.unit:
        return Decimal(1)
    for unit in lab["units"]:
        if result.unit in unit["spellings"]:
            return Decimal(unit["factor"])
    return None


def _legible(result: Result, book: Book) -> bool:
    number = result.value.replace(".", "", 1).isdigit()
    return number and _factor(result, book) is not None


def _range(result: Result, book: Book) -> tuple[Decimal, bool, Decimal, bool]:
    factor = _factor(result, book)
    assert factor is not None
    value = Decimal(result.value) * factor
    if book.labs[result.analyte].get("multiple_of_upper_limit"):
        limit = result.upper_limit or book.labs[result.analyte]["default_upper_limit"]
        value = Decimal(result.value) / Decimal(limit)
    if result.comparator in ("<", "<="):
        return (Decimal(0), False, value, result.comparator == "<")
    if result.comparator in (">", ">="):
        return (value, result.comparator == ">", ENDLESS, False)
    return (value, False, value, False)
