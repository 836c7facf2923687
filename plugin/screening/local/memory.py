"""Python's search for cycles of objects, kept away from where millions of objects are made.

Nothing that the stages make forms cycles, so that each search would find nothing, and there would
be one for every few lines.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_searches() -> Iterator[None]:
    """No search for cycles until the end."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
