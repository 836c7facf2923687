"""The reviewer's guide to the data files names every key that a file may hold."""

from __future__ import annotations

import re

import pytest
from marshmallow import Schema

from knowledge.layout import REQUIRED_FILES, REQUIRED_FOLDERS, Kind
from knowledge.load import DATA
from knowledge.schemas import drugs, evidence, patient, policy, signal
from knowledge.schemas.base import Strict

README = (DATA / "README.md").read_text(encoding="utf-8")
WORDS = set(re.findall(r"[`\s,{]([a-z][a-z0-9_]*)[`\s,}(:]", README))


def _schemas() -> list[type[Schema]]:
    found = []
    for module in (drugs, evidence, patient, policy, signal):
        for value in vars(module).values():
            if isinstance(value, type) and issubclass(value, Strict) and value is not Strict:
                found.append(value)
    return sorted(set(found), key=lambda schema: schema.__name__)


@pytest.mark.parametrize("schema", _schemas(), ids=lambda schema: schema.__name__)
def test_every_key_of_an_entry_is_described(schema: type[Schema]) -> None:
    """A reviewer finds each key of a file in the guide."""
    keys = {field.data_key or name for name, field in schema().fields.items()}
    assert set() == {key for key in keys if key not in WORDS}


@pytest.mark.parametrize("name", [*REQUIRED_FILES, *REQUIRED_FOLDERS, "interactions"])
def test_every_file_and_folder_is_described(name: str) -> None:
    """The guide begins with what each file holds."""
    assert f"`{name}`" in README or f"`{name}/*.toml`" in README


@pytest.mark.parametrize("kind", [kind.value for kind in Kind])
def test_every_kind_of_entry_is_described(kind: str) -> None:
    """Each kind of table is written as a file writes it."""
    assert any(f"[{bracket}{kind}" in README for bracket in ("", "["))
