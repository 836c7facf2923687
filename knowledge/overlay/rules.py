"""Rules that a site switches off or gives another level, and what that does to other rules. Pure.

What is left obeys the checks that the loader makes of every rule: a rule replaces only what cannot
reach above it, and yields only to what is at least as high. Where a change of level would break
that, the two rules are parted, so that more is said and nothing is lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec import structs

from knowledge.checks.rules import highest
from knowledge.draft import Place
from knowledge.faults import Fault
from knowledge.model import Level, Note, Rule
from knowledge.overlay.read import Change
from knowledge.schemas.site import RuleChange


def rule_faults(changes: Iterable[Change], rules: Mapping[str, Rule]) -> Iterator[Fault]:
    """A fault for each change that names no rule, changes nothing or loses what is critical."""
    first: dict[str, Place] = {}
    for one in changes:
        change, place = one.value, one.place
        if not isinstance(change, RuleChange):
            continue
        rule = rules.get(change.id)
        if first.setdefault(change.id, place) is not place:
            yield place.fault(
                f"{change.id} is changed in {_where(first[change.id], place)} too; keep one"
            )
        if rule is None:
            continue  # said with the nearest name by the caller, who knows all names
        if change.level is rule.level:
            yield place.at("level").fault(f"{rule.id} is at {rule.level.value} already")
        yield from _acknowledgement(change, rule, place)


def _where(one: Place, other: Place) -> str:
    return one.key if one.file == other.file else f"{one.file}, {one.key},"


def _acknowledgement(change: RuleChange, rule: Rule, place: Place) -> Iterator[Fault]:
    needed = loses_critical(change, rule)
    if needed and not change.acknowledge_critical:
        yield place.at("acknowledge_critical").fault(
            f"is missing: {rule.id} can be critical, and this change silences or lowers that; "
            "write acknowledge_critical = true if that is meant"
        )
    if change.acknowledge_critical and not needed:
        yield place.at("acknowledge_critical").fault(
            "is given although nothing critical is silenced or lowered; remove it"
        )


def loses_critical(change: RuleChange, rule: Rule) -> bool:
    """True if a change can take away a critical finding."""
    if change.off:
        return highest(rule) is Level.CRITICAL
    return rule.level is Level.CRITICAL and change.level is not Level.CRITICAL


def changed_rules(
    changes: list[RuleChange], rules: tuple[Rule, ...], label: str
) -> tuple[tuple[Rule, ...], tuple[Rule, ...]]:
    """The rules in force, and those that are switched off as they were."""
    by_id = {change.id: change for change in changes}
    off = tuple(rule for rule in rules if rule.id in by_id and by_id[rule.id].off)
    on = [
        _at_level(rule, by_id[rule.id], label) if rule.id in by_id else rule
        for rule in rules
        if rule not in off
    ]
    in_force = {rule.id: rule for rule in on}
    return tuple(_reconciled(rule, in_force) for rule in on), off


def _at_level(rule: Rule, change: RuleChange, label: str) -> Rule:
    level = change.level or rule.level
    note = (
        f"{label} starts this at {level.value}, not {rule.level.value}, "
        f"since {change.date.isoformat()}: {change.reason.rstrip('.')}."
    )
    return structs.replace(
        rule,
        level=level,
        raises=tuple(raised for raised in rule.raises if raised.to.rank > level.rank),
        notes=(*rule.notes, Note((), note)),
        # They were written for the level that the rule had.
        examples=tuple(structs.replace(example, level=None) for example in rule.examples),
    )


def _reconciled(rule: Rule, rules: Mapping[str, Rule]) -> Rule:
    def lesser(id_: str) -> bool:
        return id_ in rules and highest(rules[id_]).rank <= rule.level.rank

    def greater(id_: str) -> bool:
        return id_ in rules and rules[id_].level.rank >= highest(rule).rank

    return structs.replace(
        rule,
        replaces=tuple(filter(lesser, rule.replaces)),
        covers=tuple(filter(lesser, rule.covers)),
        yields_to=tuple(filter(greater, rule.yields_to)),
    )
