"""Gives complete results their names. A kill in the middle is made good by doing it again."""

from __future__ import annotations

import os
from pathlib import Path

from plugin.errors import CrampcheckError
from plugin.screening.sinks.files import make_folder, settle, writing
from plugin.screening.sinks.formats import Chosen


def name_results(chosen: Chosen, unfinished: Path, out: Path) -> None:
    """Move the complete files of a run into the folder of the results, and be sure that they are.

    Only after `Sinks.close`. What is there already is left; so is everything of other names. Raises
    CrampcheckError where a file can neither be moved nor is there.
    """
    with writing(out):
        make_folder(out)
        for name in chosen.names:
            if (unfinished / name).exists():
                os.replace(unfinished / name, out / name)
            elif not (out / name).exists():
                raise CrampcheckError(
                    f"{out / name}: is not there, and nothing is left to make it from; remove "
                    f"{unfinished.parent} and screen again."
                )
        settle(out)
