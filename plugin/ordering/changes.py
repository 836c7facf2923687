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
    """The orders of these medications that would be taken and reach muscle."""
    current = [one for one in medications if one.current and one.route.systemic]
    return Orders(
        frozenset(name for one in current for name in one.ingredients),
        frozenset(one.reference for one in current),
    )


def news(before: Assessment, after: Assessment, orders: Orders) -> list[Finding]:
    """The findings of `after` that say more than those of `before`, in their order.

    A finding is news where its rule did not speak of one of its drugs, or beside one of its
    partners, at its level or above; where it has a note that it had not; and where a dose or count
    that it rests on is another because of the orders.

    One in which no order has a part is news only with a note, or at a level that its drugs did not
    have. Else it came up because a greater one about the same drug has given way.
    """
    said: dict[str, list[Finding]] = {}
    level: dict[str, int] = {}
    for finding in before.findings:
        said.setdefault(finding.rule, []).append(finding)
        for name in finding.ingredients:
            level[name] = max(level.get(name, 0), finding.level.rank)
    found: list[Finding] = []
    for finding in after.findings:
        known = [one for one in said.get(finding.rule, ()) if _as_high(one, finding)]
        raised = any(finding.level.rank > level.get(name, 0) for name in finding.ingredients)
        if _names_more(finding, known):
            if orders.touch(finding) or raised:
                found.append(finding)
        elif _rests_on_more(finding, known, orders):
            found.append(finding)
    return found


def _as_high(one: Finding, other: Finding) -> bool:
    return one.level.rank >= other.level.rank


def _names_more(finding: Finding, known: list[Finding]) -> bool:
    drugs = {name for one in known for name in one.ingredients}
    partners = {name for one in known for name in one.partners} | drugs
    return not (drugs.issuperset(finding.ingredients) and partners.issuperset(finding.partners))


def _rests_on_more(finding: Finding, known: list[Finding], orders: Orders) -> bool:
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
