"""The sheet of an ingredient, and of a group of them."""

from __future__ import annotations

from collections.abc import Iterator

from knowledge.layout import Kind
from knowledge.model import ANY, FLAGGED, Group, Ingredient, Interaction, Knowledge, Rule, Status
from knowledge.possible import drugs_of, rules_about
from knowledge.sheets.basis import STATUS_WORDS, claim_lines, review_line, sentence
from knowledge.sheets.policy import effect_words
from knowledge.sheets.sheet import Line, Ref, Sheet, line, named, refs
from knowledge.sheets.words import TIER_MEANING

_SYSTEMS = {"rxnorm": "RxNorm", "atc": "ATC", "snomed": "SNOMED CT", "unii": "UNII"}


def ingredient_sheet(drug: Ingredient, known: Knowledge) -> Sheet:
    """An ingredient: its link to cramps, names, codes, evidence, and what can speak of it."""
    group = known.groups.get(drug.group)
    title = f"{drug.name} - {group.label if group else drug.group}"
    lines = (
        *_tier(drug),
        *_mechanisms(drug, known),
        *_never(drug, known),
        *_names(drug, known),
        *_codes(drug, known),
        *claim_lines(drug.claims, known),
        *_rules(drug, known),
        *_interactions(drug, known),
        *_proposals(drug, known),
        review_line(drug.file, known),
    )
    return Sheet(Kind.INGREDIENT, drug.name, title, lines, drug.file)


def group_sheet(group: Group, known: Knowledge) -> Sheet:
    """A group: its members, what is said of all of them, and the rules that name it."""
    members = sorted(group.members)
    wider = sorted(other.id for other in known.groups.values() if group.members < other.members)
    count = f"{len(members)} ingredient{'' if len(members) == 1 else 's'}"
    lines = (
        line("Members: ", *refs(Kind.INGREDIENT, members), "."),
        *named("Part of", Kind.GROUP, wider),
        *([line("Never proposed, by any mitigation.")] if group.never_propose else []),
        *([line("No answer proposes to leave one out.")] if group.never_stopped else []),
        *claim_lines(group.claims, known),
        *(
            rule_line(rule, known)
            for rule in known.rules
            if group.id in (rule.drug, rule.partner, rule.also)
        ),
        review_line(group.file, known),
    )
    return Sheet(Kind.GROUP, group.id, f"{group.id} - {group.label} ({count})", lines, group.file)


def rule_line(rule: Rule, known: Knowledge) -> Line:
    """`Rule low-potassium (warning): [drug] with potassium [potassium result]: low`."""
    said = sentence(rule.summary, known)
    return line("Rule ", Ref(Kind.RULE, rule.id), f" ({rule.level.value}): {said}")


def _tier(drug: Ingredient) -> Iterator[Line]:
    yield line(f"Tier {drug.tier.value}: {TIER_MEANING[drug.tier]}.")
    rests_on = "the drug itself" if drug.evidence == "own" else "its class"
    yield line(f"The tier rests on {rests_on} ({STATUS_WORDS[drug.tier_status]}).")
    if drug.effective_tier is not drug.tier:
        yield line("Because that is unconfirmed, it raises no card alone.")


def _mechanisms(drug: Ingredient, known: Knowledge) -> Iterator[Line]:
    for mechanism in drug.mechanisms:
        found = known.mechanisms.get(mechanism.id)
        words = Ref(Kind.MECHANISM, mechanism.id, found.label if found else mechanism.id)
        idle = "; never decides" if mechanism.status is Status.UNCONFIRMED else ""
        yield line("Mechanism: ", words, f" ({STATUS_WORDS[mechanism.status]}{idle}).")


def _never(drug: Ingredient, known: Knowledge) -> Iterator[Line]:
    groups = [group for group in known.groups.values() if drug.name in group.members]
    if any(group.never_propose for group in groups):
        yield line("Never proposed, by any mitigation.")


def _names(drug: Ingredient, known: Knowledge) -> Iterator[Line]:
    products = [row.name for row in known.products if drug.name in row.ingredients]
    for label, names in (
        ("Also called", (drug.inn, *drug.synonyms)),
        ("Salts", drug.salts),
        ("Brands", drug.brands),
        ("In products", products),
    ):
        others = sorted({name for name in names if name != drug.name})
        if others:
            yield line(f"{label}: {', '.join(others)}.")
    wider = [group.id for group in known.groups.values() if drug.name in group.members]
    yield from named("In the groups", Kind.GROUP, sorted(wider))


def _codes(drug: Ingredient, known: Knowledge) -> Iterator[Line]:
    for code in drug.codes:
        source = known.sources.get(code.source)
        origin = Ref(Kind.SOURCE, code.source, source.title if source else code.source)
        label = _SYSTEMS.get(code.system, code.system)
        yield line(f"{label} {code.code} ({STATUS_WORDS[code.status]}, ", origin, ").")
    if not any(code.status is Status.VERIFIED for code in drug.codes):
        yield line("No verified code: matched by name only.")


def _rules(drug: Ingredient, known: Knowledge) -> Iterator[Line]:
    """Rules about it, rules that name it beside another drug, and those about any flagged drug."""
    about = list(rules_about(drug, known))
    if about:
        lines = [rule_line(rule, known) for rule in about]
        yield line("Rules that can speak of it:", below=lines)
    beside = [rule for rule in known.rules if _is_partner(drug, rule, known)]
    if beside:
        lines = [rule_line(rule, known) for rule in beside]
        yield line("Rules that can name it beside another drug:", below=lines)
    if about:
        flagged = [rule.id for rule in known.rules if rule.drug == FLAGGED]
        yield from named("Where one of them flags it, also", Kind.RULE, flagged)
    else:
        yield line("No rule can flag it.")


def _is_partner(drug: Ingredient, rule: Rule, known: Knowledge) -> bool:
    selectors = [name for name in (rule.partner, rule.also) if name and ":" not in name]
    return any(name != ANY and drug.name in drugs_of(name, known) for name in selectors)


def _interactions(drug: Ingredient, known: Knowledge) -> Iterator[Line]:
    own = [row for row in known.interactions if drug.name in drugs_of(row.drug, known)]
    if own:
        yield line("Interactions of it:", below=[_row(row, known) for row in own])
    others = [
        row
        for row in known.interactions
        if row not in own and any(drug.name in drugs_of(one, known) for one in row.partners)
    ]
    if others:
        below = [_row(row, known) for row in others]
        yield line("Interactions of other drugs, with it as partner:", below=below)


def _row(row: Interaction, known: Knowledge) -> Line:
    words = effect_words(row, known)
    below = [line(row.text)] if row.text else []
    return line(
        Ref(Kind.INTERACTION, row.id), f": {words} ({STATUS_WORDS[row.status]}).", below=below
    )


def _proposals(drug: Ingredient, known: Knowledge) -> Iterator[Line]:
    ids = [
        mitigation.id
        for mitigation in known.mitigations.values()
        if any(drug.name in drugs_of(one, known) for one in mitigation.proposes)
    ]
    yield from named("Put forward by the mitigations", Kind.MITIGATION, ids)
