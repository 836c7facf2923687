"""`--folder`: another data folder than the packaged one, such as a reviewer's own copy."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from plugin.cli.shared import packaged_pipeline
from plugin.errors import KnowledgeInvalid

if TYPE_CHECKING:
    from knowledge.draft import Draft
    from knowledge.model import Knowledge
    from knowledge.signal_model import Signals

Command = TypeVar("Command", bound=Callable[..., Any])


def folder_option(command: Command) -> Command:
    """Adds `--folder` to a command."""
    return click.option(
        "--folder",
        type=click.Path(path_type=Path, file_okay=False),
        metavar="DIR",
        help="The data folder; the one that is installed if not given.",
    )(command)


def data_folder(folder: Path | None) -> Path:
    """The folder itself."""
    from knowledge.load import DATA  # noqa: PLC0415 - slow to import

    return DATA if folder is None else folder


def knowledge_of(folder: Path | None) -> Knowledge:
    """The knowledge of a folder. Raises KnowledgeInvalid with every fault."""
    return packaged_pipeline().knowledge if folder is None else load_folder(folder).knowledge


def load_folder(folder: Path | None) -> Draft:
    """A folder that was read and checked, with the place of every entry.

    Raises KnowledgeInvalid with every fault.
    """
    from knowledge.build import build_draft  # noqa: PLC0415
    from knowledge.faults import KnowledgeError  # noqa: PLC0415

    if folder is None:
        packaged_pipeline()  # the tables of names and words too
    try:
        return build_draft(data_folder(folder))
    except KnowledgeError as error:
        raise KnowledgeInvalid(str(error)) from error


def signals_of(knowledge: Knowledge, folder: Path | None) -> Signals:
    """The signal groups of a folder, against its knowledge. Raises KnowledgeInvalid."""
    from knowledge.faults import KnowledgeError  # noqa: PLC0415
    from knowledge.signals import load_signals  # noqa: PLC0415

    try:
        return load_signals(knowledge, folder)
    except KnowledgeError as error:
        raise KnowledgeInvalid(str(error)) from error
