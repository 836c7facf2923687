"""`crampcheck knowledge import-rxnorm`, and what the other commands say of the release loaded."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from plugin.errors import CrampcheckError, InputUnreadable, KnowledgeInvalid

if TYPE_CHECKING:
    from knowledge.model import Ingredient, Knowledge
    from knowledge.terminology.release.model import Release, Released, ReleaseInfo

_INGREDIENT_KINDS = frozenset({"IN", "PIN", "MIN"})
# The systems that a code is looked for in where nobody says which it is of.
_SYSTEMS = {
    "rxnorm": "RxNorm",
    "ndc": "NDC",
    "atc": "ATC",
    "snomed": "SNOMED CT",
    "unii": "UNII",
}


@click.command("import-rxnorm")
@click.argument("path", metavar="ZIP|DIR", type=click.Path(path_type=Path))
def import_rxnorm(path: Path) -> None:
    """Import a RxNorm release, so that codes of products are read.

    ZIP|DIR is a release as NLM publishes it (full, or the prescribable subset), or the folder that
    it was unpacked into. It becomes an index in the data folder, in place of the one of an earlier
    import. serve, assess, screen, resolve and explain use it from their next start.

    A release that is broken or not whole changes nothing, and ends with exit code 11.
    """
    from knowledge.terminology.release.build import import_release  # noqa: PLC0415
    from knowledge.terminology.release.faults import ReleaseError, ReleaseUnreadable  # noqa: PLC0415
    from plugin.cli.progress import byte_bar  # noqa: PLC0415
    from plugin.config import settings_from_environment  # noqa: PLC0415

    index = settings_from_environment().rxnorm_index
    before = _info_of(index)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    try:
        with byte_bar() as on_step:
            info = import_release(path, index, now, on_step)
    except ReleaseUnreadable as error:
        raise InputUnreadable(error.message) from error
    except ReleaseError as error:
        raise CrampcheckError(error.message) from error
    click.echo(f"Imported {info.label} into {index}: {_counts(info)}.")
    if before is not None:
        older = ", which was newer" if "" < info.date < before.date else ""
        click.echo(f"It takes the place of {before.label}{older}.")


def release_lines(release: Release | None) -> Iterator[str]:
    """Which release is loaded, when that was, and how much it holds."""
    if release is None:
        yield "RxNorm release: none loaded"
        return
    yield f"RxNorm release: {release.info.label}, imported {release.info.imported}"
    yield f"  {_counts(release.info)}"


def code_check_lines(knowledge: Knowledge, release: Release | None) -> Iterator[str]:
    """Which of our RxNorm codes of ingredients a release tells otherwise; nothing without one."""
    if release is None:
        return
    total, odd = 0, []
    for ingredient in knowledge.ingredients.values():
        for code in ingredient.codes:
            if code.system == "rxnorm":
                total += 1
                fault = _other_than(ingredient, release.of_code("rxnorm", code.code))
                if fault:
                    odd.append(f"  {ingredient.file}: {ingredient.name}, {code.code}: {fault}")
    yield f"RxNorm codes that {release.info.label} tells otherwise: {len(odd)} of {total}"
    yield from odd


def _other_than(ingredient: Ingredient, released: Released | None) -> str:
    if released is None:
        return "not held"
    names = {ingredient.name, ingredient.inn, *ingredient.synonyms, *ingredient.salts}
    if released.name.casefold() not in {name.casefold() for name in names}:
        return f"it is {released.name or 'of no name'} ({released.kind})"
    if released.retired:
        return "retired"
    return "" if released.kind in _INGREDIENT_KINDS else f"of the kind {released.kind}"


def code_lines(code: str, release: Release | None) -> tuple[str, list[str]]:
    """The system in which a release holds a code, and what it says of it; empty if in none."""
    from knowledge.terminology.release.faults import ReleaseError  # noqa: PLC0415

    try:
        for system, label in _SYSTEMS.items():
            released = release.of_code(system, code) if release else None
            if release and released is not None:
                return system, list(_released_lines(f"{label} {code}", released, release))
    except ReleaseError as error:
        raise KnowledgeInvalid(error.message) from error
    return "", []


def _released_lines(code: str, released: Released, release: Release) -> Iterator[str]:
    if not released.name:
        yield f"{code}, by {release.info.label}: {released.detail or 'has no name of its own'}."
    else:
        yield f"{code}, by {release.info.label}: {released.name} ({released.kind})."
        if released.detail:
            yield f"  It is {released.detail}."
    if released.retired:
        yield "  RxNorm has retired it."
    if released.ingredients:
        parts = ", ".join(f"{one.name} (RxNorm {one.rxcui})" for one in released.ingredients)
        yield f"  Ingredients: {parts}."


def _counts(info: ReleaseInfo) -> str:
    counts = info.counts
    return (
        f"{counts['concepts']} RxNorm codes ({counts['retired']} of them retired, "
        f"{counts['resolved']} with their ingredients), {counts['ndc']} NDC, "
        f"{counts['codes']} codes of other systems"
    )


def _info_of(index: Path) -> ReleaseInfo | None:
    """Which release is there; nothing to say of one that is to be replaced for being damaged."""
    from knowledge.terminology.release.faults import IndexDamaged  # noqa: PLC0415
    from knowledge.terminology.release.opening import open_index  # noqa: PLC0415

    try:
        release = open_index(index)
    except IndexDamaged:
        return None
    return release.info if release is not None else None
