"""Gives complete results their names. A kill in the middle is made good by doing it again."""

from __future__ import annotations

import os
from pathlib import Path

from plugin.config import Settings, settings_from_environment
from plugin.errors import CrampcheckError
from plugin.screening.sinks.files import make_folder, settle, writing
from plugin.screening.sinks.formats import Chosen
from plugin.screening.sinks.names import WORKLIST_ROWS


def name_results(
    chosen: Chosen, unfinished: Path, out: Path, settings: Settings | None = None
) -> None:
    """Move the complete files of a run into the folder of the results, and be sure that they are.

    Only after `Sinks.close`. The worklist comes first: where its database is down, nothing has a
    name yet. Without settings, those of the environment name it. What is there already is left; so
    is everything of other names. Raises CrampcheckError where a file can neither be moved nor is
    there, DatabaseInvalid and DatabaseUnreadable.
    """
    names = [name for name in chosen.names if name != WORKLIST_ROWS]
    if (unfinished / WORKLIST_ROWS).exists():
        from plugin.screening.sinks.worklist import put_on_list  # noqa: PLC0415 - SQLAlchemy

        put_on_list(unfinished / WORKLIST_ROWS, settings or settings_from_environment())
    with writing(out):
        make_folder(out)
        for name in names:
            if (unfinished / name).exists():
                os.replace(unfinished / name, out / name)
            elif not (out / name).exists():
                raise CrampcheckError(
                    f"{out / name}: is not there, and nothing is left to make it from; remove "
                    f"{unfinished.parent} and screen again."
                )
        settle(out)
