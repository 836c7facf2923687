"""Which labs the offered mitigations order: what is known already is not ordered again. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from knowledge.model import Knowledge
from plugin.facts.book import FactBook
from plugin.facts.labs import LabView
from plugin.model import LabOrder, Offered


def lab_orders(
    offered: Iterable[Offered], knowledge: Knowledge, book: FactBook
) -> tuple[LabOrder, ...]:
    """Each lab once, in the order of the mitigations, with those that order it.

    A lab with a trusted result of the last 30 days, or one that answers it, is ordered only by a
    mitigation that repeats it.
    """
    wanted: dict[str, list[str]] = {}
    asked: dict[str, bool] = {}  # of many mitigations that order the same
    for one in offered:
        mitigation = knowledge.mitigations[one.id]
        for name in mitigation.orders:
            known = False
            if name not in mitigation.repeats:
                if name not in asked:
                    asked[name] = _known(name, knowledge, book)
                known = asked[name]
            if not known:
                wanted.setdefault(name, []).append(one.id)
    return tuple(LabOrder(name, tuple(ids)) for name, ids in wanted.items())


def _known(name: str, knowledge: Knowledge, book: FactBook) -> bool:
    answers = (name, *knowledge.labs[name].answered_by)
    return any(_current(book.labs.of(one)) for one in answers)


def _current(view: LabView) -> bool:
    return view.recent and not view.suspect and not view.unread
