"""The shipped hook bodies of invented patients, moved to today.

A result older than 90 days is unknown, so a sample with fixed dates would say less every month.
Every date of a sample, birth dates too, is moved by the same number of days: ages and intervals
stay as they were written.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

# The day on which the samples are written to be read.
WRITTEN_FOR = date(2026, 11, 1)
FIRST_SAMPLE = "thiazide-low-potassium"  # what a newcomer is shown
ORDERS = "orders"  # the folder of those about draft orders
_DATE = re.compile(rb"\d{4}-\d{2}-\d{2}")


def sample_names() -> list[str]:
    """The samples of an opened chart, sorted; without their ending."""
    return _names(files("plugin") / "samples")


def order_sample_names() -> list[str]:
    """The samples about draft orders, sorted, as `sample` takes them."""
    return [f"{ORDERS}/{name}" for name in _names(files("plugin") / "samples" / ORDERS)]


def sample(name: str, today: date) -> bytes:
    """A hook request body as if written for `today`."""
    text = (files("plugin") / "samples" / f"{name}.json").read_bytes()
    moved_by = today - WRITTEN_FOR
    return _DATE.sub(lambda match: _moved(match[0], moved_by), text)


def write_samples(folder: Path, today: date) -> list[Path]:
    """Write every sample into a folder and return the paths."""
    paths = []
    for name in sample_names():
        path = folder / f"{name}.json"
        path.write_bytes(sample(name, today))
        paths.append(path)
    return paths


def _names(folder: Traversable) -> list[str]:
    return sorted(
        item.name.removesuffix(".json") for item in folder.iterdir() if item.name.endswith(".json")
    )


def _moved(text: bytes, by: timedelta) -> bytes:
    return (date.fromisoformat(text.decode()) + by).isoformat().encode()
