"""Two answers about one patient: what does the one with the orders say that the other does not?"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from plugin.model import Assessment, Finding, Medication

_Amount = tuple[str, float | int | str]


class Orders(Struct, frozen=True):
    """Orders as findings know them: by ingredient, and by reference."""

    names: frozenset[str]
    references: frozenset[str]

    def touch(self, finding: Finding) -> bool:
        """Whether a finding is of one of them, beside one of them, or rests on one of them."""
        return not self.names.isdisjoint((*finding.ingredients, *finding.partners)) or any(
            item.reference in self.references for item in finding.because
        )


def orders_of(medications: Iterable[Medication]) -> Orders:
    """The orders of which these are the current medications."""
    current = [one for one in medications if one.current]
    return Orders(
        frozenset(name for one in current for name in one.ingredients),
        frozenset(one.reference for one in current),
    )


def news(before: Assessment, after: Assessment, orders: Orders) -> list[Finding]:
    """The findings of `after` that say more than those of `before`, in their order.

    A finding is news where its rule did not speak of one of its drugs, or beside one of its
    partners, at its level or above; where it has a note that it had not; and where a dose or count
    that it rests on is another because of the orders. One in which no order has a part is news only
    with a note, or at a level that its drugs did not have: else it came up because a greater
    finding, said of the same drug before, has given way to one that is told.
    """
    said: dict[str, list[Finding]] = {}
    level: dict[str, int] = {}
    for finding in before.findings:
        said.setdefault(finding.rule, []).append(finding)
        for name in finding.ingredients:
            level[name] = max(level.get(name, 0), finding.level.rank)
    return [
        one
        for one in after.findings
        if _is_news(one, said.get(one.rule, ()), orders)
        and (orders.touch(one) or one.rule in said or _raised(one, level))
    ]


def _raised(finding: Finding, level: dict[str, int]) -> bool:
    return any(finding.level.rank > level.get(name, 0) for name in finding.ingredients)


def _is_news(finding: Finding, said: Iterable[Finding], orders: Orders) -> bool:
    known = [one for one in said if one.level.rank >= finding.level.rank]
    drugs = {name for one in known for name in one.ingredients}
    partners = {name for one in known for name in one.partners} | drugs
    if not (drugs.issuperset(finding.ingredients) and partners.issuperset(finding.partners)):
        return True
    notes = {note for one in known for note in one.notes}
    amounts = {amount for one in known for amount in _amounts(one)}
    added = _amounts(finding, among=orders.references)
    return not (notes.issuperset(finding.notes) and amounts.issuperset(added))


def _amounts(finding: Finding, among: frozenset[str] | None = None) -> set[_Amount]:
    """The values that a finding rests on; of these entries only, if they are given."""
    return {
        (item.fact, item.value)
        for item in finding.because
        if item.value is not None and (among is None or item.reference in among)
    }
