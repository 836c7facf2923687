"""What runs first in an executor: it finds our code there, and only then imports it.

Functions of this module travel whole, not by name, so they may use nothing of ours.
"""

from __future__ import annotations

from typing import Any


def calling(place: str, packed: bool, module: str, name: str, given: Any) -> Any:
    """A function over frames that calls `module.name(given, frames)` where it runs.

    `place` is the folder that holds our packages, or (`packed`) the name of the archive that Spark
    unpacks beside each executor. `given` is bytes, or a broadcast of bytes.
    """

    def call(frames):  # type: ignore[no-untyped-def]  # Spark would read annotations
        import importlib  # noqa: PLC0415 - what is imported here, is where it runs
        import sys  # noqa: PLC0415

        folder = place
        if packed:
            from pyspark import SparkFiles  # noqa: PLC0415

            folder = SparkFiles.get(place)
        if folder not in sys.path:
            sys.path.insert(0, folder)
        function = getattr(importlib.import_module(module), name)
        yield from function(getattr(given, "value", given), frames)

    return call
