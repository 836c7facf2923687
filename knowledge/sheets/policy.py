"""The sheet of a mitigation with its guard rails, and of a row of the interaction table."""

from __future__ import annotations

from collections.abc import Iterator

from knowledge.layout import Kind
from knowledge.model import (
    CAUTION,
    CONTRAINDICATED,
    NO_INTERACTION,
    Adjustment,
    Interaction,
    Knowledge,
    Mitigation,
    Status,
)
from knowledge.sheets.basis import (
    STATUS_WORDS,
    order_words,
    review_line,
    sentence,
    source_lines,
)
from knowledge.sheets.conditions import any_line, sentence_of, when_line
from knowledge.sheets.sheet import Line, Part, Ref, Sheet, line, named, refs

MITIGATIONS = "mitigations.toml"
_NOT_ON_FILE = " where no result of the last 30 days is on file"
_EFFECTS = {
    CONTRAINDICATED: "contraindicated",
    CAUTION: "care is asked for",
    NO_INTERACTION: "no interaction, said so that nobody looks for one",
}


def mitigation_sheet(mitigation: Mitigation, known: Knowledge) -> Sheet:
    """A mitigation: its text, its guard rails, and the rules that suggest it."""
    told: set[str] = set()
    suggesting = [rule.id for rule in known.rules if mitigation.id in rule.suggest]
    lines = (
        line(f"Says: {sentence(mitigation.text, known)}"),
        *_harm(mitigation),
        *_proposes(mitigation, known),
        *(
            [when_line("Offered only when proven", mitigation.offer_when, known, told)]
            if mitigation.offer_when
            else []
        ),
        *(when_line("Withheld when", guard, known, told) for guard in mitigation.withhold_when),
        *(_adjustment(change, known, told) for change in mitigation.adjust),
        *_orders(mitigation, known),
        *named("Suggested by the rules", Kind.RULE, suggesting),
        *([line("Weighed for every patient, with no rule.")] if mitigation.unprompted else []),
        *([] if suggesting or mitigation.unprompted else [line("Suggested by no rule itself.")]),
        *source_lines(mitigation.sources, known),
        review_line(MITIGATIONS, known),
    )
    title = f"{mitigation.id} - a mitigation ({mitigation.kind})"
    return Sheet(Kind.MITIGATION, mitigation.id, title, lines, MITIGATIONS)


def interaction_sheet(row: Interaction, known: Knowledge) -> Sheet:
    """A row of a label's interaction section: drugs, effect, whose label, and what it needs."""
    told: set[str] = set()
    lines = (
        line("For: ", selector_ref(row.drug, known), "."),
        *_partners(row, known),
        line(f"Effect: {effect_words(row, known)}."),
        line(f"Level: {row.level.value}{_symptom(row)}."),
        line(f"Labels of: {', '.join(row.jurisdictions)}."),
        *([line(f"In words: {row.text}")] if row.text else []),
        *_doses(row),
        *([when_line("Only when", row.when, known, told)] if row.when else []),
        *([any_line("Unless", row.unless, known, told)] if row.unless else []),
        line(f"Status: {STATUS_WORDS[row.status]}{_idle(row)}."),
        *source_lines(row.sources, known),
        review_line(row.file, known),
    )
    title = f"{row.id} - an interaction ({row.level.value})"
    return Sheet(Kind.INTERACTION, row.id, title, lines, row.file)


def effect_words(row: Interaction, known: Knowledge) -> str:
    """`simvastatin with amiodarone: at most 20 mg a day`."""
    partners = " and ".join(_name(one, known) for one in row.partners)
    partners = f" with {partners}" if partners else ""
    effect = _EFFECTS.get(row.effect, row.effect)
    if row.cap_mg is not None:
        effect = f"at most {row.cap_mg} mg a day"
    needs = f", when {sentence_of(row.when, known)}" if row.when else ""
    needs += f", unless {sentence_of(row.unless, known, ' or ')}" if row.unless else ""
    return f"{_name(row.drug, known)}{partners}: {effect}{needs}"


def _name(selector: str, known: Knowledge) -> str:
    """A drug, or the label of a group: ids of groups are for the data files."""
    group = None if selector in known.ingredients else known.groups.get(selector)
    return group.label if group else selector


def selector_ref(selector: str, known: Knowledge) -> Ref:
    """A drug or group by its id, with the group's label."""
    group = known.groups.get(selector)
    if group is None:
        return Ref(Kind.INGREDIENT, selector)
    return Ref(Kind.GROUP, selector, f"{group.label} ({selector})")


def _harm(mitigation: Mitigation) -> Iterator[Line]:
    if mitigation.can_harm:
        yield line("Can harm if it is offered wrongly: what it needs must be proven first.")


def _proposes(mitigation: Mitigation, known: Knowledge) -> Iterator[Line]:
    for words, selectors in (
        ("Puts forward: ", mitigation.proposes),
        ("May lead to: ", mitigation.leads_to),
    ):
        parts: list[Part] = []
        for selector in selectors:
            parts += [", "] if parts else []
            parts.append(selector_ref(selector, known))
        if parts:
            yield line(words, *parts, ".")


def _adjustment(change: Adjustment, known: Knowledge, told: set[str]) -> Line:
    lines: list[Line] = []
    if change.text:
        lines.append(line(f"says as well: {sentence(change.text, known)}"))
    if change.add:
        lines.append(line("offers as well: ", *refs(Kind.MITIGATION, change.add)))
    needed = when_line("Where it is offered and", change.when, known, told)
    return line(*needed.parts, below=[*needed.below, *lines])


def _orders(mitigation: Mitigation, known: Knowledge) -> Iterator[Line]:
    """The labs that a card offers to order with it, each with its code."""
    for name in mitigation.orders:
        again = " whatever is on file" if name in mitigation.repeats else _NOT_ON_FILE
        code = order_words(known.labs[name])
        yield line("Orders ", Ref(Kind.LAB, name, known.labs[name].label), f"{again}, as {code}.")


def _partners(row: Interaction, known: Knowledge) -> Iterator[Line]:
    parts: list[Part] = []
    for selector in row.partners:
        parts += [" and "] if parts else []
        parts.append(selector_ref(selector, known))
    if parts:
        yield line("Taken with: ", *parts, ".")
    else:
        yield line("Taken with: no other drug is needed.")


def _symptom(row: Interaction) -> str:
    return ", and critical with a muscle symptom" if row.critical_with_symptom else ""


def _doses(row: Interaction) -> Iterator[Line]:
    if row.start_mg is not None:
        silent = ": at or below it nothing is said" if row.effect == CAUTION else ""
        yield line(f"The label begins at {row.start_mg} mg a day{silent}.")
    if row.partner_from_mg is not None:
        yield line(f"Holds from {row.partner_from_mg} mg a day of the partner.")


def _idle(row: Interaction) -> str:
    if row.not_read:
        return f". It never acts: it depends on {row.not_read}, which no record is read for"
    return ": it decides nothing, and is listed as such" if row.status is Status.UNCONFIRMED else ""
