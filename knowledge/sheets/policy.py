"""The sheet of a mitigation with its guard rails, and of a row of the interaction table."""

from __future__ import annotations

from collections.abc import Iterator

from knowledge.layout import Kind
from knowledge.model import Adjustment, Interaction, Knowledge, Mitigation, Status
from knowledge.sheets.basis import STATUS_WORDS, review_line, sentence, source_lines
from knowledge.sheets.conditions import sentence_of, when_line
from knowledge.sheets.sheet import Line, Part, Ref, Sheet, line, named, refs

MITIGATIONS = "mitigations.toml"


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
        *([when_line("Only when", row.when, known, told)] if row.when else []),
        line(f"Status: {STATUS_WORDS[row.status]}{_idle(row)}."),
        *source_lines(row.sources, known),
        review_line(row.file, known),
    )
    title = f"{row.id} - an interaction ({row.level.value})"
    return Sheet(Kind.INTERACTION, row.id, title, lines, row.file)


def effect_words(row: Interaction, known: Knowledge) -> str:
    """`simvastatin with amiodarone: at most 20 mg a day`."""
    partners = f" with {' and '.join(row.partners)}" if row.partners else ""
    effect = "contraindicated" if row.cap_mg is None else f"at most {row.cap_mg} mg a day"
    needs = f", when {sentence_of(row.when, known)}" if row.when else ""
    return f"{row.drug}{partners}: {effect}{needs}"


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
    parts: list[Part] = []
    for selector in mitigation.proposes:
        parts += [", "] if parts else []
        parts.append(selector_ref(selector, known))
    if parts:
        yield line("Puts forward: ", *parts, ".")


def _adjustment(change: Adjustment, known: Knowledge, told: set[str]) -> Line:
    lines: list[Line] = []
    if change.text:
        lines.append(line(f"says as well: {sentence(change.text, known)}"))
    if change.add:
        lines.append(line("offers as well: ", *refs(Kind.MITIGATION, change.add)))
    needed = when_line("Where it is offered and", change.when, known, told)
    return line(*needed.parts, below=[*needed.below, *lines])


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


def _idle(row: Interaction) -> str:
    return ": it does not act" if row.status is Status.UNCONFIRMED else ""
