"""`crampcheck knowledge`: is the knowledge base sound, what is in it, and which release?"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from plugin.cli.diff import diff
from plugin.cli.overlay import overlay_option, site_lines
from plugin.cli.rxnorm import code_check_lines, import_rxnorm, release_lines
from plugin.cli.shared import as_of_option, packaged_pipeline

if TYPE_CHECKING:
    from knowledge.model import FileReview, Knowledge


@click.group()
def knowledge() -> None:
    """Check or list the knowledge base, or import a RxNorm release."""


knowledge.add_command(diff)


@knowledge.command()
@as_of_option("Say what is overdue")
@overlay_option()
def check(as_of: date) -> None:
    """Report every fault by file and key, and what awaits or is overdue for review.

    A fault ends with exit code 10. Waiting for review is no fault: it is listed, and so are RxNorm
    codes of ingredients that an imported release tells otherwise.
    """
    from knowledge.check import awaiting_review, overdue  # noqa: PLC0415 - slow to import

    pipeline = packaged_pipeline()
    loaded = pipeline.knowledge
    click.echo(f"Knowledge {loaded.version}: {len(loaded.reviews)} files, no fault.")
    for line in site_lines(loaded):
        click.echo(line)
    _list_files("Awaiting review by a clinician", awaiting_review(loaded))
    _list_files(f"Overdue for review on {as_of}", overdue(loaded, as_of))
    for line in code_check_lines(loaded, pipeline.release):
        click.echo(line)


@knowledge.command("list")
@overlay_option()
def list_() -> None:
    """List the version, and how much is known: ingredients, rules, labs, names, RxNorm release."""
    pipeline = packaged_pipeline()
    for line in _contents(pipeline.knowledge):
        click.echo(line)
    for line in release_lines(pipeline.release):
        click.echo(line)


knowledge.add_command(import_rxnorm)


def _list_files(title: str, files: tuple[FileReview, ...]) -> None:
    click.echo(f"{title}: {len(files)}")
    for row in files:
        due = f", due {row.review.next_review}" if row.review.next_review else ""
        click.echo(f"  {row.file} (by {row.review.authored_by}, {row.review.authored}{due})")


def _contents(loaded: Knowledge) -> Iterator[str]:
    yield f"version {loaded.version}"
    yield f"ingredients {len(loaded.ingredients)}, in groups:"
    groups = Counter(ingredient.group for ingredient in loaded.ingredients.values())
    for group, count in sorted(groups.items()):
        yield f"  {count:>4} {loaded.groups[group].label} ({group})"
    for name, rows in (
        ("products", loaded.products),
        ("rules", loaded.rules),
        ("mitigations", loaded.mitigations),
        ("interactions", loaded.interactions),
        ("labs", loaded.labs),
        ("conditions", loaded.conditions),
        ("sources", loaded.sources),
    ):
        yield f"{name} {len(rows)}"
    lexicon = _lexicon()
    yield f"lexicon {lexicon['names']} names ({lexicon['source']} {lexicon['version']})"
    yield from site_lines(loaded)


def _lexicon() -> dict[str, Any]:
    """Where the names of drugs that the knowledge says nothing about come from."""
    from knowledge.terminology.tables import read_bytes  # noqa: PLC0415

    manifest: dict[str, Any] = json.loads(read_bytes("lexicon.manifest.json"))
    return manifest
