"""`crampcheck explain`: what is known, with its sources."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Iterator
from difflib import get_close_matches
from typing import TYPE_CHECKING

import click

from plugin.cli.overlay import changes_of, overlay_option
from plugin.cli.rxnorm import code_lines
from plugin.cli.shared import packaged_pipeline

if TYPE_CHECKING:
    from knowledge.model import Knowledge
    from plugin.pipeline import Pipeline

WIDEST = 100
NEAR_MATCHES = 5


class NotKnown(click.ClickException):
    """What was asked about is not in the knowledge."""

    exit_code = 2


@click.command()
@click.argument("what", metavar="DRUG|CODE|RULE", nargs=-1, required=True)
@overlay_option()
def explain(what: tuple[str, ...]) -> None:
    """Say what is known, with sources, of a drug, code, group, rule or mitigation.

    A drug is found by ingredient, salt, synonym or brand, or by a code of RxNorm, ATC, SNOMED CT
    or UNII; with a RxNorm release imported, also by the code of a product, such as an NDC.
    """
    asked = " ".join(what).strip()
    pipeline = packaged_pipeline()
    lines = list(_explanation(asked, pipeline))
    if not lines:
        raise NotKnown(_not_known(asked, pipeline.knowledge))
    width = min(WIDEST, shutil.get_terminal_size((WIDEST, 24)).columns)
    for line in lines:
        indent = " " * (len(line) - len(line.lstrip()) + 2)
        click.echo(textwrap.fill(line, width, subsequent_indent=indent))


def _explanation(asked: str, pipeline: Pipeline) -> Iterator[str]:
    """Everything that goes by the name asked for; nothing if there is no such thing."""
    from plugin.cli import explained  # noqa: PLC0415

    knowledge = pipeline.knowledge
    key = asked.casefold()
    found = False
    for rule in (*knowledge.rules, *knowledge.switched_off):
        if rule.id == key:
            found = True
            yield from explained.rule_lines(rule, knowledge)
            yield from changes_of(rule.id, knowledge)
    if key in knowledge.mitigations:
        found = True
        yield from explained.mitigation_lines(knowledge.mitigations[key], knowledge)
    if key in knowledge.groups:
        found = True
        yield from explained.group_lines(knowledge.groups[key], knowledge)
    for name in _named(asked, knowledge):
        found = True
        yield from explained.ingredient_lines(knowledge.ingredients[name], knowledge)
        yield from changes_of(name, knowledge)
    if not found:
        yield from _recognised(asked, pipeline)


def _named(asked: str, knowledge: Knowledge) -> list[str]:
    """The ingredients that go by a name, brand, product or code."""
    key = asked.casefold()
    found = [
        ingredient.name
        for ingredient in knowledge.ingredients.values()
        if key
        in {
            name.casefold()
            for name in (
                ingredient.name,
                ingredient.inn,
                *ingredient.synonyms,
                *ingredient.salts,
                *ingredient.brands,
                *(code.code for code in ingredient.codes),
            )
        }
    ]
    for product in knowledge.products:
        if product.name.casefold() == key:
            found.extend(name for name in product.ingredients if name in knowledge.ingredients)
    return sorted(set(found))


def _recognised(asked: str, pipeline: Pipeline) -> Iterator[str]:
    """What the terminology reads as drugs: those linked to cramps in full, others by name."""
    from knowledge.terminology.concept import Coding, Concept  # noqa: PLC0415
    from plugin.cli import explained  # noqa: PLC0415

    system, lines = code_lines(asked, pipeline.release)
    yield from lines
    concept = Concept((Coding(system, asked),)) if system else Concept(text=asked)
    resolution = pipeline.resolve(concept)
    for name in resolution.ingredients:
        if name in pipeline.knowledge.ingredients:
            yield from explained.ingredient_lines(
                pipeline.knowledge.ingredients[name], pipeline.knowledge
            )
        else:
            yield f"{name} - a drug that this knowledge says nothing about: listed, never flagged."


def _not_known(asked: str, knowledge: Knowledge) -> str:
    names = [
        *knowledge.ingredients,
        *(brand.lower() for row in knowledge.ingredients.values() for brand in row.brands),
        *(product.name.lower() for product in knowledge.products),
        *knowledge.groups,
        *knowledge.mitigations,
        *(rule.id for rule in knowledge.rules),
    ]
    near = get_close_matches(asked.casefold(), sorted(set(names)), NEAR_MATCHES)
    hint = f" Near it: {', '.join(near)}." if near else ""
    return f"{asked!r} is no drug, code, group, rule or mitigation that is known here.{hint}"
