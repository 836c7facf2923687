"""`crampcheck knowledge diff`: what a change of the knowledge changes."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from plugin.cli.shared import as_of_option, write_line
from plugin.errors import KnowledgeInvalid, NotAllScreened

if TYPE_CHECKING:
    from knowledge.model import Knowledge
    from plugin.screening.comparing import Compared

PACKAGED = "packaged"
SCHEMA = "crampcheck.knowledge-diff/1"


@click.command()
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="[NEW]", default=PACKAGED)
@click.option("--old-overlay", metavar="PATH", help="An overlay over OLD.")
@click.option("--new-overlay", metavar="PATH", help="An overlay over NEW.")
@click.option(
    "--patients",
    metavar="FOLDER",
    help="Patients to assess under both, as `crampcheck screen` reads them: NDJSON or Bundles.",
)
@as_of_option()
@click.option(
    "--format",
    "output",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help="Lines for people, or one JSON object.",
)
def diff(
    *,
    old: str,
    new: str,
    old_overlay: str | None,
    new_overlay: str | None,
    patients: str | None,
    as_of: date,
    output: str,
) -> None:
    """Say what a change of the knowledge changes.

    OLD and NEW are data folders; the word `packaged`, and NEW if it is not given, mean the one that
    is installed. Entries that were added, removed or changed are listed by id and field. With
    --patients, so is whose answers change, and in what: patients by their ids, rules and options by
    theirs, and nothing else of a record.

    Differences are no failure. Exit code 10 means that a knowledge is at fault, 13 that a patient
    or a line could not be compared; the rest is printed.
    """
    from knowledge.compare import compare  # noqa: PLC0415 - only this command pays for it

    known = _both((old, old_overlay), (new, new_overlay))
    differences = compare(*known)
    unused = _not_compared(_folder(old), _folder(new))
    if patients:
        _check_usable((_folder(old), known[0]), (_folder(new), known[1]))
    compared = _of_patients(patients, known, as_of) if patients else None
    if output == "json":
        import orjson  # noqa: PLC0415

        from plugin.cli.differences import as_json  # noqa: PLC0415

        said: dict[str, Any] = {"schema": SCHEMA, "as_of": as_of.isoformat()}
        write_line(orjson.dumps({**said, **as_json(known, differences, unused, compared)}))
    else:
        from plugin.cli.differences import as_lines  # noqa: PLC0415

        for line in as_lines(known, differences, unused, compared):
            click.echo(line)
    from plugin.screening.counted import counted, left_unread  # noqa: PLC0415

    if compared and (compared.failed or compared.quarantined):
        raise NotAllScreened(
            f"not all could be compared: {counted(len(compared.failed), 'patient')}, "
            f"{left_unread(compared.left_out)}. The rest is printed."
        )


def _folder(named: str) -> Path:
    from knowledge.load import DATA  # noqa: PLC0415

    return DATA if named == PACKAGED else Path(named)


def _both(*named: tuple[str, str | None]) -> tuple[Knowledge, Knowledge]:
    """Load both, so that the faults of both are said at once."""
    from knowledge.load import KnowledgeError, load  # noqa: PLC0415

    known: list[Knowledge] = []
    faults: list[str] = []
    for folder, overlay in named:
        try:
            # Nothing is written into somebody's folder only because it was compared.
            known.append(
                load(
                    _folder(folder),
                    overlay=Path(overlay) if overlay else None,
                    compiled=folder == PACKAGED,
                )
            )
        except KnowledgeError as error:
            faults.append(str(error))
    if faults:
        raise KnowledgeInvalid("\n".join(dict.fromkeys(faults)))
    old, new = known
    return old, new


def _not_compared(old: Path, new: Path) -> list[str]:
    """Files of both that differ and are read by the program from its own copy alone."""
    from knowledge.files import read_folder  # noqa: PLC0415
    from knowledge.layout import read_elsewhere  # noqa: PLC0415

    before, after = read_folder(old).contents, read_folder(new).contents
    return sorted(
        name
        for name in before.keys() | after.keys()
        if read_elsewhere(name) and before.get(name) != after.get(name)
    )


def _check_usable(*named: tuple[Path, Knowledge]) -> None:
    """Raises KnowledgeInvalid where no patient can be assessed with one of them.

    Folders that are only compared entry by entry may lack what the program needs.
    """
    from plugin.facts.needed import lacking  # noqa: PLC0415

    faults = [
        f"{folder}: lacks what an assessment needs, {', '.join(missing)}; add each to labs.toml or "
        "terms.toml as the packaged data have it, or leave out --patients."
        for folder, knowledge in named
        if (missing := lacking(knowledge))
    ]
    if faults:
        raise KnowledgeInvalid("\n".join(dict.fromkeys(faults)))


def _of_patients(source: str, known: tuple[Knowledge, Knowledge], as_of: date) -> Compared:
    from plugin.cli.progress import progress_bar  # noqa: PLC0415
    from plugin.config import settings_from_environment  # noqa: PLC0415
    from plugin.pipeline import pipeline_of, release_at  # noqa: PLC0415
    from plugin.screening.comparing import compare_patients  # noqa: PLC0415

    settings = settings_from_environment()
    told = settings.jurisdiction.value if settings.jurisdiction else ""
    release = release_at(settings.rxnorm_index, named=bool(settings.rxnorm))
    old, new = (pipeline_of(one, told, release) for one in known)
    with progress_bar() as on_progress:
        return compare_patients(source, old, new, as_of, on_progress)
