"""`crampcheck knowledge`: is the knowledge base sound, what is in it, and which release?"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from plugin.cli.diff import diff
from plugin.cli.folder import folder_option, knowledge_of, signals_of
from plugin.cli.overlay import overlay_option, site_lines
from plugin.cli.review import review
from plugin.cli.rxnorm import code_check_lines, import_rxnorm, release_lines
from plugin.cli.shared import as_of_option, packaged_pipeline
from plugin.screening.counted import counted

if TYPE_CHECKING:
    from knowledge.model import Knowledge
    from knowledge.review import FileReview
    from knowledge.terminology.release.model import Release


@click.group()
def knowledge() -> None:
    """Check, list, compare or sign the knowledge base, or import a RxNorm release."""


knowledge.add_command(diff)
knowledge.add_command(import_rxnorm)
knowledge.add_command(review)


@knowledge.command()
@as_of_option("Say what is overdue")
@overlay_option()
@folder_option
def check(as_of: date, folder: Path | None) -> None:
    """Report every fault by file and key, and what awaits or is overdue for review.

    A fault ends with exit code 10: an uncited claim, a reviewer who is the author, a rule that
    nothing can fire, a code of two meanings, and more. Waiting for review is no fault: it is
    listed, and so are a file that was changed after it was signed, and RxNorm codes of ingredients
    that an imported release tells otherwise.
    """
    # Slow to import.
    from knowledge.check import awaiting_review, changed_since_review, overdue  # noqa: PLC0415
    from knowledge.signals import FILE as SIGNALS  # noqa: PLC0415

    loaded = knowledge_of(folder)
    if folder is None or (folder / SIGNALS).is_file():  # a copy may do without them
        signals_of(loaded, folder)
    click.echo(f"Knowledge {loaded.version}: {counted(len(loaded.reviews), 'file')}, no fault.")
    for line in site_lines(loaded):
        click.echo(line)
    reviewed = tuple(row for row in loaded.reviews if row.review.stands)
    _list_files("Reviewed by a clinician", reviewed)
    _list_files("Changed since it was signed: to be reviewed anew", changed_since_review(loaded))
    _list_files("Awaiting review by a clinician", awaiting_review(loaded))
    _list_files(f"Overdue for review on {as_of}", overdue(loaded, as_of))
    for line in code_check_lines(loaded, packaged_pipeline().release):
        click.echo(line)


@knowledge.command("list")
@overlay_option()
@folder_option
def list_(folder: Path | None) -> None:
    """List the version, how much is known and reviewed, and which RxNorm release is loaded."""
    for line in _contents(knowledge_of(folder), packaged_pipeline().release):
        click.echo(line)


def _list_files(title: str, files: tuple[FileReview, ...]) -> None:
    click.echo(f"{title}: {len(files)}")
    for row in files:
        due = f", due {row.review.next_review}" if row.review.next_review else ""
        signed = f", signed by {row.review.reviewed_by} on {row.review.reviewed}"
        signed = signed if row.review.reviewed_by else ""
        click.echo(
            f"  {row.file} (by {row.review.authored_by}, {row.review.authored}{signed}{due})"
        )


def _contents(loaded: Knowledge, release: Release | None) -> Iterator[str]:
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
        ("source attributes", loaded.attributes),
    ):
        yield f"{name} {len(rows)}"
    reviewed = sum(row.review.stands for row in loaded.reviews)
    yield f"reviewed {reviewed} of {len(loaded.reviews)} files"
    lexicon = _lexicon()
    yield f"lexicon {lexicon['names']} names ({lexicon['source']} {lexicon['version']})"
    yield from release_lines(release)
    yield from site_lines(loaded)


def _lexicon() -> dict[str, Any]:
    """Where the names of drugs that the knowledge says nothing about come from."""
    from knowledge.terminology.tables import read_bytes  # noqa: PLC0415

    manifest: dict[str, Any] = json.loads(read_bytes("lexicon.manifest.json"))
    return manifest
