"""Every sheet, by kind and id."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, partial

from knowledge.layout import Kind
from knowledge.model import Knowledge
from knowledge.sheets.attributes import attribute_sheet
from knowledge.sheets.citing import citing
from knowledge.sheets.drugs import group_sheet, ingredient_sheet
from knowledge.sheets.policy import interaction_sheet, mitigation_sheet
from knowledge.sheets.record import (
    condition_sheet,
    lab_sheet,
    mechanism_sheet,
    source_sheet,
    term_sheet,
)
from knowledge.sheets.rules import rule_sheet
from knowledge.sheets.sheet import Sheet

Maker = Callable[[], Sheet]


def catalog(known: Knowledge) -> dict[tuple[Kind, str], Maker]:
    """What makes each sheet. Made on demand, since most readers want one."""
    return {(kind, id_): make for kind, id_, make in _makers(known)}


def _makers(known: Knowledge) -> Iterator[tuple[Kind, str, Maker]]:
    cited = cache(partial(citing, known))  # one look at everything serves all the sources
    for rule in (*known.rules, *known.switched_off):
        yield Kind.RULE, rule.id, partial(rule_sheet, rule, known)
    for id_, mitigation in known.mitigations.items():
        yield Kind.MITIGATION, id_, partial(mitigation_sheet, mitigation, known)
    for group_id, group in known.groups.items():
        yield Kind.GROUP, group_id, partial(group_sheet, group, known)
    for name, drug in known.ingredients.items():
        yield Kind.INGREDIENT, name, partial(ingredient_sheet, drug, known)
    for row in known.interactions:
        yield Kind.INTERACTION, row.id, partial(interaction_sheet, row, known)
    for lab_id, lab in known.labs.items():
        yield Kind.LAB, lab_id, partial(lab_sheet, lab, known)
    for condition_id, condition in known.conditions.items():
        yield Kind.CONDITION, condition_id, partial(condition_sheet, condition, known)
    for name, term in known.terms.items():
        yield Kind.TERM, name, partial(term_sheet, term, known)
    for mechanism_id, mechanism in known.mechanisms.items():
        yield Kind.MECHANISM, mechanism_id, partial(mechanism_sheet, mechanism, known)
    for attribute_id, attribute in known.attributes.items():
        yield Kind.ATTRIBUTE, attribute_id, partial(attribute_sheet, attribute, known)
    for source_id, source in known.sources.items():
        yield Kind.SOURCE, source_id, partial(source_sheet, source, known, cited)
