"""The hand-written tables of `data/terminology`, typed. An unknown key in them is an error."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from knowledge.model import RouteClass


class TerminologyError(Exception):
    """A table of the terminology cannot be read; the message names the file and the key."""


class WordLists(Struct, frozen=True, forbid_unknown_fields=True):
    """Words that name no drug, by what they are."""

    salts: tuple[str, ...]
    units: tuple[str, ...]
    forms: tuple[str, ...]
    instructions: tuple[str, ...]
    classes: tuple[str, ...]
    phrases: tuple[str, ...]


class Joins(Struct, frozen=True, forbid_unknown_fields=True):
    """Words between the parts of a combination: a part after a strict one must be recognised."""

    strict: frozenset[str]
    loose: frozenset[str]


class OpenEnded(Struct, frozen=True, forbid_unknown_fields=True):
    """Words that stand for drugs without naming them: after a join, a comma or a name."""

    after_join: frozenset[str]
    after_comma: frozenset[str]
    after_name: frozenset[str]
    alternatives: frozenset[str]  # `X or Y`: one of the two, and not both


class Variants(Struct, frozen=True, forbid_unknown_fields=True):
    """Words that make another product of the name that they stand beside."""

    after_brand: frozenset[str]
    after_name: frozenset[str]
    before: frozenset[str]
    before_endings: tuple[str, ...]


class Marks(Struct, frozen=True, forbid_unknown_fields=True):
    """Remarks of a product dictionary, which stand in square brackets and say nothing of use."""

    dictionary: frozenset[str]


class Biologics(Struct, frozen=True, forbid_unknown_fields=True):
    """How names end that may carry a suffix of four letters without meaning."""

    endings: tuple[str, ...]


class Negations(Struct, frozen=True, forbid_unknown_fields=True):
    """Words that deny a drug within `reach` words, and phrases that hold them and do not.

    After one of `bids` a denial is an instruction (`do not chew`) for the drug named before it.
    """

    reach: int
    before: frozenset[str]
    after: frozenset[str]
    bids: frozenset[str]
    harmless: tuple[str, ...]


class SystemCode(Struct, frozen=True, forbid_unknown_fields=True):
    """A code of a system, by the system's short name."""

    system: str
    code: str


class NoMedication(Struct, frozen=True, forbid_unknown_fields=True):
    """How a text says that there is no medication."""

    subjects: frozenset[str]
    denials: frozenset[str]
    known: frozenset[str]
    whole: frozenset[str]
    codes: frozenset[SystemCode]


class Supplies(Struct, frozen=True, forbid_unknown_fields=True):
    """Devices (`always`), and containers that are a supply where no drug is named (`alone`)."""

    always: tuple[str, ...]
    alone: tuple[str, ...]


class Vaccines(Struct, frozen=True, forbid_unknown_fields=True):
    """Words by which a vaccine is known."""

    words: frozenset[str]


class StrengthUnits(Struct, frozen=True, forbid_unknown_fields=True):
    """Units of amounts, what they are per (each as an answer writes it), and units of volume."""

    amounts: dict[str, str]
    per: dict[str, str]
    volumes: frozenset[str]


class WordTables(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole of words.toml."""

    review: dict[str, Any]
    words: WordLists
    joins: Joins
    open_ended: OpenEnded
    elements: dict[str, frozenset[str]]
    marks: Marks
    biologics: Biologics
    variants: Variants
    negations: Negations
    no_medication: NoMedication
    supplies: Supplies
    vaccines: Vaccines
    strengths: StrengthUnits


class FormTables(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole of forms.toml: phrases by route."""

    review: dict[str, Any]
    site: dict[RouteClass, tuple[str, ...]]
    vehicle: dict[RouteClass, tuple[str, ...]]


class SystemTables(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole of systems.toml. `labels` are for readers; a release reads those of `released`."""

    review: dict[str, Any]
    aliases: dict[str, tuple[str, ...]]
    labels: dict[str, str] = {}
    released: frozenset[str] = frozenset()


class AtcTables(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole of atc.toml: routes by how a code begins, and ingredients by further codes."""

    review: dict[str, Any]
    routes: dict[str, RouteClass]
    codes: dict[str, str]


class AtcCombinations(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole of atc-combinations.toml: codes with every drug, and names that leave one open."""

    review: dict[str, Any]
    whole: dict[str, tuple[str, ...]]
    open: dict[str, str]


class Lookalikes(Struct, frozen=True, forbid_unknown_fields=True):
    """Pairs of names, and words that are not misspellings."""

    pairs: tuple[tuple[str, str], ...]
    not_misspellings: frozenset[str]


class LookalikeTables(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole of lookalikes.toml."""

    review: dict[str, Any]
    lookalikes: Lookalikes


class NameList(Struct, frozen=True, forbid_unknown_fields=True):
    """A list of names."""

    names: tuple[str, ...]


class LexiconTables(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole of lexicon.toml."""

    review: dict[str, Any]
    rename: dict[str, str]
    names: dict[str, tuple[str, ...]]
    combinations: dict[str, tuple[str, ...]]
    alone: dict[str, tuple[str, ...]]
    beside: dict[str, tuple[str, ...]]
    ambiguous: NameList
    false_friends: NameList


class Extracted(Struct, frozen=True):
    """The extracted lexicon: `names` are word keys, with the number of their target."""

    targets: list[tuple[str, ...]]
    names: dict[str, int]
    common: list[str]


_TABLES = Path(__file__).parents[1] / "data" / "terminology"
_Table = TypeVar("_Table", bound=Struct)


def read_bytes(name: str) -> bytes:
    """The content of a file of `data/terminology`."""
    try:
        return (_TABLES / name).read_bytes()
    except OSError as error:
        raise TerminologyError(
            f"data/terminology/{name} cannot be read ({error}): reinstall the package."
        ) from error


def _read(name: str, shape: type[_Table]) -> _Table:
    try:
        return msgspec.convert(tomllib.loads(read_bytes(name).decode("utf-8")), shape)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise TerminologyError(f"data/terminology/{name}: {error}.") from error


@lru_cache(maxsize=1)
def words() -> WordTables:
    """words.toml, read once."""
    return _read("words.toml", WordTables)


@lru_cache(maxsize=1)
def forms() -> FormTables:
    """forms.toml, read once."""
    return _read("forms.toml", FormTables)


@lru_cache(maxsize=1)
def systems() -> SystemTables:
    """systems.toml, read once."""
    return _read("systems.toml", SystemTables)


@lru_cache(maxsize=1)
def atc() -> AtcTables:
    """atc.toml, read once."""
    return _read("atc.toml", AtcTables)


@lru_cache(maxsize=1)
def atc_combinations() -> AtcCombinations:
    """atc-combinations.toml, read once."""
    return _read("atc-combinations.toml", AtcCombinations)


@lru_cache(maxsize=1)
def lookalikes() -> Lookalikes:
    """lookalikes.toml, read once."""
    return _read("lookalikes.toml", LookalikeTables).lookalikes


@lru_cache(maxsize=1)
def lexicon() -> LexiconTables:
    """lexicon.toml, read once."""
    return _read("lexicon.toml", LexiconTables)
