"""The words and codes of `knowledge/data/routes.toml`, ready for look-up.

Kept as data, so that a reviewer can add the way a site writes a route without reading Python.
"""

from __future__ import annotations

import tomllib
from decimal import Decimal
from functools import cache
from typing import Any

import msgspec
from msgspec import Struct

from knowledge.load import DATA
from knowledge.model import RouteClass
from plugin.errors import KnowledgeInvalid
from plugin.reading.memo import remembered

FILE = "routes.toml"


class Words(Struct, frozen=True):
    """Every table of the file, keyed for look-up; words are in lower case.

    `routes` maps (system, code in upper case) to a class, `route_words` a cleaned text to a class.
    `per` maps a dose unit to what a strength is stated per: FORM, ACTUAT or ML.
    """

    systems: dict[str, str]
    routes: dict[tuple[str, str], RouteClass]
    route_words: dict[str, RouteClass]
    ignored: tuple[str, ...]
    mass: dict[str, Decimal]
    per: dict[str, str]
    timing: dict[str, int]
    not_daily: frozenset[str]
    moments: frozenset[str]
    packages: frozenset[str]
    not_prescribed: tuple[str, ...]
    haemolysed: Haemolysed
    reactions: frozenset[str]
    condition_tags: tuple[str, ...]
    substances: Substances
    class_names: dict[str, tuple[str, ...]]

    def system(self, uri: str) -> str:
        """The short name of a code system; empty for one that reading does not use."""
        text = uri.partition("|")[0]  # a canonical address may end in its version
        text = text.strip().lower().rstrip("/").replace("https://", "http://")
        # An edition or version of SNOMED CT comes after the base address.
        return self.systems.get(text) or self.systems.get(text.partition("/sct/")[0] + "/sct", "")


class Haemolysed(Struct, frozen=True):
    """What says that a specimen haemolysed, and what denies it."""

    stems: tuple[str, ...]
    codes: tuple[str, ...]
    denied_before: tuple[str, ...]
    denied_after: tuple[str, ...]


class Substances(Struct, frozen=True):
    """What stands before and behind the name of a substance, denies it, or parts two of them."""

    before: tuple[str, ...]
    behind: tuple[str, ...]
    denied: tuple[str, ...]
    parts: tuple[str, ...]


class _Route(Struct, forbid_unknown_fields=True, rename={"route_class": "class"}):
    route_class: RouteClass
    words: tuple[str, ...]
    snomed: dict[str, str] = {}
    hl7: dict[str, str] = {}
    edqm: dict[str, str] = {}
    nci: dict[str, str] = {}


class _List(Struct, forbid_unknown_fields=True):
    words: tuple[str, ...]


class _Ignored(Struct, forbid_unknown_fields=True):
    ignored: tuple[str, ...]


class _Once(Struct, forbid_unknown_fields=True):
    once: tuple[str, ...]


class _Also(Struct, forbid_unknown_fields=True):
    also: tuple[str, ...]


class _File(Struct, forbid_unknown_fields=True):
    review: dict[str, Any]
    systems: dict[str, tuple[str, ...]]
    route: tuple[_Route, ...]
    route_text: _Ignored
    mass: dict[str, Decimal]
    per: dict[str, tuple[str, ...]]
    timing: dict[str, int]
    not_daily: _List
    moments: _Once
    packages: _List
    not_prescribed: _List
    haemolysed: Haemolysed
    reactions: _Also
    condition_tags: _List
    substances: Substances
    class_names: dict[str, tuple[str, ...]]


def parse_words(text: str, file: str = FILE) -> Words:
    """Read the file's text. Raises KnowledgeInvalid with the key at fault."""
    try:
        data = tomllib.loads(text, parse_float=Decimal)
        read = msgspec.convert(data, _File)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise KnowledgeInvalid(f"{file}: {error}. Correct the file and start again.") from error
    return Words(
        systems={alias: name for name, aliases in read.systems.items() for alias in aliases},
        routes=_codes(read.route),
        route_words={word: route.route_class for route in read.route for word in route.words},
        ignored=read.route_text.ignored,
        mass=read.mass,
        per={word: kind.upper() for kind, words in read.per.items() for word in words},
        timing=read.timing,
        not_daily=frozenset(read.not_daily.words),
        moments=frozenset(read.moments.once),
        packages=frozenset(read.packages.words),
        not_prescribed=read.not_prescribed.words,
        haemolysed=read.haemolysed,
        reactions=frozenset(read.reactions.also),
        condition_tags=read.condition_tags.words,
        substances=read.substances,
        class_names=read.class_names,
    )


def _codes(routes: tuple[_Route, ...]) -> dict[tuple[str, str], RouteClass]:
    found: dict[tuple[str, str], RouteClass] = {}
    for route in routes:
        for system in ("snomed", "hl7", "edqm", "nci"):
            for code in getattr(route, system):
                found[system, code.upper()] = route.route_class
    return found


@cache
def packaged_words() -> Words:
    """The words that ship with the knowledge, read once per process."""
    return parse_words((DATA / FILE).read_text("utf-8"))


@remembered
def system_of(uri: str) -> str:
    """The short name (`snomed`, `loinc`, `icd10cm`...) of a code system, or empty."""
    return packaged_words().system(uri)
