"""What a test shows of the protocol: `@requirement(83)` on a test, and the table beside it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct

SERVICES = "cds-hooks_2.0"
HOOKS = "cds-hooks-library_1.0.1"
TABLES = Path(__file__).parent / "requirements"


class Requirement(Struct, frozen=True):
    """A requirement in our words. It has tests that show it, or a reason why it has none."""

    id: str  # set and number: `cds-hooks_2.0/83`
    topic: str
    level: str  # SHALL, SHALL NOT, SHOULD, SHOULD NOT, MAY, or DEPRECATED
    says: str
    shown_by: tuple[str, ...] = ()  # `test_cards.py::test_name`, in this folder
    reason: str = ""


def requirement(*numbers: int, of: str = SERVICES) -> pytest.MarkDecorator:
    """Marks a test with the requirements that it shows."""
    return pytest.mark.requirement(*(f"{of}/{number}" for number in numbers))


def requirements() -> Iterator[Requirement]:
    """Every row of the tables, in the order of their files."""
    for file in sorted(TABLES.glob("*.toml")):
        table: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
        topic = table.pop("topic")
        for set_, rows in table.items():
            for number, row in rows.items():
                shown = tuple(row.pop("shown_by", ()))
                yield Requirement(f"{set_}/{number}", topic, shown_by=shown, **row)
