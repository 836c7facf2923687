"""What the knowledge says about a drug, group, rule or mitigation, as lines for a person.

Pure: knowledge in, lines out. A line starts with two spaces for each level of detail.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from knowledge.model import (
    Citation,
    Claim,
    Group,
    Ingredient,
    Knowledge,
    Mitigation,
    Review,
    Rule,
    Status,
    Tier,
)
from knowledge.vocabulary import Condition

TIER_MEANING = {
    Tier.ALONE: "may raise a card alone",
    Tier.TOGETHER: "counts with its partner, its abnormal lab, or an unknown lab and a symptom",
    Tier.LISTED: "is listed on expansion only",
    Tier.NONE: "is never flagged as a cause",
    Tier.NEVER: "is never proposed; flagged when taken",
}
CODE_SYSTEM_LABEL = {"rxnorm": "RxNorm", "atc": "ATC", "snomed": "SNOMED CT", "unii": "UNII"}
# Selectors that stand for whatever is taken: a rule with one is not about a drug by name.
OPEN_SELECTORS = frozenset({"any", "flagged"})
_GAP = re.compile(r"\{([a-z0-9-]+)\}")
_GAP_NAMES = {"drugs": "drug", "with": "partner"}


def ingredient_lines(ingredient: Ingredient, knowledge: Knowledge) -> Iterator[str]:
    """An ingredient: its link to cramps, names, codes, evidence, and the rules that name it."""
    group = knowledge.groups.get(ingredient.group)
    yield f"{ingredient.name} - {group.label if group else ingredient.group}"
    yield f"  Tier {ingredient.tier.value}: {TIER_MEANING[ingredient.tier]}."
    rests_on = "the drug itself" if ingredient.evidence == "own" else "its class"
    yield f"  The tier rests on {rests_on} ({marked(ingredient.tier_status)})."
    if ingredient.effective_tier is not ingredient.tier:
        yield "  Because that is unconfirmed, it raises no card alone."
    for mechanism in ingredient.mechanisms:
        known = knowledge.mechanisms.get(mechanism.id)
        yield f"  Mechanism: {known.label if known else mechanism.id} ({marked(mechanism.status)})."
    yield from _names(ingredient, knowledge)
    yield from _codes(ingredient, knowledge)
    for claim in ingredient.claims:
        yield from claim_lines(claim, knowledge)
    for rule in knowledge.rules:
        if rule.drug not in OPEN_SELECTORS and ingredient.name in knowledge.members(rule.drug):
            yield f"  Rule {rule.id} ({rule.level.value}): {sentence(rule.summary)}"
    for row in knowledge.interactions:
        if ingredient.name in knowledge.members(row.drug):
            cap = f", at most {row.cap_mg} mg a day" if row.cap_mg is not None else ""
            partners = " and ".join(row.partners) or "any use"
            yield f"  Interaction with {partners}: {row.effect}{cap} ({marked(row.status)})."
    yield review_line(ingredient.file, knowledge)


def group_lines(group: Group, knowledge: Knowledge) -> Iterator[str]:
    """A group: its members and what is said of all of them."""
    yield f"{group.id} - {group.label} (a group of {len(group.members)} ingredients)"
    yield f"  Members: {', '.join(sorted(group.members))}."
    if group.never_propose:
        yield "  Never proposed, by any mitigation."
    for claim in group.claims:
        yield from claim_lines(claim, knowledge)
    for rule in knowledge.rules:
        if group.id in (rule.drug, rule.partner):
            yield f"  Rule {rule.id} ({rule.level.value}): {sentence(rule.summary)}"


def rule_lines(rule: Rule, knowledge: Knowledge) -> Iterator[str]:
    """A rule: when it fires, what it says and suggests, and what it rests on."""
    yield f"{rule.id} - a rule ({rule.level.value}), policy rows {', '.join(rule.rows) or 'none'}"
    yield f"  Says: {sentence(rule.summary)}"
    yield f"  For: {rule.drug}{f' with {rule.partner}' if rule.partner else ''}."
    if rule.also:
        yield f"  Names as partner, when taken: {rule.also}."
    if rule.when:
        yield f"  When: {condition_text(rule.when)}."
    if rule.unless:
        stops = ", ".join(str(fact) for clause in rule.unless for fact in clause)
        yield f"  Unless any of: {stops}."
    for higher in rule.raises:
        yield f"  Becomes {higher.to.value} when: {condition_text(higher.when)}."
    if rule.replaces:
        yield f"  Takes the place of: {', '.join(rule.replaces)}."
    for note in rule.notes:
        when = f", when {condition_text(note.when)}" if note.when else ""
        yield f"  Adds{when}: {sentence(note.text)}"
    for suggested in rule.suggest:
        mitigation = knowledge.mitigations.get(suggested)
        yield f"  Suggests {suggested}{f': {mitigation.text}' if mitigation else ''}"
    yield from source_lines(rule.sources, knowledge)
    yield review_line(rule.file, knowledge)


def mitigation_lines(mitigation: Mitigation, knowledge: Knowledge) -> Iterator[str]:
    """A mitigation: its text, its guard rails, and the rules that suggest it."""
    yield f"{mitigation.id} - a mitigation ({mitigation.kind})"
    yield f"  {mitigation.text}"
    if mitigation.proposes:
        yield f"  Proposes: {', '.join(mitigation.proposes)}."
    if mitigation.offer_when:
        yield f"  Offered only when proven: {condition_text(mitigation.offer_when)}."
    for condition in mitigation.withhold_when:
        yield f"  Withheld when: {condition_text(condition)}."
    for change in mitigation.adjust:
        added = [*change.add, *([change.text] if change.text else [])]
        yield f"  Adds, when {condition_text(change.when)}: {'; '.join(added)}"
    suggesting = sorted(rule.id for rule in knowledge.rules if mitigation.id in rule.suggest)
    yield f"  Suggested by: {', '.join(suggesting) or 'no rule'}."
    yield from source_lines(mitigation.sources, knowledge)
    yield review_line("mitigations.toml", knowledge)


def claim_lines(claim: Claim, knowledge: Knowledge) -> Iterator[str]:
    """A sentence of evidence with its status and sources."""
    yield f"  {claim.kind.capitalize()} ({marked(claim.status)}): {claim.text}"
    yield from ("  " + line for line in source_lines(claim.sources, knowledge))


def source_lines(citations: Iterable[Citation], knowledge: Knowledge) -> Iterator[str]:
    """One line for each citation: title, identifier, place."""
    for citation in citations:
        source = knowledge.sources.get(citation.source)
        title = source.title if source else citation.source
        identifier = f", {source.identifier}" if source and source.identifier else ""
        yield f"  Source: {title}{identifier} ({citation.locator})"


def review_line(file: str, knowledge: Knowledge) -> str:
    """Whether a clinician has reviewed a file, and when that is due."""
    for row in knowledge.reviews:
        if row.file == file:
            return f"  Review of {file}: {review_text(row.review)}."
    return f"  Review of {file}: not recorded."


def review_text(review: Review) -> str:
    """`awaiting review; no clinician has reviewed it; due 2027-11-22`."""
    due = f"; due {review.next_review}" if review.next_review else ""
    if review.reviewed_by:
        return f"reviewed by {review.reviewed_by} on {review.reviewed}{due}"
    return f"awaiting review, no clinician has reviewed it yet{due}"


def sentence(template: str) -> str:
    """A sentence of a rule with its gaps named: `[drug] with potassium [result]: low`."""
    return _GAP.sub(lambda gap: f"[{_GAP_NAMES.get(gap[1], 'result')}]", template)


def condition_text(condition: Condition) -> str:
    """`potassium<3.5 and (egfr<60 or has:ckd-3-to-5)`."""
    return " and ".join(
        str(clause[0]) if len(clause) == 1 else f"({' or '.join(str(fact) for fact in clause)})"
        for clause in condition
    )


def marked(status: Status) -> str:
    """The status, with a mark that cannot be overlooked where nothing confirms it."""
    return "UNCONFIRMED" if status is Status.UNCONFIRMED else status.value


def _names(ingredient: Ingredient, knowledge: Knowledge) -> Iterator[str]:
    products = [row.name for row in knowledge.products if ingredient.name in row.ingredients]
    for label, names in (
        ("Also called", tuple(n for n in (ingredient.inn, *ingredient.synonyms) if n)),
        ("Salts", ingredient.salts),
        ("Brands", ingredient.brands),
        ("In products", products),
    ):
        others = sorted({name for name in names if name != ingredient.name})
        if others:
            yield f"  {label}: {', '.join(others)}."


def _codes(ingredient: Ingredient, knowledge: Knowledge) -> Iterator[str]:
    for code in ingredient.codes:
        source = knowledge.sources.get(code.source)
        label = CODE_SYSTEM_LABEL.get(code.system, code.system)
        origin = source.title if source else code.source
        yield f"  {label} {code.code} ({marked(code.status)}, {origin})."
    if not any(code.status is Status.VERIFIED for code in ingredient.codes):
        yield "  No verified code: matched by name only."
