"""What goes by a name: ids, labels, names of drugs, brands, codes, titles. And what is near it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches

from knowledge.layout import Kind
from knowledge.model import Knowledge
from knowledge.sheets.attributes import ALL as ALL_ATTRIBUTES
from knowledge.terminology.tables import atc, atc_combinations

Key = tuple[Kind, str]

NEAR_MATCHES = 5
# `RxNorm 4603`, `LOINC: 2823-3`: the system may stand before a code.
_SYSTEM = re.compile(
    r"\A(?:rxnorm|rxcui|atc|snomed(?: ct)?|unii|loinc|icd-?10(?:-?cm)?)[\s:]+", re.IGNORECASE
)


def named(asked: str, known: Knowledge) -> list[Key]:
    """The entries that go by a name or code, in the order in which a reader wants them."""
    wanted = {asked.casefold(), _SYSTEM.sub("", asked).casefold()}
    found = [key for key, name in _names(known) if name.casefold() in wanted]
    return list(dict.fromkeys(found))


def near(asked: str, known: Knowledge) -> list[str]:
    """Names that are spelled much like what was asked, the nearest first."""
    names = {name.casefold() for _, name in _names(known)}
    return get_close_matches(asked.casefold(), sorted(names), NEAR_MATCHES)


def _names(known: Knowledge) -> Iterator[tuple[Key, str]]:
    for rule in (*known.rules, *known.switched_off):
        yield (Kind.RULE, rule.id), rule.id
    for id_ in known.mitigations:
        yield (Kind.MITIGATION, id_), id_
    for group in known.groups.values():
        yield (Kind.GROUP, group.id), group.id
        yield (Kind.GROUP, group.id), group.label
    yield from _drug_names(known)
    yield from _record_names(known)
    for row in known.interactions:
        yield (Kind.INTERACTION, row.id), row.id
    for attribute in known.attributes.values():
        for name in (attribute.id, attribute.name, ALL_ATTRIBUTES):
            yield (Kind.ATTRIBUTE, attribute.id), name
    for source in known.sources.values():
        yield (Kind.SOURCE, source.id), source.id
        yield (Kind.SOURCE, source.id), source.title
        for identifier in re.split(r"; ", source.identifier):
            if identifier:
                yield (Kind.SOURCE, source.id), identifier


def _drug_names(known: Knowledge) -> Iterator[tuple[Key, str]]:
    for drug in known.ingredients.values():
        names = (drug.name, drug.inn, *drug.synonyms, *drug.salts, *drug.brands)
        for name in (*names, *(code.code for code in drug.codes)):
            yield (Kind.INGREDIENT, drug.name), name
    parts = [(product.name, product.ingredients) for product in known.products]
    parts += atc_combinations().whole.items()
    parts += ((code, (name,)) for code, name in atc().codes.items())
    for whole, ingredients in parts:
        for name in ingredients:
            if name in known.ingredients:
                yield (Kind.INGREDIENT, name), whole


def _record_names(known: Knowledge) -> Iterator[tuple[Key, str]]:
    for lab in known.labs.values():
        for name in (lab.id, lab.label, *(code.loinc for code in lab.codes)):
            yield (Kind.LAB, lab.id), name
    for term in known.terms.values():
        yield (Kind.TERM, term.name), term.name
        yield (Kind.TERM, term.name), term.label
    for condition in known.conditions.values():
        codes = (code.code for code in condition.codes)
        for name in (condition.id, condition.label, *codes):
            yield (Kind.CONDITION, condition.id), name
    for mechanism in known.mechanisms.values():
        yield (Kind.MECHANISM, mechanism.id), mechanism.id
        yield (Kind.MECHANISM, mechanism.id), mechanism.label
