"""The table of `data/terminology/release.toml`, typed. An unknown key in it is an error."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from typing import Any

import msgspec
from msgspec import Struct

from knowledge.terminology.tables import TerminologyError, read_bytes

_NAME = "release.toml"


class SourceOf(Struct, frozen=True, forbid_unknown_fields=True):
    """Under which system's codes a source's are looked up; of some term types only, or of all."""

    system: str
    kinds: frozenset[str] = frozenset()


class ReleaseTables(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole of release.toml. `inert` are ingredients that are no drug, in lower case."""

    review: dict[str, Any]
    inert: frozenset[str]
    sources: dict[str, SourceOf]


@lru_cache(maxsize=1)
def release_tables() -> ReleaseTables:
    """release.toml, read once."""
    try:
        text = read_bytes(_NAME).decode("utf-8")
        return msgspec.convert(tomllib.loads(text), ReleaseTables)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise TerminologyError(f"data/terminology/{_NAME}: {error}.") from error
