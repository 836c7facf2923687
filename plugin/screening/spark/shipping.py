"""Our code, and the tables it reads, brought to the executors."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pyspark import SparkFiles, cloudpickle

from plugin.screening.run.durable import PRIVATE_FOLDER
from plugin.screening.spark import abroad
from plugin.screening.spark.session import Session

_ROOT = Path(__file__).parents[3]
_PACKAGES = ("plugin", "knowledge", "cds_hooks")
_UNPACKED = "crampcheck-code"  # the folder beside an executor
_LEFT_OUT = frozenset({"__pycache__", ".compiled"})
_shipped: set[str] = set()  # the applications of Spark that have it: it does not change meanwhile


class Shipped:
    """Makes functions that an executor can call. They are named, and imported where they run."""

    def __init__(self, session: Session) -> None:
        self._packed = not session.is_here
        self._place = _UNPACKED if self._packed else str(_ROOT)
        application = session.context.applicationId
        if self._packed and application not in _shipped:
            # Unpacked, not imported from the archive: the tables are read as files. It lies where
            # Spark's own files do, as long as there may be a new executor.
            folder = Path(SparkFiles.getRootDirectory(), "crampcheck")
            session.context.addArchive(f"{_archive(folder)}#{_UNPACKED}")
            _shipped.add(application)
        cloudpickle.register_pickle_by_value(abroad)

    def function(self, called: Callable[..., Any], given: Any) -> Any:
        """A function over frames that calls `called(given, frames)` in the executor."""
        name, module = called.__name__, called.__module__
        return abroad.calling(self._place, self._packed, module, name, given)


def _archive(folder: Path) -> Path:
    """All of our packages, as they are installed here."""
    folder.mkdir(PRIVATE_FOLDER)
    path = folder / f"{_UNPACKED}.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for package in _PACKAGES:
            for file in sorted((_ROOT / package).rglob("*")):
                inside = file.relative_to(_ROOT)
                if file.is_file() and _LEFT_OUT.isdisjoint(inside.parts):
                    archive.write(file, inside)
    return path
