"""What orders about to be signed would change, and which drafts may be taken back.

The patient is assessed twice, without the orders and with all of them; what only the second answer
says is because of the orders.
"""

from __future__ import annotations

from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from knowledge.model import FLAGGED, Knowledge, Level
from plugin.assess import Assessor
from plugin.model import Assessment, Finding, Medication, Unread, UnreadReason
from plugin.ordering.changes import Orders, news, orders_of
from plugin.ordering.records import Ordered, apart_from, signed


class Asked(Struct, frozen=True):
    """What a call asks about: the orders by reference, and whether they are still being written.

    `unsigned` are those that an action may delete; `missing` is what of the orders was not sent.
    """

    focus: frozenset[str]
    unsigned: frozenset[str] = frozenset()
    unfinished: bool = False
    missing: tuple[Unread, ...] = ()


class Removable(Struct, frozen=True):
    """A draft that may be taken back: its ingredient has a critical finding because of it."""

    reference: str
    text: str
    ingredients: tuple[str, ...]  # of the draft, those that the finding is about
    because: str


class OrderCheck(Struct, frozen=True):
    """An answer that holds only what the orders change, and the drafts that may be taken back.

    `names` are the ingredients of the orders in focus.
    """

    assessment: Assessment
    removable: tuple[Removable, ...] = ()
    names: tuple[str, ...] = ()


def check_orders(assessor: Assessor, ordered: Ordered, asked: Asked, as_of: date) -> OrderCheck:
    """Say what the orders in focus would change, and what of any order could not be read.

    What could not be read of the chart is said too where one of them is of a drug that the
    knowledge speaks of: it could hide its partner.
    """
    focused = [
        one
        for one in ordered.orders
        if one.current and one.route.systemic and one.reference in asked.focus
    ]
    known = assessor.knowledge.ingredients
    linked = any(name in known for one in focused for name in one.ingredients)
    before, after = assessor.assess(ordered.before, as_of), assessor.assess(ordered.after, as_of)
    fresh = news(before, after, orders_of(ordered.orders))
    focus = orders_of(focused)
    said = _of_focus(fresh, focus, ordered, after, assessor)
    findings = tuple(one for one in after.findings if one in said or _goes_on(one, focus))
    unread = _unread(ordered, asked, with_chart=linked)
    offered, withheld = assessor.options(ordered.after, as_of, findings) if findings else ((), ())
    assessment = replace(
        after,
        level=max((one.level for one in findings), key=_rank, default=Level.NONE),
        findings=findings,
        mitigations=offered,
        withheld=withheld,
        unread=unread,
        also=(),
        not_assessed=after.not_assessed if linked or unread else None,
    )
    names = tuple(sorted({name for one in focused for name in one.ingredients}))
    # What an id names in the chart too is no draft that may be taken back.
    taken = signed(ordered.before)
    drafts = [one for one in focused if one.reference not in taken]
    return OrderCheck(assessment, _removable(drafts, findings, before, asked, assessor), names)


def _rank(level: Level) -> int:
    return level.rank


def _goes_on(finding: Finding, focus: Orders) -> bool:
    """Whether an order in focus goes on with what is critical: said again, since it is signed."""
    return finding.level is Level.CRITICAL and not focus.names.isdisjoint(finding.ingredients)


def _of_focus(
    fresh: list[Finding], focus: Orders, ordered: Ordered, after: Assessment, assessor: Assessor
) -> tuple[Finding, ...]:
    """The findings that the orders bring and in which one of those in focus has a part."""
    apart = [one for one in fresh if not focus.touch(one)]
    if not apart or not focus.references:
        return tuple(one for one in fresh if one not in apart)
    # What names none of them may still be owed to one, as a note is that asks what else is taken.
    others = assessor.assess(apart_from(ordered, focus.references), after.as_of)
    owed = news(others, after, focus)
    return tuple(one for one in fresh if one not in apart or one in owed)


def _unread(ordered: Ordered, asked: Asked, *, with_chart: bool) -> tuple[Unread, ...]:
    """What of the orders was not read or not sent; of those being written, what is there yet."""
    orders = [
        one for one in ordered.unread if not (asked.unfinished and one.reason is UnreadReason.EMPTY)
    ]
    return (*asked.missing, *orders, *(ordered.before.unread if with_chart else ()))


def _removable(
    focused: list[Medication],
    findings: tuple[Finding, ...],
    before: Assessment,
    asked: Asked,
    assessor: Assessor,
) -> tuple[Removable, ...]:
    """The unsigned orders in focus that bring a critical finding about an ingredient of theirs.

    Not one with a drug that is never stopped because of cramps, and not for a finding that is of
    any drug that others flag: without the order it would stand all the same.
    """
    critical = [
        one
        for one in findings
        if one.level is Level.CRITICAL and assessor.rule(one).drug != FLAGGED
    ]
    if not critical:
        return ()
    kept = _never_stopped(assessor.knowledge)
    old = {
        (one.rule, name)
        for one in before.findings
        if one.level is Level.CRITICAL
        for name in one.ingredients
    }
    found: list[Removable] = []
    for order in focused:
        if order.reference not in asked.unsigned or not kept.isdisjoint(order.ingredients):
            continue
        for one in critical:
            names = tuple(
                name
                for name in one.ingredients
                if name in order.ingredients and (one.rule, name) not in old
            )
            if names:
                found.append(Removable(order.reference, order.text, names, one.summary))
                break
    return tuple(found)


def _never_stopped(knowledge: Knowledge) -> frozenset[str]:
    groups = [group for group in knowledge.groups.values() if group.never_stopped]
    return frozenset(name for group in groups for name in group.members)
